"""When and by whom a record was made before it came here. The log keeps when it came; the record says when it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Birth:
    """Moments in UTC; None for what is not known."""

    record: UUID
    made: datetime | None
    changed: datetime | None
    made_by: UUID | None


async def date_back(work: Workspace, object_name: str, births: Sequence[Birth]) -> None:
    """Let records that were made in this transaction have been made before it."""
    known = [one for one in births if one.made or one.changed or one.made_by]
    if known:
        await work.unit.connection.execute(
            f"update {quoted(work.context.schema)}.{quoted(work.registry.get(object_name).name)} t set"
            " created_at = least(coalesce(b.made, t.created_at), t.created_at),"
            " changed_at = least(coalesce(b.changed, b.made, t.changed_at), t.changed_at),"
            " created_by = coalesce(b.made_by, t.created_by)"
            " from unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::uuid[]) b (id, made, changed, made_by)"
            " where t.id = b.id",
            (
                [one.record for one in known], [one.made for one in known], [one.changed for one in known],
                [one.made_by for one in known],
            ),
        )  # fmt: skip


def moment(text: str, forms: Sequence[str] = ()) -> datetime | None:
    """A moment as exports write it, without an offset in UTC; None for what is none."""
    text = text.strip()
    if not text:
        return None
    for form in forms:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
