"""Exports that a worker writes: their owner's alone, for a day, as long as they may have them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from relata.engine.files.ranges import bytes_of, part_of
from relata.engine.files.store import DiskStore, Stored
from relata.engine.jobs.queue import Queue
from relata.engine.ui.exports import keeping, running
from relata.engine.ui.exports.objects import EXPORT_RUN
from relata.engine.ui.exports.wish import Wish
from relata.foundation.errors import Denied, Expired, LimitReached, NotFound
from relata.testing.house import House


class Exports:
    """A person's exports, as a worker would write them."""

    def __init__(self, house: House, folder: Path, person: UUID) -> None:
        self.house, self.store, self.person = house, DiskStore(folder), person
        self.queue = Queue(house.door.database.url)
        running.register(self.queue, house.door, self.store)

    async def begin(self, **wish: Any) -> UUID:
        async with self.house.as_person(self.person) as work:
            return (await running.begin(work, self.queue, Wish("account", **wish))).id

    async def run(self, **wish: Any) -> UUID:
        export = await self.begin(**wish)
        await running.run(self.house.door, self.store, self.house.key, export)
        return export

    async def fetch(self, export: UUID, asked: str | None = None) -> bytes:
        async with self.house.as_person(self.person) as work:
            found = await keeping.file_of(work, export)
        part = part_of(found.headers, asked, None)
        return b"".join([piece async for piece in bytes_of(self.store, found.schema, found.file, part)])

    async def state(self, export: UUID) -> dict[str, Any]:
        async with self.house.system() as work:
            return dict((await work.get(EXPORT_RUN, export)).values)


@pytest.fixture
async def exports(house: House, tmp_path: Path) -> Exports:
    async with house.system() as work:
        await work.create_many("account", [{"name": f"A{index}", "employees": index} for index in range(5)])
    return Exports(house, tmp_path / "files", await house.person("Ada"))


async def test_every_format_is_written_and_fetched_from_any_byte(exports: Exports) -> None:
    asked = {"where": "employees > 2", "order": "-employees", "fields": ("name", "employees")}
    csv = await exports.run(form="csv", **asked)
    assert await exports.fetch(csv) == b"name,employees\r\nA4,4\r\nA3,3\r\n"
    assert await exports.fetch(csv, "bytes=22-") == b"A3,3\r\n"
    shown = await exports.fetch(await exports.run(form="csv", is_shown=True, **asked))
    assert shown.decode("utf-8-sig").splitlines()[1:] == ["A4,4", "A3,3"]
    lines = await exports.fetch(await exports.run(form="jsonl", **asked))
    assert json.loads(lines.splitlines()[0]) == {"name": "A4", "employees": 4}
    book = CalamineWorkbook.from_filelike(io.BytesIO(await exports.fetch(await exports.run(form="xlsx", **asked))))
    assert book.get_sheet_by_index(0).to_python()[1:] == [["A4", 4.0], ["A3", 3.0]]
    assert (await exports.fetch(await exports.run(form="parquet", is_shown=True, **asked))).startswith(b"PAR1")
    archive = zipfile.ZipFile(io.BytesIO(await exports.fetch(await exports.run(form="zip", **asked))))
    assert len(archive.read("account.jsonl").splitlines()) == 2
    for inner, begins in (("csv", b"id,"), ("parquet", b"PAR1")):
        packed = zipfile.ZipFile(io.BytesIO(await exports.fetch(await exports.run(form="zip", inner=inner, **asked))))
        assert packed.read(f"account.{inner}").startswith(begins)
    state = await exports.state(csv)
    assert (state["status"], state["total"], state["written"], state["bytes"]) == ("done", 2, 2, 28)


async def test_only_its_owner_fetches_it_and_not_after_their_rights_changed(exports: Exports, house: House) -> None:
    export = await exports.run(form="csv")
    for other in (await house.person("Eve"), await house.person("Rita", "reader")):
        async with house.as_person(other) as work:
            with pytest.raises((NotFound, Denied)):
                await keeping.file_of(work, export)
    async with house.system() as work:
        await work.change(await work.get("user", exports.person), {"roles": ["reader"]})
    with pytest.raises(Denied):
        await exports.fetch(export)
    assert await keeping.clear(house.door, exports.store, house.key) == 1
    assert (await exports.state(export))["status"] == "gone"
    assert [file async for file, _at in exports.store.listing(f"w_{house.key}")] == []


async def test_files_go_after_a_day_and_with_who_leaves(exports: Exports, house: House) -> None:
    old, kept = await exports.run(form="csv"), await exports.run(form="csv")
    async with house.system() as work:
        await work.change(await work.get(EXPORT_RUN, old), {"kept_until": datetime.now(UTC) - timedelta(minutes=1)})
    assert await keeping.clear(house.door, exports.store, house.key) == 1
    with pytest.raises(Expired):
        await exports.fetch(old)
    assert await exports.fetch(kept)
    async with house.system() as work:
        await work.change(await work.get("user", exports.person), {"status": "inactive"})
    assert await keeping.clear(house.door, exports.store, house.key) == 1
    state = await exports.state(kept)
    assert (state["file"], state["plan"]) == (None, None)


async def test_cancelled_ones_leave_no_file_and_three_run_at_a_time(
    exports: Exports, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_SECONDS", 0.0)
    first = await exports.begin(form="csv")

    class Stopping(DiskStore):
        """Its owner changes their mind while it is being written."""

        async def put(self, *what: Any, **how: Any) -> Stored:
            async with house.as_person(exports.person) as work:
                await running.cancel(work, first)
            return await super().put(*what, **how)

    await running.run(house.door, Stopping(exports.store.root), house.key, first)
    assert (await exports.state(first))["status"] == "cancelled"
    assert [file async for file, _at in exports.store.listing(f"w_{house.key}")] == []
    for _number in range(3):
        await exports.begin(form="csv")
    with pytest.raises(LimitReached):
        await exports.begin(form="csv")


async def test_what_refuses_it_is_told(exports: Exports, house: House) -> None:
    export = await exports.begin(form="csv", fields=("name",))
    async with house.system() as work:
        await work.change(await work.get("user", exports.person), {"roles": ["reader"]})
    await running.run(house.door, exports.store, house.key, export)
    state = await exports.state(export)
    assert (state["status"], state["error"]) == ("failed", "You may not export records.")
    with pytest.raises(Denied):
        await exports.begin(form="csv")
