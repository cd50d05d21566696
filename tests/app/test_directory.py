"""Two databases behind one process: what lives in one is nothing to the other."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from relata.app.assembly import House as Assembled
from relata.app.directory import ByHost, _Life, placed
from relata.app.modules import discover
from relata.app.settings import Settings
from relata.app.web import assemble
from relata.engine.identity import accounts, keys, memberships, sessions
from relata.engine.storage.database import Database
from relata.engine.workspace.door import Door
from relata.foundation.errors import Invalid
from relata.interfaces.http import cookies
from relata.testing.house import RING, fresh_database

SOUTH, NORTH = "http://south.example", "http://north.example"
LIFESPAN = {"type": "lifespan", "asgi": {"version": "3.0"}}


@dataclass
class Company:
    """One in a database of its own: somebody's key and session, and a record."""

    key: str
    session: str
    record: str


async def company(url: str, name: str) -> Company:
    database = await Database(url, pool_size=2).open()
    async with Door(database, discover(), RING).open("main", None) as work:
        person = await work.create("user", {"name": "Ada", "roles": ["admin"], "status": "active"})
        account = await accounts.create(work.unit.connection, "ada@example.com", "four unrelated words")
        await memberships.join(work.unit.connection, account, work.context.id, person.id)
        _, key = await keys.create(work.unit.connection, work.context.id, person.id, "Test")
        _, session = await sessions.start(work.unit.connection, account, work.context.id, sessions.Visitor("127.0.0.1"))
        record = await work.create("account", {"name": name})
    await database.close()
    return Company(key, session, str(record.id))


@pytest_asyncio.fixture
async def two(
    postgres_url: str, house_template: str, tmp_path: Path
) -> AsyncIterator[tuple[httpx.AsyncClient, Company, Company]]:
    urls = [await fresh_database(postgres_url, house_template) for _ in range(2)]
    master = f"test:{base64.urlsafe_b64encode(bytes(range(32))).decode()}"
    settings = Settings(
        home=tmp_path, hosts=("south.example",), databases=(("north.example", urls[1]),), master_keys=master
    )
    others = {
        host: partial(lambda each: assemble(Assembled.of(each, each.database_url)), each)
        for host, each in placed(settings).items()
    }
    app = ByHost(assemble(Assembled.of(settings, urls[0])), others)
    life = _Life(app, LIFESPAN)
    assert await life.began()
    async with asyncio.timeout(20), httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as http:
        while (await http.get(f"{NORTH}/readyz")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # an answer that needs no database leaves nobody else a turn
        yield http, await company(urls[0], "Southern"), await company(urls[1], "Northern")
    await life.end()


async def test_none_leaks_into_another(two: tuple[httpx.AsyncClient, Company, Company]) -> None:
    http, south, north = two
    for place, own, other, name in ((SOUTH, south, north, "Southern"), (NORTH, north, south, "Northern")):
        mine = {"authorization": f"Bearer {own.key}"}
        listed = (await http.get(f"{place}/api/v1/accounts", headers=mine)).json()["data"]
        assert [one["name"] for one in listed] == [name]
        assert (await http.get(f"{place}/api/v1/accounts/{own.record}", headers=mine)).status_code == 200
        assert (await http.get(f"{place}/api/v1/accounts/{other.record}", headers=mine)).status_code == 404
        # Used at home a moment ago, so that it is remembered, and shown next door.
        theirs = {"authorization": f"Bearer {other.key}"}
        home = NORTH if place == SOUTH else SOUTH
        assert (await http.get(f"{home}/api/v1/accounts", headers=theirs)).status_code == 200
        assert (await http.get(f"{place}/api/v1/accounts", headers=theirs)).status_code == 401
        for session, is_in in ((own.session, True), (other.session, False)):
            seen = await http.get(f"{place}/accounts", headers={"cookie": f"{cookies.name(False)}={session}"})
            assert (seen.status_code == 200) == is_in


def test_a_directory_names_each_host_and_database_once() -> None:
    with pytest.raises(Invalid, match="stands twice"):
        Settings.from_environment({"RELATA_DATABASES": "a.example=postgresql://h/x, b.example=postgresql://h/x"})
    found = Settings.from_environment({"RELATA_DATABASES": "a.example=postgresql://h/x b.example=postgresql://h/y"})
    assert dict(found.databases) == {"a.example": "postgresql://h/x", "b.example": "postgresql://h/y"}
