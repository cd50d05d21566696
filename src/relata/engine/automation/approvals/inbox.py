"""What waits for a person, what they have sent, and what they have decided: pages of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.formula import parse
from relata.engine.metadata.fields import AnyTarget
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace

Show = Literal["waiting", "sent", "decided"]
PAGE = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. title: of the record, "" where the person does not see it any more. by: who submitted it; for what was
    sent, for whom it waits."""

    request: UUID
    about: AnyTarget
    title: str
    can_see: bool
    name: str
    step: int
    steps: int
    step_name: str
    state: str
    comment: str
    reason: str
    by: UUID | None
    by_name: str
    deputy_for: str
    at: datetime
    due: datetime | None
    is_late: bool


async def waiting_count(work: Workspace) -> int:
    """How many wait for the actor."""
    return await work.count(DECISION, owner=work.actor.user, state="waiting")


async def entries(work: Workspace, show: Show, after: str = "") -> tuple[list[Entry], str]:
    """A page, and the cursor of the next. What waits comes the longest waiting first, the rest the newest first."""
    return await (_sent(work, after) if show == "sent" else _parts(work, show, after))


async def _parts(work: Workspace, show: Show, after: str) -> tuple[list[Entry], str]:
    where = (
        'owner = me() and state = "waiting"'
        if show == "waiting"
        else 'owner = me() and state in ("approved", "rejected")'
    )
    order = "created_at" if show == "waiting" else "-decided_at"
    fields = ("id", "request", "about", "state", "reason", "deputy_for", "created_at", "due_at", "is_late", "step")
    page = await work.query(Query(DECISION, parse(where), parse_order(order), fields, PAGE, after))
    rows = page.values()
    requests = {one.id: one for one in await work.as_system().get_many(REQUEST, [row["request"] for row in rows])}
    wanted: dict[str, set[UUID]] = {"user": set()}
    for row in rows:
        wanted.setdefault(row["about"].object, set()).add(row["about"].id)
        wanted["user"] |= {one for one in (requests[row["request"]]["owner"], row["deputy_for"]) if one}
    titles = await titles_of(work.unit, wanted)
    return [
        _entry(work, row, requests[row["request"]], titles) for row in rows if row["request"] in requests
    ], page.next


def _entry(work: Workspace, row: dict[str, Any], request: Any, titles: dict[tuple[str, UUID], str]) -> Entry:
    about: AnyTarget = row["about"]
    can_see = (about.object, about.id) in titles
    now = work.clock.now
    return Entry(
        request.id, about, titles.get((about.object, about.id), ""), can_see, request["name"], row["step"] or 1,
        request["steps"] or 1, request["step_name"] or "", row["state"], request["comment"] or "" if can_see else "",
        row["reason"] or "", request["owner"], titles.get(("user", request["owner"]), ""),
        titles.get(("user", row["deputy_for"]), "") if row["deputy_for"] else "", row["created_at"], row["due_at"],
        bool(row["is_late"]) or (row["due_at"] is not None and row["due_at"] < now),
    )  # fmt: skip


async def _sent(work: Workspace, after: str) -> tuple[list[Entry], str]:
    fields = ("id", "name", "about", "state", "comment", "reason", "step", "steps", "step_name", "created_at", "due_at")
    page = await work.query(Query(REQUEST, parse("owner = me()"), parse_order("-created_at"), fields, PAGE, after))
    rows = page.values()
    pending = [row["id"] for row in rows if row["state"] == "pending"]
    parts = await deciders(work, pending)
    wanted: dict[str, set[UUID]] = {"user": {person for people in parts.values() for person in people}}
    for row in rows:
        wanted.setdefault(row["about"].object, set()).add(row["about"].id)
    titles = await titles_of(work.unit, wanted)
    now = work.clock.now
    return [
        Entry(
            row["id"], row["about"], titles.get((row["about"].object, row["about"].id), ""),
            (row["about"].object, row["about"].id) in titles, row["name"], row["step"] or 1, row["steps"] or 1,
            row["step_name"] or "", row["state"], row["comment"] or "", row["reason"] or "", None,
            ", ".join(titles.get(("user", person), "") for person in parts.get(row["id"], [])[:3]), "",
            row["created_at"], row["due_at"], row["due_at"] is not None and row["due_at"] < now,
        )
        for row in rows
    ], page.next  # fmt: skip


async def deciders(work: Workspace, requests: list[UUID]) -> dict[UUID, list[UUID]]:
    """For whom each of these waits."""
    found: dict[UUID, list[UUID]] = {}
    everything = work.as_system()
    for request in requests:
        items = await everything.find(DECISION, request=request, state="waiting", order="created_at", limit=10)
        found[request] = [one["owner"] for one in items if one["owner"] is not None]
    return found
