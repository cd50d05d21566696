"""After an erasure nothing in the installation tells who it was, and the log still proves itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from relata.engine.files.attachments import receive
from relata.engine.files.store import DiskStore
from relata.engine.history.dispatch import Dispatcher
from relata.engine.history.sealing import seal_all
from relata.engine.history.verifying import verify
from relata.engine.search.index import keeping_up
from relata.engine.workspace.attached import add_file
from relata.engine.workspace.erasing import Erasure, Outside, erase
from relata.foundation.errors import Denied, NotFound
from relata.testing.house import House

TRACES = ("Quillfeather", "quillfeather@nowhere.example", "7654321", "zither player", "Lantern Lane")


def dump(url: str) -> str:
    """Every value of every table, as text."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        ).fetchall()
        texts = [row for (table,) in tables for row in connection.execute(f"select t::text from {table} t").fetchall()]
    return "\n".join(text for (text,) in texts)


def found_in(text: str) -> list[str]:
    lower = text.lower()
    return [trace for trace in TRACES if trace.lower() in lower or trace.lower().encode().hex() in lower]


class Place:
    """A company in which a person left traces."""

    def __init__(self, house: House, home: Path) -> None:
        self.house = house
        self.url = house.door.database.url
        self.home = home
        self.store = DiskStore(home / "files")
        self.noted: list[tuple[str, Erasure]] = []

    async def note(self, key: str, entry: Erasure) -> None:
        self.noted.append((key, entry))

    @property
    def outside(self) -> Outside:
        return Outside(self.store, self.note)

    async def follow(self) -> None:
        context = await self.house.door.context("main")

        async def schemas() -> list[str]:
            return [context.schema]

        async def tables_of(connection: object, schema: str) -> object:
            return context.tables

        dispatcher = Dispatcher(self.house.door.database, schemas, {"search": keeping_up(tables_of)})  # type: ignore[arg-type]
        for _ in range(500):
            if not await dispatcher.look() and not await self._waits():
                break
            await asyncio.sleep(0.01)
        await seal_all(self.house.door.database, context.schema, context.keys)

    async def _waits(self) -> bool:
        """Whether a change waits for a transaction that runs anywhere on the server, such as its own housekeeping."""
        async with self.house.door.database.read() as connection:
            row = await connection.fetch_one("select exists (select from w_main._change where feed is null)")
        return bool(row and row[0])

    async def person(self) -> UUID:
        async def content() -> AsyncIterator[bytes]:
            yield b"CV of Zoe Quillfeather, zither player"

        received = await receive(self.store, "w_main", "Quillfeather.txt", content())
        async with self.house.system() as work:
            account = await work.create("account", {"name": "Northwind"})
            made = await work.create(
                "contact",
                {
                    "name": {"first": "Zoe", "last": "Quillfeather"}, "email": ["quillfeather@nowhere.example"],
                    "phone": ["+49 30 7654321"], "description": "A zither player", "account": account.id,
                    "mailing_address": {"street": "Lantern Lane 4", "city": "Bath"},
                },
            )  # fmt: skip
            about = {"object": "contact", "id": str(made.id)}
            await work.create("note", {"subject": "Zoe Quillfeather", "body": "zither player", "about": about})
            await work.create(
                "call",
                {
                    "subject": "Talked to Zoe Quillfeather", "at": "2026-11-20T10:00:00Z", "contact": made.id,
                    "about": {"object": "account", "id": str(account.id)}, "summary": "Zoe Quillfeather likes it",
                },
            )  # fmt: skip
            await work.change(made, {"name": {"first": "Zoë", "last": "Quillfeather"}})
            await add_file(work, await work.get("contact", made.id), received)
        await self.follow()
        return made.id


@pytest.fixture
def place(open_house: House, tmp_path: Path) -> Place:
    return Place(open_house, tmp_path)


async def test_no_trace_is_left(place: Place) -> None:
    person = await place.person()
    assert sorted(found_in(dump(place.url))) == sorted(TRACES)
    async with place.house.system() as work:
        entry = await erase(work, "contact", person, place.outside)
    await place.follow()
    assert found_in(dump(place.url)) == []
    assert not [path for path in place.home.rglob("*") if path.is_file()]
    assert place.noted == [("main", entry)]
    context = await place.house.door.context("main")
    verdict = await verify(place.house.door.database, "w_main", context.keys)
    assert verdict.findings == []
    async with place.house.system() as work:
        record = await work.get("contact", person)
        assert record.title == "Erased"
        assert (await work.history(record))[0].action == "erased"


async def test_the_log_holds_no_personal_value_before_the_erasure_either(place: Place) -> None:
    await place.person()
    with psycopg.connect(place.url) as connection:
        rows = connection.execute("select t::text from w_main._change t where object = 'contact'").fetchall()
    assert found_in("\n".join(text for (text,) in rows)) == []


async def test_who_may_read_the_record_reads_its_past(place: Place) -> None:
    person = await place.person()
    async with place.house.system() as work:
        changed, made = [
            one for one in await work.history(await work.get("contact", person)) if one.action in ("created", "changed")
        ]
    assert made.after["name"]["last"] == "Quillfeather"
    assert (changed.before["name"]["first"], changed.after["name"]["first"]) == ("Zoe", "Zoë")


async def test_a_colleague_is_erased_with_their_account(place: Place) -> None:
    await place.house.person("Admin")
    user = await place.house.person("Zoe Quillfeather", email="quillfeather@nowhere.example")
    await place.follow()
    async with place.house.system() as work:
        await erase(work, "user", user, place.outside)
    await place.follow()
    assert found_in(dump(place.url)) == []


async def test_erasing_needs_its_right(place: Place) -> None:
    person = await place.person()
    member = await place.house.person("Mia", "member")
    async with place.house.as_person(member) as work:
        with pytest.raises(Denied):
            await erase(work, "contact", person, place.outside)


async def test_nobody_erases_themselves(place: Place) -> None:
    user = await place.house.person("Zoe Quillfeather")
    async with place.house.as_person(user) as work:
        with pytest.raises(Denied):
            await erase(work, "user", user, place.outside)


async def test_what_is_not_there_is_not_erased(place: Place) -> None:
    async with place.house.system() as work:
        with pytest.raises(NotFound):
            await erase(work, "contact", UUID(int=1), place.outside)
