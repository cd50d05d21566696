"""How webhooks do, and what they sent. Bodies and answers are shown to the subscriber and to who reads the audit
log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.webhooks.objects import MANAGE
from relata.engine.secrets.records import salts_of
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

STATES = ("waiting", "delivered", "failed", "skipped", "undone")


@dataclass(frozen=True, slots=True)
class Health:
    """Of the last week. failing_since: None while it works."""

    delivered: int = 0
    failed: int = 0
    waiting: int = 0
    failing_since: datetime | None = None
    succeeded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line of the log. message: what went wrong last. next_at: when it is tried again. body, answer: None where this
    reader may not see them."""

    id: UUID
    webhook: UUID
    type: str
    object: str
    record: UUID | None
    state: str
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    next_at: datetime
    status: int | None
    milliseconds: int | None
    message: str
    body: str | None = None
    answer: str | None = None


_COLUMNS = (
    "id, webhook, type, object, record, state, attempts, created_at, ended_at, next_at, status, milliseconds, message"
)


async def health(work: Workspace, webhooks: list[UUID]) -> dict[UUID, Health]:
    """The figures of each."""
    require(work, MANAGE)
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        "select w.id, coalesce(d.delivered, 0), coalesce(d.failed, 0), coalesce(d.waiting, 0), s.failing_since,"
        f" s.succeeded_at from unnest(%s::uuid[]) as w(id) left join {schema}._webhook_state s on s.webhook = w.id"
        " left join lateral (select count(*) filter (where state = 'delivered') as delivered, count(*) filter (where"
        " state = 'failed') as failed, count(*) filter (where state = 'waiting') as waiting"
        f" from {schema}._webhook_delivery where webhook = w.id and created_at > now() - interval '7 days') d on true",
        (webhooks,),
    )
    return {row[0]: Health(*row[1:]) for row in rows}


async def deliveries(
    work: Workspace, webhook: UUID, *, state: str = "", before: UUID | None = None, limit: int = 30
) -> list[Delivery]:
    """The log of one, newest first. before: an id, for the next page."""
    require(work, MANAGE)
    rows = await work.unit.connection.fetch(
        f"select {_COLUMNS} from {quoted(work.context.schema)}._webhook_delivery where webhook = %(webhook)s"
        " and (%(state)s = '' or state = %(state)s) and (%(before)s::uuid is null or id < %(before)s)"
        " order by id desc limit %(limit)s",
        {"webhook": webhook, "state": state, "before": before, "limit": min(limit, 200)},
    )
    return [Delivery(*row) for row in rows]


async def delivery_of(work: Workspace, key: UUID) -> Delivery:
    """One with what was sent and answered, for those who may see it."""
    require(work, MANAGE)
    schema = work.context.schema
    row = await work.unit.connection.fetch_one(
        f"select {_COLUMNS}, sealed, (select subscriber from {quoted(schema)}.webhook w where w.id = d.webhook)"
        f" from {quoted(schema)}._webhook_delivery d where id = %s",
        (key,),
    )
    if row is None:
        raise NotFound(_("There is no such delivery."), hint=_("It may have been cleared away."))
    *values, sealed, subscriber = row
    found = Delivery(*values)
    kept: dict[str, Any] = {}
    if sealed and (work.actor.user == subscriber or work.actor.rights.permits("see_audit")):
        place = found.record or found.id
        salt = (await salts_of(work.unit.connection, schema, [place])).get(place)
        kept = (work.context.sealer.open(salt, place, sealed) if salt is not None else None) or {}
    return replace(found, body=kept.get("body"), answer=kept.get("answer"))
