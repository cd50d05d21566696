"""A hundred reports as people build them, over all that a company has: how many of them answer within a second."""

from __future__ import annotations

import random
import time
from contextlib import suppress

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, percentile
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.running import run
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached

REPORTS, _WITHIN_MS, _SHARE = 100, 1000.0, 95
#: Of each object: what it is grouped by, its days, its numbers, and filters.
_OBJECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "opportunity": (
        ("stage", "status", "owner", "team", "source", "account.industry", "pipeline"),
        ("close_date", "opened_on", "created_at"),
        ("amount", "probability"),
        ('status = "open"', 'status = "won"', "amount > 1000", "close_date in this_year()", ""),
    ),
    "account": (
        ("industry", "owner", "team", "billing_address.country"), ("created_at",), (), ("not empty(industry)", ""),
    ),
    "contact": (
        ("owner", "team", "mailing_address.country", "account.industry"), ("created_at",), (),
        ("not empty(account)", "account.industry != null", ""),
    ),
    "task": (("owner", "team", "status", "priority"), ("due_on", "created_at"), (), ("empty(completed_at)", "")),
    "call": (("owner", "team", "outcome", "direction"), ("at", "created_at"), (), ("at in last_days(90)", "")),
    "meeting": (("owner", "team"), ("starts_at", "created_at"), (), ("",)),
}  # fmt: skip
_WEIGHTS = (6, 2, 2, 1, 1, 1)
_GRAINS = ("week", "month", "month", "quarter", "year")


async def measure(bench: Bench) -> list[Figure]:
    """By everybody in turns, each once; whoever asked such a report before is nobody."""
    found: list[tuple[float, str]] = []
    for at, definition in enumerate(made()):
        person = bench.people[at % len(bench.people)]

        async def ask(work: Workspace, definition: Definition = definition) -> None:
            await run(work, definition, seconds=20)

        await bench.forget_answers()
        started = time.perf_counter()
        with suppress(LimitReached):  # it took as long as it was given
            await bench.house.door.run(MAIN, person.id, ask, read_only=True)
        found.append(((time.perf_counter() - started) * 1000, f"{_told(definition)}, {person.role}"))
    within = sum(taken <= _WITHIN_MS for taken, _name in found)
    middle = percentile([taken for taken, _name in found], 0.5)
    slowest = "; ".join(f"{name} {taken:,.0f} ms" for taken, name in sorted(found, reverse=True)[:4])
    note = f"half within {middle:.0f} ms; slowest: {slowest}"
    target = f"{_SHARE} of {REPORTS} under 1 s"
    return [Figure("Generated reports under 1 s", within, "reports", target, is_met=within >= _SHARE, note=note)]


def made(seed: int = 9) -> list[Definition]:
    """The same hundred each time."""
    chance = random.Random(seed)
    return [_one(chance) for _number in range(REPORTS)]


def _one(chance: random.Random) -> Definition:
    name = chance.choices(list(_OBJECTS), _WEIGHTS)[0]
    paths, days, numbers, filters = _OBJECTS[name]
    levels = [_level(chance, paths, days) for _number in range(chance.choices((1, 2, 3), (6, 3, 1))[0])]
    across = (_level(chance, paths, days),) if chance.random() < 0.25 and len(levels) < 3 else ()
    figures = [Measure()]
    if numbers:
        figures += [
            Measure(function=chance.choice(("sum", "average", "median", "max")), path=chance.choice(numbers))
            for _number in range(chance.choice((0, 1, 1, 2)))
        ]
    return Definition(
        object=name, rows=tuple(levels), columns=across, measures=tuple(figures), where=chance.choice(filters),
    )  # fmt: skip


def _level(chance: random.Random, paths: tuple[str, ...], days: tuple[str, ...]) -> Grouping:
    if chance.random() < 0.35:
        return Grouping(path=chance.choice(days), grain=chance.choice(_GRAINS))
    return Grouping(path=chance.choice(paths))


def _told(one: Definition) -> str:
    groups = ", ".join(f"{level.path} {level.grain}".strip() for level in (*one.rows, *one.columns))
    return f"{one.object} by {groups}" + (f" where {one.where}" if one.where else "")
