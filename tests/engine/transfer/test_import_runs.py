"""Imports as people do them: columns understood, every row tried first, written as a job, reported, and taken back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from relata.engine.files.store import DiskStore
from relata.engine.jobs.queue import Queue
from relata.engine.storage.planner import quoted
from relata.engine.transfer import importing
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import intake, running, saved, sheets, taking_back
from relata.engine.transfer.wizard.checking import check
from relata.engine.transfer.wizard.failed import failed_rows
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.transfer.wizard.running import mapping_of
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Denied, NotFound
from relata.testing.house import House

OWN = ("version", "changed_at", "changed_by", "changed_via")
FILE = (
    "Company;Sector;Revenue;Staff;Parent;Since\n"
    "Nord;technolgy;1.234,50 EUR;12;;25.03.2020\n"
    "Süd;retail;2.000,00 EUR;7;Nord;01.02.2021\n"
    "West;;;many;;\n"
)


class Desk:
    """An importer with everything that an import needs."""

    def __init__(self, house: House, who: UUID, folder: Path) -> None:
        self.house, self.who, self.folder = house, who, folder
        self.store = DiskStore(folder / "files")
        self.queue = Queue(house.door.database.url)
        for name in (running.TASK, "bulk_change"):
            self.queue.task(name)(_nothing)

    async def bring(self, text: str, *, name: str = "accounts.csv", **changes: Any) -> UUID:
        """A file, with its proposed mapping and these changes to it."""
        path = self.folder / "sent"
        path.write_text(text, encoding="utf-8", newline="")
        async with self.house.system() as work:
            schema = work.context.schema
        prepared = await intake.prepare(self.store, schema, path, name, self.folder)
        async with self.house.as_person(self.who) as work:
            run = (await intake.begin(work, work.registry.get("account"), prepared[0])).id
            record = await running.mine(work, run)
            mapping = msgspec.structs.replace(mapping_of(record), **changes)
            await running.set_mapping(work, run, mapping, is_quiet=False)
        return run

    async def mapping(self, run: UUID) -> Mapping:
        async with self.house.as_person(self.who) as work:
            return mapping_of(await running.mine(work, run))

    async def check(self, run: UUID) -> Record:
        async with self.house.as_person(self.who) as work:
            await running.begin_check(work, self.queue, run)
        await check(self.house.door, self.store, self.house.key, self.who, run)
        return await self.record(run)

    async def start(self, run: UUID, **options: Any) -> Record:
        async with self.house.as_person(self.who) as work:
            await running.start(work, self.queue, run)
        await running.write(self.house.door, self.store, self.house.key, self.who, run, **options)
        return await self.record(run)

    async def record(self, run: UUID) -> Record:
        async with self.house.as_person(self.who) as work:
            return await running.mine(work, run)

    async def undo(self, run: UUID) -> Record:
        async with self.house.as_person(self.who) as work:
            bulk = await taking_back.undo(work, self.queue, run)
            return await work.get(BULK_CHANGE, bulk.id)


async def _nothing(job: object) -> None:
    """No worker runs here."""


@pytest.fixture
async def desk(house: House, tmp_path: Path) -> Desk:
    return Desk(house, await house.person("Ada"), tmp_path)


async def values(house: House, name: str = "account") -> dict[UUID, dict[str, Any]]:
    """All living records without what every write changes."""
    async with house.system() as work:
        found = await work.find(name)
    return {one.id: {key: value for key, value in one.values.items() if key not in OWN} for one in found}


def counts(record: Record) -> tuple[int, ...]:
    return tuple(record[name] or 0 for name in ("created", "updated", "unchanged", "refused"))


async def test_the_columns_are_understood_by_name_and_by_what_they_hold(desk: Desk) -> None:
    mapping = await desk.mapping(await desk.bring(FILE))
    found = {entry.column: entry for entry in mapping.columns}
    assert {name: entry.field for name, entry in found.items()} == {
        "Company": "name", "Sector": "industry", "Revenue": "annual_revenue", "Staff": "employees", "Parent": "parent",
    }  # fmt: skip
    assert (found["Revenue"].decimal_mark, found["Revenue"].currency) == (",", "EUR")
    assert (found["Parent"].matches, mapping.match) == ("name", ("name",))


async def test_every_row_is_tried_first_and_nothing_is_kept(desk: Desk) -> None:
    run = await desk.bring(FILE)
    checked = await desk.check(run)
    assert checked["status"] == "checked"
    assert counts(checked) == (1, 0, 0, 2)
    assert await values(desk.house) == {}
    async with desk.house.as_person(desk.who) as work:
        assert await sheets.rows_with(work, run, "r", 1, 10) == [(2, "r"), (4, "r")]


async def test_what_was_tried_is_what_happens_and_the_failed_rows_come_back_mended(desk: Desk) -> None:
    run = await desk.bring(FILE)
    checked = await desk.check(run)
    done = await desk.start(run)
    assert (done["status"], counts(done)) == ("done", counts(checked))
    pieces = [piece async for piece in failed_rows(desk.house.door, desk.store, desk.house.key, desk.who, run)]
    text = "".join(pieces)
    assert text.count("\r\n") == 3
    assert "Sector: Industry does not know this value." in text
    again = await desk.bring(text.replace("technolgy", "software").replace("many", "5"))
    await desk.check(again)
    assert counts(await desk.start(again)) == (1, 1, 0, 0)  # Nord was made as the parent of Süd
    async with desk.house.system() as work:
        south = await work.first("account", name="Süd")
        north = await work.first("account", name="Nord")
    assert south is not None
    assert north is not None
    assert north["annual_revenue"].amount == Decimal("1234.5")


async def test_undo_restores_what_was_there_and_leaves_what_was_changed_since(desk: Desk) -> None:
    async with desk.house.as_person(desk.who) as work:
        await work.create("account", {"name": "Nord", "industry": "retail", "tags": ["a"]})
        await work.create("account", {"name": "Ost", "employees": 3})
    before = await values(desk.house)
    text = "Name,Industry,Employees,Parent\nNord,software,1,Ost\nOst,,9,\nNeu,retail,2,Nord\nAlt,,4,Fern\n"
    run = await desk.bring(text)
    await desk.check(run)
    assert counts(await desk.start(run)) == (2, 2, 0, 0)
    async with desk.house.system() as work:
        assert await work.count("account") == 5  # Fern was made as a parent
        fresh = await work.first("account", name="Neu")
        assert fresh is not None
        await work.change(fresh, {"description": "called them"})
    undone = await desk.undo(run)
    after = await values(desk.house)
    assert {key: value for key, value in after.items() if key != fresh.id} == before
    assert after[fresh.id]["description"] == "called them"
    assert (undone["status"], undone["refused"]) == ("done", 1)
    with pytest.raises(Conflict):
        await desk.undo(run)


def _pause_after_a_chunk(monkeypatch: pytest.MonkeyPatch, run: UUID) -> None:
    first, seen = importing.import_chunk, []  # type: ignore[attr-defined]

    async def pausing(work: Any, *arguments: Any) -> Any:
        seen.append(work)
        found = await first(work, *arguments)
        if len(seen) == 1:
            await work.as_system().change((IMPORT_RUN, run), {"status": "paused"})
        return found

    monkeypatch.setattr(importing, "import_chunk", pausing)


async def test_a_pause_stops_between_two_chunks_and_no_row_comes_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Name\n" + "".join(f"A{at}\n" for at in range(25))
    run = await desk.bring(text)
    await desk.check(run)
    _pause_after_a_chunk(monkeypatch, run)
    stopped = await desk.start(run, chunk_rows=10)
    assert stopped["status"] == "paused"
    async with desk.house.as_person(desk.who) as work:
        await running.go_on(work, desk.queue, run)
    await running.write(desk.house.door, desk.store, desk.house.key, desk.who, run, chunk_rows=10)
    done = await desk.record(run)
    assert (done["status"], done["settled"], counts(done)) == ("done", 25, (25, 0, 0, 0))
    assert len(await values(desk.house)) == 25


async def test_what_was_written_before_somebody_cancelled_stays_and_is_taken_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await desk.bring("Name\n" + "".join(f"A{at}\n" for at in range(25)))
    await desk.check(run)
    _pause_after_a_chunk(monkeypatch, run)
    await desk.start(run, chunk_rows=10)
    async with desk.house.as_person(desk.who) as work:
        await running.cancel(work, run)
    written = len(await values(desk.house))
    async with desk.house.as_person(desk.who) as work:
        with pytest.raises(Conflict):
            await running.go_on(work, desk.queue, run)
    await desk.undo(run)
    assert (written, len(await values(desk.house))) == (10, 0)


async def test_a_mapping_that_somebody_keeps_is_there_for_others(desk: Desk) -> None:
    run = await desk.bring(FILE)
    async with desk.house.as_person(desk.who) as work:
        await saved.save(work, run, "Agency")
        kept = mapping_of(await running.mine(work, run))
    async with desk.house.as_person(await desk.house.person("Bo")) as work:
        (found,) = await saved.fitting(work, work.registry.get("account"))
        assert await saved.find(work, found.id) == kept


async def test_the_same_file_is_not_imported_twice_at_once(desk: Desk) -> None:
    runs = [await desk.bring(FILE), await desk.bring(FILE)]
    for run in runs:
        await desk.check(run)
    async with desk.house.as_person(desk.who) as work:
        await running.start(work, desk.queue, runs[0])
    with pytest.raises(Conflict, match="being imported"):
        await desk.start(runs[1])


async def test_an_import_is_its_makers_alone(desk: Desk) -> None:
    run = await desk.bring(FILE)
    other = await desk.house.person("Bo", "reader")
    async with desk.house.as_person(other) as work:
        with pytest.raises((NotFound, Denied)):
            await running.mine(work, run)
        with pytest.raises(Denied):
            await taking_back.undo(work, desk.queue, run)


async def test_a_quiet_import_says_so_in_the_log(desk: Desk) -> None:
    run = await desk.bring(FILE)
    async with desk.house.as_person(desk.who) as work:
        mapping = mapping_of(await running.mine(work, run))
        await running.set_mapping(work, run, mapping, is_quiet=True)
    await desk.check(run)
    await desk.start(run)
    async with desk.house.system() as work:
        rows = await work.unit.connection.fetch(
            f"select source ->> 'quiet' from {quoted(work.context.schema)}._change where source ->> 'import' = %s",
            (str(run),),
        )
    assert set(rows) == {("true",)}
