"""An import of 50,000 contacts, 20,000 of whom are there already, and the way back: in a workspace of its own."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from relata.app.assembly import MAIN, House
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.engine.storage.planner import quoted
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order
from relata.engine.transfer.importing import run_import
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_ROWS, _THERE, _CHUNK = 50_000, 20_000, 2000
#: What the way back changes of a record, and should: who wrote it last.
_OWN = ("version", "changed_at", "changed_by", "changed_via")
_LIMIT_SECONDS = 30.0


async def measure(bench: Bench) -> list[Figure]:
    """The seconds of an undo, and how many records differ from what they were."""
    house, who = bench.house, bench.administrator.id
    share = 10 if bench.options.quick else 1
    rows, there = _ROWS // share, _THERE // share
    await _fill(house, who, there)
    before = await _digest(house)
    path = bench.home / "undo.csv"
    _write(path, rows)
    columns = ("name", "job_title", "department", "email", "phone", "language", "lifecycle_stage")
    mapping = Mapping("contact", tuple(Column(name, name) for name in columns), mode="upsert", match=("email",))
    began = time.perf_counter()
    report = await run_import(house.door, MAIN, who, path, mapping)
    imported = time.perf_counter() - began
    counts = report.counts
    assert (counts["created"], counts["updated"]) == (rows - there, there), counts
    began, worked = time.perf_counter(), time.process_time()
    bulk = await house.door.run(
        MAIN, who, lambda work: running.begin(work, Order("contact", "undo", imported=report.id)), via="bench"
    )
    await running.run(house.door, MAIN, bulk.id)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    done = await house.door.run(MAIN, None, lambda work: _bulk(work, bulk.id), via="bench")
    differing = len(before.items() ^ (await _digest(house)).items())
    note = (
        f"{done['changed']:,} taken back, {done['refused']:,} refused; {worked:.1f} s of processor time in Python;"
        f" the import took {imported:.1f} s"
    )
    return [
        at_most(f"Undo of an import of {rows:,} rows", seconds, "s", _LIMIT_SECONDS / share, note=note),
        at_most("Undo, records that differ from before", differing, "records", 1),
    ]


async def _bulk(work: Workspace, bulk: UUID) -> Record:
    return await work.get("bulk_change", bulk)


async def _fill(house: House, who: UUID, count: int) -> None:
    for low in range(0, count, _CHUNK):

        async def write(work: Workspace, low: int = low) -> None:
            made = await work.create_many("contact", [_old(at) for at in range(low, min(count, low + _CHUNK))])
            assert all(one.id for one in made)

        await house.door.run(MAIN, who, write, via="bench")


async def _digest(house: House) -> dict[UUID, str]:
    """One digest for each living contact, over everything but who wrote it last."""
    context = await house.door.context(MAIN)
    table = f"{quoted(context.schema)}.contact"
    own = "".join(f" - '{name}'" for name in _OWN)
    async with house.database.read() as connection:
        rows = await connection.fetch(
            f"select id, md5((to_jsonb(t){own})::text) from {table} t where deleted_at is null"
        )
    return dict(rows)


def _old(at: int) -> dict[str, Any]:
    return {"name": f"Otto Undo{at}", "email": f"otto{at}@undo.example.com", "job_title": "Clerk", "tags": ["kept"]}


def _write(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("name", "job_title", "department", "email", "phone", "language", "lifecycle_stage"))
        for at in range(rows):
            reached = f"otto{at}@undo.example.com", f"+4930{3000000 + at}"
            writer.writerow((f"Otto New{at}", "Buyer", "Purchasing", *reached, "de", "lead"))
