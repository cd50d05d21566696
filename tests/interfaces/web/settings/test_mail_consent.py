"""A mailbox is connected by consent: with a state that is the person's own, PKCE, and tokens that are never shown."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.connectors.imap.server import ImapServers
from relata.engine.messaging.mail.servers import Account, FolderThere
from relata.engine.workspace.secret_fields import reveal
from relata.testing.house import House


def letters(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Provider:
    """Gives tokens for the code `good`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        body = await reader.readexactly(int(head.partition("content-length:")[2].split()[0]))
        self.asked.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
        claims = letters(json.dumps({"email": "Ada@Example.com"}).encode())
        said = {"access_token": "now", "refresh_token": "later", "expires_in": 3600, "id_token": f"x.{claims}.y"}
        content = json.dumps(said if self.asked[-1]["code"] == "good" else {"error": "invalid_grant"}).encode()
        status = "200 OK" if self.asked[-1]["code"] == "good" else "400 Bad Request"
        writer.write(
            f"HTTP/1.1 {status}\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n".encode() + content
        )
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    async with await asyncio.start_server(made.talk, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    """The mail server takes any token; with what it was tried."""
    seen: list[Account] = []

    class Server:
        async def folders(self) -> list[FolderThere]:
            return []

    @contextlib.asynccontextmanager
    async def connect(self: ImapServers, account: Account) -> AsyncIterator[Server]:
        seen.append(account)
        yield Server()

    monkeypatch.setattr(ImapServers, "connect", connect)
    return seen


async def away(browser: Browser, key: str) -> dict[str, str]:
    answer = await browser.get(f"/mail-consent/with/{key}")
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def test_who_consents_has_a_mailbox_and_nobody_else_can_come_back(
    ada: Browser, sign_in: SignIn, open_house: House, provider: Provider, tried: list[Account]
) -> None:
    form = {
        "name": "Example", "kind": "other", "client_id": "relata", "client_secret": "hush",
        "authorization_address": "https://id.example.com/authorize", "scopes": "mail openid email",
        "token_address": f"http://127.0.0.1:{provider.port}/token", "imap_host": "imap.example.com",
        "smtp_host": "smtp.example.com", "smtp_port": "587",
    }  # fmt: skip
    assert (await ada.post("/settings/mail-providers", form)).status_code == 303
    assert "hush" not in (await ada.get("/settings/mail-providers")).text
    async with open_house.system() as work:
        (written,) = await work.find("mail_provider")
    asked = await away(ada, str(written.id))
    other = await sign_in("admin", name="Eve")
    assert (await other.get(f"/mail-consent/back?code=good&state={asked['state']}")).status_code == 403
    assert (await ada.get(f"/mail-consent/back?code=bad&state={asked['state']}")).status_code == 422
    back = await ada.get(f"/mail-consent/back?code=good&state={asked['state']}")
    assert back.status_code == 303, back.text[:500]
    assert letters(hashlib.sha256(provider.asked[-1]["code_verifier"].encode()).digest()) == asked["code_challenge"]
    assert [(one.user, one.sign_in, one.password) for one in tried] == [("ada@example.com", "oauth", "now")]
    async with open_house.system() as work:
        (mailbox,) = await work.find("mailbox")
        assert (mailbox["owner"], mailbox["imap_host"], mailbox["provider"]) == (
            ada.user,
            "imap.example.com",
            written.id,
        )
        assert reveal(mailbox, "refresh_token") == "later"
