"""One's own notifications: how many are unread, which, and what one does with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from relata.engine.formula import all_of, parse
from relata.engine.metadata.fields import AnyTarget
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: What a person looks at: names of filters, and their conditions.
VIEWS = {
    "unread": "read_at is null",
    "all": "",
    "mention": 'kind = "mention"',
    "assignment": 'kind = "assignment"',
    "approval": 'kind = "approval"',
    "comment": 'kind = "comment"',
    "followed": 'kind = "followed"',
    "reminder": 'kind = "reminder"',
    "system": 'kind = "system"',
}
#: Nothing that is still held back.
_SHOWN = "(due_at is null or due_at <= now())"
#: Snoozed things come back at this hour.
_MORNING = time(8)
PAGE = 40


@dataclass(frozen=True, slots=True)
class Item:
    """One notification. can_see: whether its record may still be seen; else neither text nor link is shown."""

    id: UUID
    kind: str
    text: str
    about: AnyTarget | None
    by: UUID | None
    by_name: str
    at: datetime
    is_read: bool
    can_see: bool


async def unread(work: Workspace) -> int:
    """How many wait for the person at work; none where the module is off."""
    if "notification" not in work.registry.objects:
        return 0
    return await work.count("notification", f"read_at is null and {_SHOWN}", owner=work.actor.user)


async def items(work: Workspace, view: str = "unread", after: str = "") -> tuple[list[Item], str]:
    """A page of the person's notifications, newest first, and the cursor of the next."""
    where = all_of([parse(part) for part in ("owner = me()", _SHOWN, VIEWS.get(view, "")) if part])
    page = await work.query(
        Query(
            "notification", where, parse_order("-created_at"),
            ("id", "kind", "text", "about", "by", "created_at", "read_at"), PAGE, after,
        )
    )  # fmt: skip
    rows = page.values()
    wanted: dict[str, set[UUID]] = {"user": {row["by"] for row in rows if row["by"]}}
    for row in rows:
        if row["about"] is not None:
            wanted.setdefault(row["about"].object, set()).add(row["about"].id)
    titles = await titles_of(work.unit, wanted)
    return [
        Item(
            row["id"], row["kind"], row["text"], row["about"], row["by"], titles.get(("user", row["by"]), ""),
            row["created_at"], row["read_at"] is not None,
            row["about"] is None or (row["about"].object, row["about"].id) in titles,
        )
        for row in rows
    ], page.next  # fmt: skip


async def mark(work: Workspace, key: UUID, *, read: bool) -> None:
    """Read, or unread again."""
    await work.change(("notification", key), {"read_at": work.clock.now if read else None})


async def mark_all(work: Workspace) -> int:
    """Everything that waits is read; how many."""
    found: list[Record] = await work.find("notification", f"read_at is null and {_SHOWN}", owner=work.actor.user)
    await work.change_many("notification", [(one, {"read_at": work.clock.now}) for one in found])
    return len(found)


async def snooze(work: Workspace, key: UUID, until: str) -> datetime:
    """Out of sight for an hour, until tomorrow or until Monday morning; when it comes back."""
    back = snoozed_until(work.clock.now, work.actor.zone, until)
    await work.change(("notification", key), {"due_at": back, "read_at": None})
    return back


def snoozed_until(now: datetime, zone: str, until: str) -> datetime:
    """until: hour, tomorrow or week; the morning is the person's. Invalid for another word."""
    if until == "hour":
        return now + timedelta(hours=1)
    local = now.astimezone(ZoneInfo(zone))
    days = {"tomorrow": 1, "week": 7 - local.weekday()}.get(until)
    if days is None:
        raise Invalid(_("Snooze for an hour, until tomorrow or until next week."), code="snooze", field="until")
    return datetime.combine(local.date() + timedelta(days=days), _MORNING, ZoneInfo(zone)).astimezone(UTC)
