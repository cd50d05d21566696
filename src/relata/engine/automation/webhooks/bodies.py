"""What a delivery says, as the webhook's subscriber may see it at the moment that it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.webhooks.noticing import GAP
from relata.engine.formula import Binary, Items, Literal, Node, Path, all_of, parse
from relata.engine.history.feed import changes_at
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.feeding import told
from relata.engine.workspace.workspace import Workspace

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is to be tried. token: whoever holds it may say what came of it."""

    id: UUID
    type: str
    feed: int | None
    feed_until: int | None
    object: str
    record: UUID | None
    attempts: int
    created_at: datetime
    give_up_at: datetime
    token: UUID
    bulk: UUID | None = None


async def bodies(work: Workspace, due: Sequence[Due], condition: str) -> dict[UUID, bytes]:
    """What each delivery says; none for those about records that the subscriber can't see, or that do not fulfil the
    condition. work: as the subscriber."""
    found: dict[UUID, bytes] = {}
    about = {one.feed: one for one in due if one.type not in (TEST, GAP) and one.feed is not None}
    changes = await changes_at(work.unit.connection, work.context.schema, sorted(about))
    seen = await told(work, list(changes))
    fitting = await _fitting(work, [about[one["feed"]] for one in seen], condition)
    for one in seen:
        hidden = one["action"] == "changed" and not one["after"] and not one["before"]
        if not hidden and one["record"] in fitting:
            delivery = about[one["feed"]]
            found[delivery.id] = _encoded(delivery.type, one["at"], one)
    for delivery in due:
        if delivery.type == TEST:
            found[delivery.id] = _encoded(TEST, delivery.created_at, {"message": "This is a test."})
        elif delivery.type == GAP and delivery.feed is not None:
            gap = {"after": delivery.feed - 1, "until": delivery.feed_until, "read": "/api/v1/feed"}
            found[delivery.id] = _encoded(GAP, delivery.created_at, gap)
    return found


def _encoded(kind: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data})


async def _fitting(work: Workspace, due: Sequence[Due], condition: str) -> set[UUID]:
    """The records that fulfil the condition, as they are now; those in the bin as they were left."""
    ids = {one.record for one in due if one.record is not None}
    if not condition.strip() or not ids:
        return ids
    found: set[UUID] = set()
    places = (False, True) if work.actor.rights.permits("see_deleted") else (False,)
    for object_name in {one.object for one in due}:
        mine = [str(one.record) for one in due if one.object == object_name]
        asked: list[Node] = [Binary("in", Path(("id",)), Items(tuple(Literal(one) for one in mine))), parse(condition)]
        for deleted in places:
            query = Query(object_name, all_of(asked), fields=("id",), limit=MAX_LIMIT, deleted=deleted, few=True)
            found |= {row[0] for row in (await work.query(query)).rows}
    return found
