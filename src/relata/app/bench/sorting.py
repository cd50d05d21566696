"""Every sort and filter that the lists of contacts and deals offer, and their totals, at the door."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.app.bench.people import Person
from relata.engine.formula import parse
from relata.engine.metadata.fields import Choice, Date, Field, Link, MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import sortable
from relata.engine.ui.listing import ListState, total
from relata.engine.workspace.workspace import Workspace

_TIMES = 3
_OBJECTS = ("contact", "opportunity")
Attempt = Callable[[Workspace], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timed:
    """One question and its slowest answer but the first."""

    what: str
    is_indexed: bool
    seconds: float


async def measure(bench: Bench) -> list[Figure]:
    """The worst and p95 of sorts and filters, indexed and not; totals."""
    found: list[Timed] = []
    totals: list[Timed] = []
    for person in bench.people:
        for name in _OBJECTS:
            one = (await bench.house.door.context(MAIN)).registry.get(name)
            for field in one.all_fields.values():
                found.extend(await _of_field(bench, person, one, field))
            seconds = await _seconds(bench, person, partial(total, one=one, state=ListState()))
            totals.append(Timed(f"{name}, {person.role}", False, seconds))
    indexed = [one for one in found if one.is_indexed]
    others = [one for one in found if not one.is_indexed]
    return [
        _figure("Any indexed sort or filter, p95", indexed, 150),
        _figure("Any other sort or filter, p95", others, 1000),
        _figure("Totals, p95", totals, 1000),
    ]


async def _of_field(bench: Bench, person: Person, one: Object, field: Field) -> list[Timed]:
    found = []
    for what, order, where in questions(one, field):

        async def ask(work: Workspace, order: str = order, where: str = where) -> None:
            scope = FieldScope(work.registry, one, work.actor)
            if not work.actor.readable(one, field) or not (where or sortable(scope.find((field.name,)))):
                return
            query = Query(one.name, parse(where) if where else None, parse_order(order))
            page = await work.query(query)
            if page.next:
                await work.query(Query(query.object, query.where, query.order, after=page.next))

        seconds = await _seconds(bench, person, ask)
        found.append(Timed(f"{one.name} {what}, {person.role}", is_indexed(one, field), seconds / 2))
    return found


def questions(one: Object, field: Field) -> list[tuple[str, str, str]]:
    """What, order and filter."""
    asked = [(f"by {field.name}", field.name, ""), (f"by -{field.name}", f"-{field.name}", "")]
    if isinstance(field, Choice) and field.options:
        value = field.options[0].value
        asked.append((f"where {field.name}", one.title_field, f'{field.name} = "{value}"'))
    if isinstance(field, Date):
        asked.append((f"where {field.name}", field.name, f"{field.name} in next_days(30)"))
    if isinstance(field, MoneyField):
        asked.append((f"where {field.name}", f"-{field.name}", f"{field.name} > 10000"))
    if isinstance(field, Link):
        asked.append((f"where {field.name}", "-created_at", f"not empty({field.name})"))
    if field.name == one.title_field:
        asked.append((f"where {field.name} starts", field.name, f'{field.name} starts "Gre"'))
    return asked


def is_indexed(one: Object, field: Field) -> bool:
    """Whether the field has an index to sort by; a link is sorted by its id."""
    if field.system:
        return field.name in ("created_at", "owner", "team")
    return field.name == one.title_field or field.indexed or field.unique or isinstance(field, Link)


async def _seconds(bench: Bench, person: Person, attempt: Attempt) -> float:
    slowest = 0.0
    for turn in range(_TIMES + 1):
        started = time.perf_counter()
        await bench.house.door.run(MAIN, person.id, attempt, read_only=True)
        if turn:
            slowest = max(slowest, time.perf_counter() - started)
    return slowest


def _figure(name: str, found: list[Timed], limit: float) -> Figure:
    worst = sorted(found, key=lambda one: -one.seconds)[:3]
    note = "slowest: " + "; ".join(f"{one.what} {one.seconds * 1000:.0f} ms" for one in worst)
    return at_most(name, percentile([one.seconds for one in found], 0.95) * 1000, "ms", limit, note=note)
