"""What stands beside a meeting: who comes, and when the series takes place next."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from relata.engine.metadata.module import Panel
from relata.engine.ui.panels import PanelItem
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.modules.activities.contracts import ATTENDEE, MEETING
from relata.modules.activities.rules import series

_MEANINGS = {"accepted": "good", "declined": "bad", "tentative": "warning"}
_SHOWN = 5


async def guests(work: Workspace, meeting: Record) -> list[PanelItem]:
    """Everybody who is invited, with what they answered and would prefer."""
    items = []
    for one in await work.find(ATTENDEE, meeting=meeting.id, order="created_at", limit=200):
        option = one.object.choice("answer").option(one["answer"])
        notes = [option.title if option else "", _("Optional") if one["is_optional"] else "", one["comment"] or ""]
        items.append(
            PanelItem(
                text=one["name"] or one["email"] or "", note=" · ".join(note for note in notes if note), is_person=True,
                key=str(one["person"].id if one["person"] else one.id), href=f"/guests/{one.id}",
                meaning=_MEANINGS.get(one["answer"], ""),
            )
        )  # fmt: skip
    return items


async def coming(work: Workspace, meeting: Record) -> list[PanelItem]:
    """The next ones of a series; each can be moved by itself."""
    if not meeting["rule"]:
        return []
    now, here = work.clock.now, ZoneInfo(work.clock.zone)
    found = series.occurrences(series.series_from(meeting), now, now + timedelta(days=3700), most=_SHOWN)
    return [
        PanelItem(
            text=f"{one.astimezone(here):%Y-%m-%d %H:%M}", act="move_occurrence",
            act_with=f"at={one.astimezone(here):%Y-%m-%dT%H:%M}",
        )
        for one in found
    ]  # fmt: skip


PANELS = (
    Panel(MEETING, "guests", "Guests", "users", guests),
    Panel(MEETING, "coming", "Coming dates", "repeat", coming),
)
