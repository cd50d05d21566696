"""What a field of records was in the past, from the log: for histories that began before anybody kept them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PastValue:
    """value: as the log holds it, which is as the API shows it. actor: who set it, None for the system."""

    value: Any
    at: datetime
    actor: UUID | None


async def past_values(
    work: Workspace, object_name: str, field: str, records: Sequence[UUID]
) -> dict[UUID, list[PastValue]]:
    """The values that the field was given, the oldest first, for each of the records that has any in the log. One
    statement. NotFound for a field that is hidden from the actor, or sealed in the log."""
    one = work.readable_object(object_name)
    known = one.field(field)
    if known is None or field in one.sealed_fields or not work.actor.readable(one, known):
        raise NotFound(_("There is no field %(field)s.") % {"field": field[:60]}, code="unknown_field")
    found: dict[UUID, list[PastValue]] = {}
    for record, value, at, actor in await work.unit.connection.fetch(
        f"select record, after -> %(field)s, at, actor from {quoted(work.context.schema)}._change"
        " where record = any(%(records)s) and object = %(object)s and action in ('created', 'changed')"
        " and after ? %(field)s order by record, id",
        {"field": field, "records": list(records), "object": one.name},
    ):
        found.setdefault(record, []).append(PastValue(value, at, actor))
    return found
