"""What stands beside a meeting: who comes, and when the series takes place next."""

from __future__ import annotations

from datetime import datetime, timedelta
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
        items += [*_proposal(work, meeting, one), *_single(one, ZoneInfo(work.clock.zone))]
    return items


def _proposal(work: Workspace, meeting: Record, guest: Record) -> list[PanelItem]:
    """The other time that they would prefer, with both answers to it, and what was not taken from a stranger."""
    items = [PanelItem(text=guest["unverified"], meaning="warning")] if guest["unverified"] else []
    if guest["proposed_at"] is None:
        return items
    here = ZoneInfo(work.clock.zone)
    words = _("Proposes %(time)s") % {"time": f"{guest['proposed_at'].astimezone(here):%Y-%m-%d %H:%M}"}
    if meeting["invited_by"]:  # ours to ask, theirs to answer
        return [*items, PanelItem(text=words)]
    if guest["proposed_for"] is not None:
        of_series = f"{guest['proposed_for'].astimezone(here):%Y-%m-%d %H:%M}"
        words = _("Proposes %(time)s instead of %(other)s") % {
            "time": f"{guest['proposed_at'].astimezone(here):%Y-%m-%d %H:%M}", "other": of_series,
        }  # fmt: skip
    return [
        *items,
        PanelItem(text=words, meaning="warning", act="accept_proposal", act_with=f"guest={guest.id}"),
        PanelItem(text=_("Or the meeting stays where it is"), act="refuse_proposal", act_with=f"guest={guest.id}"),
    ]


def _single(guest: Record, here: ZoneInfo) -> list[PanelItem]:
    """What they answered for single ones of the series that are still to come."""
    known = guest["single_answers"] if isinstance(guest["single_answers"], dict) else {}
    items = []
    for moment, answer in sorted(known.items()):
        at = datetime.fromisoformat(moment)
        option = guest.object.all_fields["answer"].option(answer)  # type: ignore[attr-defined]  # a choice
        if at >= datetime.now(at.tzinfo) - timedelta(days=1) and option is not None:
            text = f"{at.astimezone(here):%Y-%m-%d %H:%M}: {option.title}"
            items.append(PanelItem(text=text, meaning=_MEANINGS.get(answer, "")))
    return items[:_SHOWN]


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
