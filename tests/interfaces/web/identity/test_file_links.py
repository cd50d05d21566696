"""A signed link gives one file to who has it, for minutes, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.interfaces.web.identity.conftest import Browser, Company

from relata.engine.files import links
from relata.engine.files.attachments import Attachment, receive
from relata.engine.files.store import DiskStore
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.workspace import attached
from relata.foundation.errors import Expired, NotFound
from relata.foundation.ids import new_id
from relata.interfaces.http import security_headers
from relata.interfaces.http.asgi import Headers
from relata.interfaces.http.peer import Peer, check_host
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.http.settings import HttpSettings

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
KEYS = WorkspaceKeys("w_main", {"file": {1: bytes(32)}})
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def picture(company: Company, tmp_path: Path, content: bytes = PNG) -> Attachment:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    async with company.house.system() as work:
        account = await work.create("account", {"name": "Analytical Engines"})
        received = await receive(DiskStore(tmp_path), work.context.schema, "a.png", pieces())
        return await attached.add_file(work, account, received)


async def link(company: Company, user: UUID, file: UUID, *, inline: bool = True) -> str:
    async with company.house.as_person(user) as work:
        return (await attached.link_to(work, file, inline=inline)).path


async def stranger(company: Company) -> httpx.AsyncClient:
    return (await company.browser()).client


async def test_who_has_the_link_has_the_file_without_a_session(company: Company, ada: Browser, tmp_path: Path) -> None:
    file = await picture(company, tmp_path)
    client = await stranger(company)
    shown = await client.get(await link(company, ada.user, file.id))
    assert (shown.status_code, shown.content) == (200, PNG)
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (shown.headers["referrer-policy"], "no-store" in shown.headers["cache-control"]) == ("no-referrer", True)
    saved = await client.get(await link(company, ada.user, file.id, inline=False))
    assert saved.headers["content-disposition"].startswith("attachment")


async def test_a_link_is_for_one_file_and_ends_with_it(company: Company, ada: Browser, tmp_path: Path) -> None:
    file, other = await picture(company, tmp_path), await picture(company, tmp_path)
    client, path = await stranger(company), await link(company, ada.user, file.id)
    assert (await client.get(path.replace(str(file.id), str(other.id)))).status_code == 404
    assert (await client.get(path.replace("/i", "/a"))).status_code == 404
    assert (await client.get(path.replace("/main/", "/other/"))).status_code == 404
    assert (await client.get(path[:-1])).status_code == 404
    await company.execute(f"delete from w_main._file where id = '{file.id}' returning 1")
    assert (await client.get(path)).status_code == 404


async def test_a_page_with_script_is_only_ever_saved(company: Company, ada: Browser, tmp_path: Path) -> None:
    file = await picture(company, tmp_path, b"<script>alert(1)</script>")
    answer = await (await stranger(company)).get(await link(company, ada.user, file.id))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_nobody_makes_a_link_to_what_they_cant_see(company: Company, ada: Browser, tmp_path: Path) -> None:
    file = await picture(company, tmp_path)
    await company.execute(
        f"update w_main._file set object = null, record = null, owner = '{ada.user}' where id = '{file.id}' returning 1"
    )
    assert await link(company, ada.user, file.id)
    with pytest.raises(NotFound):
        await link(company, (await company.browser()).user, file.id)


async def test_the_api_makes_links(company: Company, ada: Browser, tmp_path: Path) -> None:
    file = await picture(company, tmp_path)
    made = await ada.client.post(
        f"/api/v1/files/{file.id}/link?inline=false", headers={"x-csrf-token": ada.csrf, "accept": "application/json"}
    )
    assert made.status_code == 201, made.text
    saved = await (await stranger(company)).get(made.json()["url"])
    assert (saved.content, saved.headers["content-disposition"][:10]) == (PNG, "attachment")


def test_a_link_ends_after_minutes_and_with_its_key() -> None:
    file = new_id()
    made = links.signed(KEYS, "main", file, inline=True, now=NOW)
    token = made.path.rpartition("/")[2]
    assert links.check(KEYS, "main", file, token, NOW + timedelta(minutes=4))
    with pytest.raises(Expired):
        links.check(KEYS, "main", file, token, NOW + timedelta(minutes=6))
    rotated = dataclasses.replace(KEYS, secrets={"file": {1: bytes(32), 2: bytes(range(32))}})
    with pytest.raises(NotFound):
        links.check(rotated, "main", file, token, NOW)
    for forged in ("", ".", "zz.", "i1", f"i{2**80:x}.{'0' * 64}", token.replace("i", "a", 1), "é." + token[-64:]):
        with pytest.raises(NotFound):
            links.check(KEYS, "main", file, forged, NOW)


def test_the_files_host_gives_out_files_alone() -> None:
    settings = HttpSettings("https://crm.example.org", files_origin="https://files.example.org")
    peer = Peer("1.2.3.4", "files.example.org", True, False, False)
    headers = Headers({"type": "http", "headers": [(b"host", b"files.example.org")]})
    check_host(peer, headers, settings, "/f/main/x/y")
    for path in ("/", "/sign-in", "/api/v1/me", "/files/x"):
        with pytest.raises(Refusal):
            check_host(peer, headers, settings, path)
    message: dict[str, Any] = {"type": "http.response.start", "headers": []}
    security_headers.add(message, b"x", True, settings.files_origin)
    assert b"img-src 'self' https://files.example.org data:" in dict(message["headers"])[b"content-security-policy"]
