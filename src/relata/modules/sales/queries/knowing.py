"""What our people and theirs did together, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Call, Items, Literal, Node, Path, all_of, any_of, parse
from relata.engine.messaging.mail.email_objects import EMAIL_FILING
from relata.engine.query.request import MAX_LIMIT, Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import CALL, MEETING
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales.contracts import OPPORTUNITY_CONTACT
from relata.modules.sales.rules.knowing import Tie, Touch

#: Somebody of us and somebody of them.
Pair = tuple[UUID, UUID]
#: More people of one account than these are not looked at.
MOST_PEOPLE = 200


def one_of(field: str, keys: Iterable[UUID]) -> Node:
    """That a link names one of these records."""
    return Binary("in", Path((field,)), Items(tuple(Literal(str(key)) for key in keys)))


async def ties_with(work: Workspace, people: Sequence[Record]) -> dict[Pair, Tie]:
    """By person of us and contact. At most the 500 latest calls, meetings and mails each."""
    ties: dict[Pair, Tie] = {}
    contacts = [one.id for one in people]
    if not contacts:
        return ties

    def note(ours: UUID | None, theirs: UUID, *, touch: Touch | None = None, role: str = "") -> None:
        if ours is None or theirs not in wanted:
            return
        tie = ties.setdefault((ours, theirs), Tie())
        if touch is not None:
            tie.touches.append(touch)
        if role:
            tie.roles.add(role)

    wanted = set(contacts)
    for row in await _calls(work, contacts):
        theirs = row["contact"] or (row["about"].id if row["about"] is not None else None)
        if theirs is not None:
            note(row["owner"], theirs, touch=Touch("call", row["at"]))
    for row in await _meetings(work, contacts):
        for ours in dict.fromkeys((row["owner"], *(row["colleagues"] or ()))):
            for theirs in row["contacts"] or ():
                note(ours, theirs, touch=Touch("meeting", row["starts_at"]))
    for row in await _mails(work, contacts):
        kind = "mail_in" if row["direction"] == "in" else "mail_out"
        note(row["colleague"], row["about"].id, touch=Touch(kind, row["at"]))
    fields = ("contact", "opportunity.owner")
    for row in await _rows(work, OPPORTUNITY_CONTACT, one_of("contact", contacts), fields, "-created_at"):
        note(row["opportunity.owner"], row["contact"], role="deal")
    for one in people:
        note(one["owner"], one.id, role="owner")
    return ties


async def _calls(work: Workspace, contacts: Sequence[UUID]) -> list[dict[str, Any]]:
    spoke = parse('outcome = "connected" and at <= now()')
    fields = ("owner", "contact", "about", "at")
    found = await _rows(work, CALL, all_of([spoke, one_of("contact", contacts)]), fields, "-at")
    alone = all_of([spoke, parse("contact is null"), one_of("about", contacts)])
    return found + await _rows(work, CALL, alone, fields, "-at")


async def _meetings(work: Workspace, contacts: Sequence[UUID]) -> list[dict[str, Any]]:
    took_place = parse('status = "held" and starts_at <= now()')
    theirs = any_of([Call("exists", (Path(("contacts",)), one_of("id", contacts)))])
    fields = ("owner", "colleagues", "contacts", "starts_at")
    return await _rows(work, MEETING, all_of([took_place, theirs]), fields, "-starts_at")


async def _mails(work: Workspace, contacts: Sequence[UUID]) -> list[dict[str, Any]]:
    if EMAIL_FILING not in work.registry.objects:
        return []
    return await _rows(work, EMAIL_FILING, one_of("about", contacts), ("colleague", "about", "direction", "at"), "-at")


async def _rows(work: Workspace, name: str, where: Node, fields: tuple[str, ...], order: str) -> list[dict[str, Any]]:
    """None where the reader sees no such object, or not these fields."""
    one = work.registry.get(name)
    known = {field: one.field(field) for field in (path.split(".")[0] for path in fields)}
    if not work.actor.rights.level(one, "read") or not all(
        field is not None and work.actor.readable(one, field) for field in known.values()
    ):
        return []
    page = await work.query(Query(name, where, parse_order(order), fields, MAX_LIMIT))
    return list(page.values())


async def people_of(work: Workspace, account: UUID) -> list[Record]:
    """The contacts of an account, at most 200."""
    return await work.find(CONTACT, account=account, order="-changed_at", limit=MOST_PEOPLE)


async def last_moments(
    work: Workspace, about: Sequence[UUID], contacts: Sequence[UUID]
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When we last talked or wrote with somebody, when they last wrote, when we did; of calls and meetings with these
    contacts, and of everything about these records."""
    spoke, took_place = 'outcome = "connected" and at <= now()', 'status = "held" and starts_at <= now()'
    moments = [
        await _latest(work, CALL, spoke, one_of("about", about), "at"),
        await _latest(work, MEETING, took_place, one_of("about", about), "starts_at"),
    ]
    if contacts:
        theirs = Call("exists", (Path(("contacts",)), one_of("id", contacts)))
        moments += [
            await _latest(work, CALL, spoke, one_of("contact", contacts), "at"),
            await _latest(work, MEETING, took_place, theirs, "starts_at"),
        ]
    received = sent = None
    if EMAIL_FILING in work.registry.objects:
        received = await _latest(work, EMAIL_FILING, 'direction = "in"', one_of("about", about), "at")
        sent = await _latest(work, EMAIL_FILING, 'direction = "out"', one_of("about", about), "at")
    known = [one for one in (*moments, received, sent) if one is not None]
    return max(known, default=None), received, sent


async def _latest(work: Workspace, name: str, which: str, where: Node, field: str) -> datetime | None:
    page = await work.query(Query(name, all_of([parse(which), where]), parse_order(f"-{field}"), (field,), 1))
    found: datetime | None = next((row[field] for row in page.values()), None)
    return found
