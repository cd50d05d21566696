"""Calls, notes, tasks, comments and whatever else is about a record: what its timeline and its next step are made of.

An object whose declaration has a `Happening` takes part, also one that an administrator or a later module makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Not, Path, all_of, any_of, parse
from relata.engine.metadata.fields import Choice, Link, LongText, Text
from relata.engine.metadata.object import Happening, Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.presence import present
from relata.engine.query.request import Order, Query
from relata.engine.ui.listing import shows_title, text_of
from relata.engine.ui.related import belongs_to
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

ZERO, LAST = UUID(int=0), UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Source:
    """One way in which records are about another. relation: from the record to them."""

    relation: Relation
    child: Object
    happening: Happening
    moment: str

    @property
    def key(self) -> str:
        """Its place in the order of things that happened at the same moment."""
        return f"{self.child.name}.{self.relation.field}"


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """The first open thing. due: a day or a moment, None where no time was set."""

    kind: str
    title: str
    href: str
    icon: str
    due: date | datetime | None
    is_overdue: bool


def sources_of(work: Workspace, one: Object) -> list[Source]:
    """Everything that may be about records of this object and that the reader may see, in a fixed order."""
    found = []
    for relation in work.registry.relations[one.name].values():
        child = work.registry.get(relation.child)
        field = child.field(relation.field)
        if child.happening is None or field is None or field.system or field.name in ("owner", "team"):
            continue
        if not work.actor.rights.level(child, "read") or not work.actor.readable(child, field):
            continue
        moment = child.field(child.happening.moment)
        readable = moment is not None and work.actor.readable(child, moment)
        found.append(Source(relation, child, child.happening, child.happening.moment if readable else "created_at"))
    return sorted(found, key=lambda source: source.key)


async def filled(work: Workspace, record: UUID, sources: Sequence[Source], *, still_open: bool = False) -> list[Source]:
    """Those that have something about the record: one statement for all."""
    asked = [(source.child.name, condition(source, record, still_open=still_open)) for source in sources]
    there = await present(work.unit.connection, work.context.ground, work.actor, asked)
    return [source for source, is_there in zip(sources, there, strict=True) if is_there]


def condition(source: Source, record: UUID, *, still_open: bool = False, person: UUID | None = None) -> Node:
    """About the record; still_open: to be done; person: done by somebody."""
    parts = [belongs_to(source.relation, record)]
    if still_open and source.happening.open:
        parts.append(parse(source.happening.open))
    if person is not None:
        parts.append(done_by(source, person))
    if source.moment != "created_at" and not still_open:
        parts.append(Not(Call("empty", (Path((source.moment,)),))))
    return all_of(parts)


def done_by(source: Source, person: UUID) -> Node:
    """What this person did."""
    return Binary("=", Path((source.happening.who,)), Literal(str(person)))


def holding(work: Workspace, source: Source, words: str) -> Node | None:
    """That the words stand in its title or text, or in those of what it stands for; None where it has none."""
    paths: list[tuple[str, ...]] = [(name,) for name in _worded(work, source.child)]
    link = source.child.field(source.happening.stands_for)
    if isinstance(link, Link) and work.actor.rights.level(work.registry.get(link.to), "read"):
        paths += [(link.name, name) for name in _worded(work, work.registry.get(link.to))]
    return any_of(Binary("contains", Path(path), Literal(words)) for path in paths) if paths else None


def _worded(work: Workspace, one: Object) -> list[str]:
    title = one.all_fields[one.title_field]
    is_text = isinstance(title, Text) and work.actor.readable(one, title)
    return list(dict.fromkeys([*([title.name] if is_text else []), *text_fields(work, one)]))


def text_fields(work: Workspace, child: Object) -> tuple[str, ...]:
    """Where its words are: the long texts that the reader may read."""
    return tuple(
        field.name
        for field in child.fields
        if isinstance(field, LongText) and not field.hidden and work.actor.readable(child, field)
    )


def state_field(work: Workspace, source: Source) -> str:
    """The choice that stands beside what happened; "" where there is none, or it is hidden."""
    field = source.child.field(source.happening.state)
    return field.name if isinstance(field, Choice) and work.actor.readable(source.child, field) else ""


def shown_fields(work: Workspace, source: Source) -> tuple[str, ...]:
    """What an entry is made of."""
    child, how = source.child, source.happening
    title = (child.title_field,) if shows_title(work, child) else ()
    state = (found,) if (found := state_field(work, source)) else ()
    stands = (how.stands_for,) if how.stands_for else ()
    who = child.field(how.who)
    by = (how.who,) if who is not None and work.actor.readable(child, who) else ()
    names = ("id", *title, *text_fields(work, child), *by, "created_by", source.moment, *state, *stands)
    return tuple(dict.fromkeys((*names, source.relation.field)))


async def rows_of(work: Workspace, source: Source, where: Node, *, after: str, limit: int) -> list[dict[str, Any]]:
    """Their values, the latest first."""
    child = source.child
    fields = shown_fields(work, source)
    # where an index has them in this order already, nothing needs to be sorted, however many there are
    is_ordered = (source.relation.field, source.moment) in child.indexes
    query = Query(child.name, where, (Order((source.moment,), True),), fields, limit, after, few=not is_ordered)
    return (await work.query(query)).values()


async def stood_for(work: Workspace, shown: Sequence[tuple[Source, dict[str, Any]]]) -> dict[UUID, Record]:
    """What these stand for, of that what the reader may see, by the id of what stands there."""
    asked: dict[str, dict[UUID, UUID]] = {}
    for source, row in shown:
        field = source.child.field(source.happening.stands_for)
        if not isinstance(field, Link) or not row.get(field.name):
            continue
        if work.actor.rights.level(work.registry.get(field.to), "read"):
            asked.setdefault(field.to, {})[row["id"]] = row[field.name]
    found: dict[UUID, Record] = {}
    for name, targets in asked.items():
        records = {one.id: one for one in await work.get_many(name, sorted(set(targets.values())))}
        found |= {key: records[target] for key, target in targets.items() if target in records}
    return found


async def next_step(
    work: Workspace, one: Object, record: Record, known: Sequence[Source] | None = None
) -> NextStep | None:
    """What is to be done next for a record; None where nothing is open. known: the sources that have something."""
    able = [
        source
        for source in (sources_of(work, one) if known is None else known)
        if source.happening.open and source.happening.due and _readable(work, source)
    ]
    best: tuple[bool, str, NextStep] | None = None
    for source in await filled(work, record.id, able, still_open=True):
        child, due = source.child, source.happening.due
        title = (child.title_field,) if shows_title(work, child) else ()
        query = Query(
            child.name, condition(source, record.id, still_open=True), (Order((due,)),),
            tuple(dict.fromkeys(("id", *title, due))), 1, few=True,
        )  # fmt: skip
        for row in (await work.query(query)).values():
            step = _step(work, child, row, row.get(due))
            key = (step.due is None, str(row.get(due)), step)
            best = min((found for found in (best, key) if found), key=lambda found: found[:2])
    return best[2] if best else None


def _readable(work: Workspace, source: Source) -> bool:
    field = source.child.field(source.happening.due)
    return field is not None and work.actor.readable(source.child, field)


def _step(work: Workspace, child: Object, row: dict[str, Any], due: Any) -> NextStep:
    is_moment = isinstance(due, datetime)
    is_day = isinstance(due, date) and not is_moment
    overdue = due < work.clock.now if is_moment else due < work.clock.today if is_day else False
    return NextStep(
        kind=child.title, icon=child.icon, href=f"/{child.path}/{row['id']}", is_overdue=overdue,
        title=text_of(child.all_fields[child.title_field], row.get(child.title_field)) or child.title,
        due=due if is_moment or is_day else None,
    )  # fmt: skip
