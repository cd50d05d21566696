"""Many records at once: through the door, and as a file."""

from __future__ import annotations

import csv
import time
from pathlib import Path

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least
from relata.engine.transfer.importing import run_import
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.workspace.workspace import Workspace

CHUNK = 2000


async def measure(bench: Bench) -> list[Figure]:
    """Rows a second of `create_many` and of a CSV import."""
    rows = [_row(at) for at in range(CHUNK * (2 if bench.options.quick else 10))]
    started = time.perf_counter()
    for low in range(0, len(rows), CHUNK):

        async def write(work: Workspace, low: int = low) -> None:
            outcomes = await work.create_many("contact", rows[low : low + CHUNK])
            assert all(one.id for one in outcomes)

        await bench.house.door.run(MAIN, bench.administrator.id, write, via="import")
    figures = [at_least("Many records through the door", len(rows) / (time.perf_counter() - started), "rows/s", 10_000)]
    path = bench.home / "contacts.csv"
    _write(path, rows)
    mapping = Mapping("contact", tuple(Column(name, name) for name in rows[0]), mode="create")
    started = time.perf_counter()
    await run_import(bench.house.door, MAIN, bench.administrator.id, path, mapping)
    figures.append(at_least("Import of CSV", len(rows) / (time.perf_counter() - started), "rows/s", 10_000))
    return figures


def _row(at: int) -> dict[str, str]:
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
