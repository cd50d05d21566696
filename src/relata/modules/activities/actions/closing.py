"""After a meeting: what was agreed, and the next step, in one form."""

from __future__ import annotations

from datetime import datetime, timedelta

from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts
from relata.modules.activities.actions.series import check_is_one, set_apart
from relata.modules.activities.contracts import MEETING, TASK
from relata.modules.activities.rules import series


@action(
    contracts.CloseMeeting,
    on=MEETING,
    label="Took place",
    help="Notes what was agreed, and makes a task of the next step if you name it or a day for it.",
    offered='status = "planned"',
    icon="check",
)
async def close_meeting(work: Workspace, command: contracts.CloseMeeting) -> contracts.ClosedMeeting:
    """Of a series, the one that took place becomes a meeting of its own, so that its notes are its own."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    if meeting["rule"]:
        at = command.at or _latest(meeting, work)
        check_is_one(meeting, at)
        meeting = await set_apart(work, meeting, at, {})
    values = {"outcome": command.outcome} if command.outcome else {}
    held = await work.move(meeting, to="held", **values)
    await work.announce(contracts.MeetingHeld(held.id), about=held)
    task = None
    if command.next_step or command.follow_up_on is not None:
        about = held["about"] or AnyTarget(MEETING, held.id)
        due = command.follow_up_on or work.clock.today + timedelta(days=7)
        subject = command.next_step or held["subject"]
        task = await work.create(TASK, {"subject": subject[:200], "kind": "follow_up", "due_on": due, "about": about})
    return contracts.ClosedMeeting(held.id, task.id if task else None)


def _latest(meeting: Record, work: Workspace) -> datetime:
    """The last one that has begun, else the next one."""
    found = series.series_from(meeting)
    gone = series.occurrences(found, work.clock.now - timedelta(days=400), work.clock.now)
    return gone[-1] if gone else meeting["next_at"]
