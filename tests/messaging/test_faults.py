"""What goes wrong with servers and workers is told once, loses nothing and doubles nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from tests.messaging.conftest import Post, letter

from relata.connectors.imap.server import ImapServer
from relata.engine.messaging.mail.servers import Account, Fetched
from relata.foundation.errors import Unavailable


class Killed(BaseException):
    """As when a worker dies."""


class Breaking:
    """The real servers; the connection breaks at the fetch of this number."""

    def __init__(self, real: Any, at: int, error: BaseException) -> None:
        self._real, self._left, self._error = real, at, error

    @contextlib.asynccontextmanager
    async def connect(self, account: Account) -> AsyncIterator[ImapServer]:
        async with self._real.connect(account) as server:
            fetch = server.fetch

            async def breaking(uids: Sequence[int]) -> list[Fetched]:
                self._left -= 1
                if self._left < 0:
                    raise self._error
                return list(await fetch(uids))

            server.fetch = breaking
            yield server


def breaks(post: Post, error: BaseException, *, at: int) -> None:
    """From the fetch of this number on."""
    object.__setattr__(post.ground, "servers", Breaking(post.ground.servers, at, error))


@pytest.mark.parametrize("error", [Killed(), Unavailable("The server broke off.", code="mail_server_away")])
async def test_what_was_read_before_a_break_stays_and_the_rest_follows(post: Post, error: BaseException) -> None:
    post.server.put(post.user, "INBOX", *(letter(number) for number in range(150)))
    await post.connect()
    working = post.ground.servers
    breaks(post, error, at=1)
    with contextlib.suppress(Killed):
        await post.read()
    assert await post.figures() == (150, 100, 0, 0)
    object.__setattr__(post.ground, "servers", working)
    await post.read()
    assert await post.figures() == (150, 150, 0, 0)
    assert len(await post.subjects()) == 150


async def test_a_server_that_stays_away_is_told_once_after_some_patience(post: Post) -> None:
    post.server.put(post.user, "INBOX", letter(1))
    await post.connect()
    await post.read()
    async with post.house.system() as work:
        box = await work.get("mailbox", post.box)
        await work.change(box, {"imap_port": 9})
    await post.read()
    assert (await post.mailbox())["state"] == "ready"
    for _look in range(3):
        await post.read()
    assert (await post.mailbox())["state"] == "failing"
    assert post.told == ["No mail comes in from ada@example.com: The server does not answer."]
