"""What whoever takes a record over has to know: its figures, what is to be done next, what was the last contact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Literal, Not, Path, all_of, parse
from relata.engine.metadata.fields import RollUp, User
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.ui.happenings import NextStep, condition, filled, next_step, rows_of, sources_of
from relata.engine.ui.listing import ListState, listing, text_of
from relata.engine.ui.values import Shown
from relata.engine.workspace.workspace import Workspace

#: Records on one page: each costs a few statements.
PAGE = 20


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """The last thing that happened."""

    kind: str
    title: str
    href: str
    at: date | datetime | None


class Briefing(msgspec.Struct, frozen=True, kw_only=True):
    """About one record. figures: label, kind and value of what its page shows first. open: how much is to be done."""

    id: str
    title: str
    href: str
    figures: tuple[tuple[str, Shown], ...]
    open: int
    step: NextStep | None
    last: Contact | None


class Briefings(msgspec.Struct, frozen=True, kw_only=True):
    """One page. next: a cursor or ""."""

    items: tuple[Briefing, ...]
    next: str


def is_briefed(work: Workspace, one: Object) -> bool:
    """Whether records of this object are spoken of and worked on, so that there is something to tell."""
    return bool(sources_of(work, one)) and any(isinstance(field, RollUp) for field in one.all_fields.values())


async def briefings(work: Workspace, one: Object, field: str, person: UUID, after: str = "") -> Briefings:
    """Of the records of this object that name the person in this field, as far as the reader sees them."""
    fixed = Binary("=", Path((field,)), Literal(str(person)))
    layout = work.layout(one.name)
    figures = tuple(name for name in layout.highlights if not isinstance(one.field(name), User))
    figures += tuple(
        each.name for each in one.all_fields.values() if isinstance(each, RollUp) and each.name not in figures
    )
    found = await listing(work, one, ListState(after=after, limit=PAGE), fixed=fixed, columns=figures)
    records = {str(each.id): each for each in await work.get_many(one.name, [UUID(row.id) for row in found.rows])}
    items = []
    for row in found.rows:
        pairs = tuple(zip((column.label for column in found.columns), row.cells, strict=True))
        record = records[row.id]
        there = await filled(work, record.id, sources_of(work, one))
        items.append(
            Briefing(
                id=row.id, title=row.title, href=row.href,
                figures=tuple((label, cell) for label, cell in pairs if cell.value not in (None, "", (), 0)),
                open=await _open(work, record.id, there), step=await next_step(work, one, record, there),
                last=await _last(work, record.id, there),
            )
        )  # fmt: skip
    return Briefings(items=tuple(items), next=found.next)


async def _open(work: Workspace, record: UUID, sources: list[Any]) -> int:
    """How much is still to be done; counted up to a hundred of each kind."""
    total = 0
    for source in sources:
        if source.happening.open:
            query = Query(source.child.name, condition(source, record, still_open=True), (), ("id",), 100)
            total += len((await work.query(query)).rows)
    return total


async def _last(work: Workspace, record: UUID, sources: list[Any]) -> Contact | None:
    latest: tuple[Any, Contact] | None = None
    for source in sources:
        if source.moment == "created_at":  # notes and tasks were written, and spoken with nobody
            continue
        where = condition(source, record)
        if source.happening.open:
            past = Binary("<=", Path((source.moment,)), Literal(work.clock.now.isoformat()))
            where = all_of([where, Not(parse(source.happening.open)), past])
        for row in await rows_of(work, source, where, after="", limit=1):
            at, child = row.get(source.moment), source.child
            title = text_of(child.all_fields[child.title_field], row.get(child.title_field)) or child.title
            contact = Contact(kind=child.title, title=title, href=f"/{child.path}/{row['id']}", at=at)
            if latest is None or str(at) > str(latest[0]):
                latest = (at, contact)
    return latest[1] if latest else None
