"""A scan of everything for duplicates, and one look at entry, in a workspace of its own: contacts of whom every tenth
is there a second time."""

from __future__ import annotations

import time
from itertools import islice
from typing import Any
from uuid import UUID

import psutil

from relata.app.assembly import House
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.app.bench.matching.population import people
from relata.app.bench.reading import slowest
from relata.engine.matching.alike import alike
from relata.engine.matching.scanning import scan, start
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_KEY = "duplicates"
_CHUNK = 2000
#: For a million; fewer take their share.
_SECONDS, _GIGABYTES = 180.0, 4.0
_LOOKS = 200


async def measure(bench: Bench) -> list[Figure]:
    """The time of a scan, the memory of who scans, what was found, and p95 of a look at entry."""
    house, count = bench.house, bench.options.contacts
    await house.ensure_workspace(_KEY, "Duplicates")
    truth = await _fill(house, count)
    await house.door.run(_KEY, None, lambda work: start(work, house.queue, work.registry.get("contact")), via="bench")
    began = time.perf_counter()
    await scan(house.door, _KEY, "contact")
    seconds = time.perf_counter() - began
    memory = psutil.Process().memory_info().rss / 2**30
    figures = [
        at_most(f"Duplicates, scan of {count:,} contacts", seconds, "s", max(_SECONDS * count / 1e6, 5.0)),
        at_most("Duplicates, memory of who scans", memory, "GiB", _GIGABYTES),
        *await _quality(house, truth),
    ]
    return [*figures, slowest("Duplicates, a look at entry", await _looks(house), 50)]


async def _fill(house: House, count: int) -> dict[UUID, int]:
    truth: dict[UUID, int] = {}
    rows = people(count)
    while part := list(islice(rows, _CHUNK)):

        async def write(work: Workspace, part: list[tuple[int, dict[str, Any]]] = part) -> None:
            made = await work.create_many("contact", [row for _person, row in part])
            truth.update({one.id: person for one, (person, _row) in zip(made, part, strict=True) if one.id})

        await house.door.run(_KEY, None, write, via="bench")
    return truth


async def _quality(house: House, truth: dict[UUID, int]) -> list[Figure]:
    context = await house.door.context(_KEY)
    async with house.database.read() as connection:
        rows = await connection.fetch(f"select one, other from {quoted(context.schema)}._match_pair where bits >= 0")
    right = sum(truth[one] == truth[other] for one, other in rows)
    counts: dict[int, int] = {}
    for person in truth.values():
        counts[person] = counts.get(person, 0) + 1
    wanted = sum(many * (many - 1) // 2 for many in counts.values())
    return [
        Figure("Duplicates, precision of the pairs that are asked", round(100 * right / max(len(rows), 1), 2), "%"),
        Figure("Duplicates, recall", round(100 * right / max(wanted, 1), 2), "%"),
    ]


async def _looks(house: House) -> list[float]:
    seconds = []
    ready = []

    async def some(work: Workspace) -> None:
        ready.extend(await work.find("contact", limit=_LOOKS))

    await house.door.run(_KEY, None, some, read_only=True)
    for record in ready:

        async def look(work: Workspace, values: dict[str, Any] = record.values) -> None:
            await alike(work, work.registry.get("contact"), values)

        began = time.perf_counter()
        await house.door.run(_KEY, None, look, read_only=True)
        seconds.append(time.perf_counter() - began)
    return seconds
