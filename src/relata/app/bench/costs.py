"""What one list, get, create and search costs inside the process, for comparing sizes: `--size 10k`, `100k`, `1m`."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
from uuid import UUID

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, percentile
from relata.engine.formula import parse
from relata.engine.query.request import Query, parse_order
from relata.engine.search.find import search
from relata.engine.workspace.workspace import Workspace

_ROUNDS = 40
_FIELDS = ("id", "name", "job_title", "account", "email", "phone", "lifecycle_stage", "owner")
_STAGES = ("subscriber", "lead", "prospect", "customer", "advocate", "former")
_WORDS = ("ebner", "ada", "kern", "berg", "haas")
Attempt = Callable[[Workspace, int], Awaitable[object]]


async def measure(bench: Bench) -> list[Figure]:
    """The median of forty of each, for each role. The note says the fastest tenth, which a busy machine changes least,
    and the slowest twentieth."""
    figures = []
    for person in bench.people:
        ids = await bench.some_ids("contact", person, _ROUNDS)

        attempts: dict[str, Attempt] = {"list": _list, "get": partial(_get, ids), "create": _create, "search": _search}
        for name, attempt in attempts.items():
            seconds = []
            for at in range(_ROUNDS + 5):
                started = time.perf_counter()

                async def once(work: Workspace, attempt: Attempt = attempt, at: int = at) -> None:
                    await attempt(work, at)

                await bench.house.door.run(MAIN, person.id, once, read_only=name != "create")
                seconds.append(time.perf_counter() - started)
            fast, slow = (percentile(seconds[5:], share) * 1000 for share in (0.1, 0.95))
            note = f"p10 {fast:.1f} ms, p95 {slow:.1f} ms"
            figures.append(Figure(f"Cost of {name}, {person.role}", median(seconds[5:]) * 1000, "ms", note=note))
    return figures


async def _list(work: Workspace, at: int) -> object:
    where = parse(f'lifecycle_stage = "{_STAGES[at % len(_STAGES)]}"')
    return await work.query(Query("contact", where, parse_order("name"), _FIELDS))


async def _get(ids: list[UUID], work: Workspace, at: int) -> object:
    return await work.show("contact", ids[at % len(ids)])


async def _create(work: Workspace, at: int) -> object:
    return await work.create("contact", {"name": f"Cost {at}", "job_title": "Measured"})


async def _search(work: Workspace, at: int) -> object:
    return await search(work.unit.connection, work.context.ground, work.actor, _WORDS[at % len(_WORDS)])
