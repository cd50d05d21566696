"""What a mail may be, and how development keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from relata.engine.messaging import account_mail
from relata.engine.messaging.kept import MAX_KEPT, KeepingTransport, kept_mail
from relata.engine.messaging.message import Message
from relata.engine.messaging.tables import MIGRATIONS
from relata.engine.storage.database import Database
from relata.foundation.errors import Invalid
from relata.testing.identity import identity_ground


@pytest_asyncio.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """An empty one."""
    async with identity_ground(postgres_url, MIGRATIONS) as found:
        yield found.database


@pytest.mark.parametrize(
    ("to", "subject"),
    [("a@b.example\nBcc: c@d.example", "x"), ("a@b.example", "x\r\nBcc: b"), ("", "x"), ("a@b.example", "x\x00")],
)
def test_nobody_adds_headers(to: str, subject: str) -> None:
    with pytest.raises(Invalid):
        Message(to, subject, "text")


def test_whoever_names_a_workspace_does_not_write_the_mail() -> None:
    name = "Acme\r\n\r\nYou won! Click here" + "!" * 500
    mail = account_mail.invitation_mail("a@example.com", "https://crm/x", workspace=name, invited_by="\n")
    assert "\n" not in mail.subject
    assert len(mail.subject) < 100
    assert mail.text.startswith("Somebody invites you to work in Acme You won")


def test_the_link_is_in_the_mail() -> None:
    link = "https://crm.example.com/reset/abc"
    assert link in account_mail.reset_mail("a@example.com", link).text


async def test_kept_mail_is_shown_newest_first_and_once_per_key(database: Database) -> None:
    transport = KeepingTransport(database)
    first, second = Message("a@example.com", "First", "1", "<p>1"), Message("b@example.com", "Second", "2")
    for message in (first, second, first):
        await transport.send(message)
    async with database.read() as connection:
        assert [one.message for one in await kept_mail(connection)] == [second, first]


async def test_few_are_kept(database: Database) -> None:
    transport = KeepingTransport(database)
    for number in range(MAX_KEPT + 5):
        await transport.send(Message("a@example.com", f"Mail {number}", "text"))
    async with database.read() as connection:
        found = await kept_mail(connection)
    assert [len(found), found[-1].message.subject] == [MAX_KEPT, "Mail 5"]
