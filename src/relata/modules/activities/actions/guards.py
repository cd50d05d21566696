"""What holds on every path into these objects. A required field may still be empty here: the door asks for it next."""

from __future__ import annotations

from relata.engine.metadata.module import Guard
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors, rules
from relata.modules.activities.actions.meeting_guard import check_meeting
from relata.modules.activities.actions.task_guard import check_task


async def check_note(work: Workspace, draft: Draft) -> None:
    """A note has a title."""
    if not draft["subject"] and draft["body"]:
        draft.set("subject", rules.title_of(draft["body"]))


async def check_guest(work: Workspace, draft: Draft) -> None:
    """A guest has a name, at least their address; an answer has its moment."""
    if draft["email"]:
        draft.set("email", draft["email"].strip().lower())
    if not draft["name"] and draft["email"]:
        draft.set("name", draft["email"])
    if not draft["name"] and not draft["email"]:
        raise errors.GuestUnknown
    if not draft.is_new and draft.changed("answer") and not draft.changed("answered_at"):
        draft.set("answered_at", work.clock.now if draft["answer"] != "waiting" else None)


GUARDS = (
    Guard(contracts.TASK, check_task),
    Guard(contracts.MEETING, check_meeting),
    Guard(contracts.NOTE, check_note),
    Guard(contracts.ATTENDEE, check_guest),
)
