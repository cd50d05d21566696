"""Many records at once: through the door, and as a file."""

from __future__ import annotations

import csv
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least, at_most
from relata.engine.transfer.importing import Options, run_import
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.transfer.report import Report
from relata.engine.workspace.workspace import Workspace

CHUNK = 2000
#: Accounts to which the imported contacts are linked by name.
_ACCOUNTS = 500


async def measure(bench: Bench) -> list[Figure]:
    """Rows a second of `create_many` and of CSV imports, and whether the last rows cost more than the first."""
    rows = [_row(at) for at in range(CHUNK * (2 if bench.options.quick else 10))]
    started = time.perf_counter()
    for low in range(0, len(rows), CHUNK):

        async def write(work: Workspace, low: int = low) -> None:
            outcomes = await work.create_many("contact", rows[low : low + CHUNK])
            assert all(one.id for one in outcomes)

        await bench.house.door.run(MAIN, bench.administrator.id, write, via="import")
    speed = len(rows) / (time.perf_counter() - started)
    figures = [at_least("Many records through the door", speed, "rows/s", 10_000)]
    mapping = Mapping("contact", tuple(Column(name, name) for name in rows[0]), mode="create")
    speed, note, _times = await _imported(bench, rows, mapping)
    figures.append(at_least("Import of CSV", speed, "rows/s", 10_000, note=note))
    return [*figures, *await _linked(bench, rows)]


async def _linked(bench: Bench, rows: list[dict[str, str]]) -> list[Figure]:
    """The same with a key by which each row is looked for, and with a link that is found by name."""
    stamp = time.time_ns()

    async def make(work: Workspace) -> None:
        outcomes = await work.create_many("account", [{"name": f"Bench {stamp} {at}"} for at in range(_ACCOUNTS)])
        assert all(one.id for one in outcomes)

    await bench.house.door.run(MAIN, bench.administrator.id, make, via="import")
    linked = [
        {**row, "reference": f"{stamp}-{at}", "account": f"Bench {stamp} {at % _ACCOUNTS}"}
        for at, row in enumerate(rows)
    ]  # fmt: skip
    columns = tuple(Column(name, name, matches="name" if name == "account" else "") for name in linked[0])
    speed, note, times = await _imported(bench, linked, Mapping("contact", columns, match=("reference",)))
    fifth = max(1, len(times) // 5)
    growth = sum(times[-fifth:]) / sum(times[:fifth])
    return [
        at_least("Import of CSV, with keys and links", speed, "rows/s", 10_000, note=note),
        at_most("Import of CSV: last fifth beside the first", growth, "x", 1.5),
    ]


async def _imported(bench: Bench, rows: list[dict[str, str]], mapping: Mapping) -> tuple[float, str, list[float]]:
    """Rows a second, the processor time of a row in this process, and the seconds of each chunk."""
    path = bench.home / "contacts.csv"
    _write(path, rows)
    marks = [time.perf_counter()]

    def note(_report: Report) -> None:
        marks.append(time.perf_counter())

    processor = time.process_time()
    report = await run_import(
        bench.house.door, MAIN, bench.administrator.id, path, mapping, Options(progress=note, chunk_rows=CHUNK)
    )
    processor = time.process_time() - processor
    assert report.counts["created"] == len(rows), report.counts
    times = [later - earlier for earlier, later in pairwise(marks)][: len(rows) // CHUNK]
    said = f"{1e6 * processor / len(rows):.0f} µs of processor time a row"
    return len(rows) / (marks[-1] - marks[0]), said, times


def _row(at: int) -> dict[str, Any]:
    return {
        "name": f"Nina Import{at}",
        "job_title": "Buyer",
        "department": "Purchasing",
        "email": f"nina{at}@import.example.com",
        "phone": f"+4930{2000000 + at}",
        "language": "de",
        "lifecycle_stage": "lead",
        "birthday": "1980-05-17",
    }


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
