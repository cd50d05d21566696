"""Search as one types: beginnings, parts of words, e-mails, numbers."""

from __future__ import annotations

import time

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure
from relata.app.bench.reading import slowest
from relata.app.bench.records import LAST
from relata.engine.search.find import search
from relata.engine.workspace.workspace import Workspace


async def measure(bench: Bench) -> list[Figure]:
    """p95 over forty queries for each role."""
    names = LAST.split(",")
    queries = [
        *(name[:4] for name in names),
        *(f"{name[1:]}{at * 7}" for at, name in enumerate(names[:10])),
        *(f"ada {name[:3]}" for name in names[:5]),
        *(f"{name.lower()}{at}@example" for at, name in enumerate(names[:5])),
    ]
    figures = []
    for person in bench.people:
        seconds = []
        for query in queries:

            async def ask(work: Workspace, query: str = query) -> None:
                await search(work.unit.connection, work.context.ground, work.actor, query)

            started = time.perf_counter()
            await bench.house.door.run(MAIN, person.id, ask, read_only=True)
            seconds.append(time.perf_counter() - started)
        figures.append(slowest(f"Search, {person.role}", seconds, 100))
    return figures
