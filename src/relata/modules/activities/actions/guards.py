"""What holds on every path into these objects. A required field may still be empty here: the door asks for it next."""

from __future__ import annotations

from relata.engine.metadata.module import Guard
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, rules


async def check_task(work: Workspace, draft: Draft) -> None:
    """The moment of completion follows the status."""
    if draft.is_new or draft.changed("status"):
        draft.set("completed_at", rules.completed_at(draft["status"], draft["completed_at"], work.clock.now))


async def check_meeting(work: Workspace, draft: Draft) -> None:
    """A meeting has an end, and keeps its length when only its start is moved."""
    if draft["starts_at"] is None:
        return
    ends_at = draft["ends_at"]
    if not draft.is_new and draft.changed("starts_at") and not draft.changed("ends_at"):
        ends_at = rules.moved_end((draft.old("starts_at"), draft.old("ends_at")), draft["starts_at"])
    draft.set("ends_at", rules.end_of(draft["starts_at"], ends_at))


async def check_note(work: Workspace, draft: Draft) -> None:
    """A note has a title."""
    if not draft["subject"] and draft["body"]:
        draft.set("subject", rules.title_of(draft["body"]))


GUARDS = (
    Guard(contracts.TASK, check_task),
    Guard(contracts.MEETING, check_meeting),
    Guard(contracts.NOTE, check_note),
)
