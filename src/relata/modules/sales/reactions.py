"""What happens when something about a deal changed: its health is looked at again. A second time does no harm."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.capture.names import SUBMISSION
from relata.engine.automation.scoring.behaving import follow_event
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Reaction
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.modules.activities.contracts import CALL, MEETING, NOTE, TASK
from relata.modules.sales.actions.health import assess, note_activity
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_CONTACT, PROMISE

#: What health itself writes; a change of nothing else is no news.
_OWN = {"health", "health_reasons"}


async def assess_deal(work: Workspace, change: Change) -> None:
    """The deal itself changed."""
    if not change.after or set(change.after) - _OWN:
        await assess(work, [change.record])


async def assess_part(work: Workspace, change: Change) -> None:
    """Somebody came into the deal or left it."""
    named = [change.before.get("opportunity"), change.after.get("opportunity")]
    if not any(named):
        named = [(await _anywhere(work, change))["opportunity"]]
    await assess(work, [key for key in map(parse_id, dict.fromkeys(filter(None, named))) if key])


async def assess_activity(work: Workspace, change: Change) -> None:
    """Something was done, planned or taken back."""
    about = {_deal(change.before.get("about")), _deal(change.after.get("about"))}
    if "about" not in change.after and "about" not in change.before:
        about.add(_deal((await _anywhere(work, change))["about"]))
    for deal in about - {None}:
        if deal is not None:
            await note_activity(work, deal)
            await assess(work, [deal])


async def _anywhere(work: Workspace, change: Change) -> dict[str, object]:
    """The record's values, also out of the bin; empty links where it is gone."""
    try:
        return dict((await work.get(change.object, change.record, deleted=None)).values)
    except NotFound:
        return {"about": None, "opportunity": None}


def _deal(about: object) -> UUID | None:
    """The deal that an activity is about, from a record or from the log."""
    if isinstance(about, AnyTarget):
        return about.id if about.object == OPPORTUNITY else None
    if isinstance(about, dict) and about.get("object") == OPPORTUNITY:
        return parse_id(about.get("id"))
    return None


_DONE = ("created", "changed", "deleted", "restored")
REACTIONS = (
    *(Reaction(f"{OPPORTUNITY}.{done}", f"assess_deal_{done}", assess_deal) for done in ("created", "changed")),
    *(Reaction(f"{OPPORTUNITY_CONTACT}.{done}", f"assess_part_{done}", assess_part) for done in _DONE),
    *(
        Reaction(f"{name}.{done}", f"assess_{name}_{done}", assess_activity)
        for name in (CALL, MEETING, NOTE, TASK, PROMISE)
        for done in _DONE
    ),
    *(
        Reaction(f"{name}.{done}", f"score_{name}_{done}", follow_event)
        for name in (CALL, MEETING, NOTE, TASK, SUBMISSION)
        for done in _DONE
    ),
)
