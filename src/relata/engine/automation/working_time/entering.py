"""Holidays into a calendar: those of a country or file, without those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.automation.working_time.holidays_of import Day
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

PERMISSION = "manage_users"


async def enter_holidays(work: Workspace, calendar: UUID | None, days: Sequence[Day]) -> int:
    """Make holidays of these days in a calendar (None: the workspace's hours); what is there already stays as it is.
    How many are new. Needs manage_users; Invalid where one is refused."""
    require(work, PERMISSION)
    if calendar is not None and not await work.get_many("working_calendar", [calendar]):
        raise NotFound(_("There is no such calendar."), hint=_("It may have been deleted."))
    await work.lock(f"holidays:{calendar}")
    there = {one["day"] for one in await work.find("holiday", None, order="-day", limit=500, calendar=calendar)}
    rows = [{"name": one.name, "day": one.day, "calendar": calendar} for one in days if one.day not in there]
    for outcome in await work.create_many("holiday", rows) if rows else ():
        if outcome.did != "created":
            raise Invalid.of(outcome.problems)
    return len(rows)
