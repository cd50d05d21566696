"""Tokens that end are renewed; a permission that is withdrawn is told once, and its gap closes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest_asyncio
from tests.engine.messaging.incoming.conftest import PLAN

from relata.engine.fetching.client import Guard
from relata.engine.files.store import DiskStore
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.servers import REFUSED, Account, Fetched, FolderThere, Opened
from relata.engine.messaging.mail.syncing import sync
from relata.engine.workspace.secret_fields import reveal
from relata.foundation.errors import Unavailable
from relata.testing.house import House


class Provider:
    """Hands out tokens that hold an hour, and keeps mail for who shows the latest one."""

    def __init__(self) -> None:
        self.permissions, self.asked, self.port = {"first"}, list[dict[str, list[str]]](), 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        self.asked.append(parse_qs((await reader.readexactly(length)).decode()))
        is_good = self.asked[-1]["refresh_token"][0] in self.permissions
        given = {"access_token": f"token{len(self.asked)}", "expires_in": 3600}
        said = given if is_good else {"error": "invalid_grant"}
        body = json.dumps(said).encode()
        status = "200 OK" if is_good else "400 Bad Request"
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    @contextlib.asynccontextmanager
    async def connect(self, account: Account) -> AsyncIterator[Provider]:
        if account.password != f"token{len(self.asked)}":
            raise Unavailable("The server refuses the token.", code=REFUSED)
        yield self

    async def folders(self) -> list[FolderThere]:
        return [FolderThere("INBOX", "inbox")]

    async def open(self, folder: str) -> Opened:
        return Opened(1, 1)

    async def uids(self, *, since: object = None, before: object = None) -> list[int]:
        return [1]

    async def sizes(self, uids: list[int]) -> dict[int, tuple[int, bool]]:
        return dict.fromkeys(uids, (len(PLAN), False))

    async def fetch(self, uids: list[int]) -> list[Fetched]:
        return [Fetched(uid, PLAN, False, None) for uid in uids]


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    listening = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield made


async def test_a_token_is_renewed_and_a_lost_permission_told_once(
    house: House, provider: Provider, tmp_path: Path
) -> None:
    told: list[str] = []

    async def tell(work: Any, person: Any, text: str, about: Any) -> None:
        told.append(text)

    ground = MailGround(
        house.door,
        provider,  # type: ignore[arg-type]
        DiskStore(tmp_path),
        tell,
        Guard([ip_network("127.0.0.0/8")], http=True),
    )
    ada = await house.person("Ada", "member", email="ada@example.com")
    values = {
        "name": "Mine", "address": "ada@example.com", "imap_host": "127.0.0.1", "sign_in": "oauth", "client_id": "us",
        "client_secret": "hush", "refresh_token": "first", "token_address": f"http://127.0.0.1:{provider.port}/token",
    }  # fmt: skip
    async with house.as_person(ada) as work:
        box = (await work.create("mailbox", values)).id

    async def look() -> Any:
        await sync(ground, house.key, box)
        async with house.system() as work:
            return await work.get("mailbox", box)

    assert (await look())["state"] == "ready" and (await look())["state"] == "ready"
    assert len(provider.asked) == 1  # the second look has a token that holds
    assert provider.asked[0]["client_secret"] == ["hush"]
    async with house.system() as work:  # an hour later, the permission is gone
        await work.change(("mailbox", box), {"token_until": datetime.now(UTC) - timedelta(minutes=1)})
    provider.permissions = {"second"}
    assert [(await look())["state"], (await look())["state"]] == ["refused", "refused"]
    assert len(told) == 1 and "withdrawn" in told[0]
    async with house.as_person(ada) as work:
        await work.change(("mailbox", box), {"refresh_token": "second"})
    found = await look()
    assert (found["state"], found["last_error"]) == ("ready", None)
    assert reveal(found, "refresh_token") == "second"
