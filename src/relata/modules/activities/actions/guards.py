"""What holds on every path into these objects."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.module import Guard
from relata.modules.activities import contracts, rules


async def check_task(work: Any, draft: Any) -> None:
    """The moment of completion follows the status."""
    if draft.is_new or draft.changed("status"):
        draft.set("completed_at", rules.completed_at(draft["status"], draft["completed_at"], work.clock.now))


async def check_meeting(work: Any, draft: Any) -> None:
    """A meeting has an end, and keeps its length when only its start is moved."""
    ends_at = draft["ends_at"]
    if draft.before is not None and draft.changed("starts_at") and not draft.changed("ends_at"):
        ends_at = rules.moved_end((draft.before["starts_at"], draft.before["ends_at"]), draft["starts_at"])
    draft.set("ends_at", rules.end_of(draft["starts_at"], ends_at))


async def check_note(work: Any, draft: Any) -> None:
    """A note has a title."""
    if not draft["subject"]:
        draft.set("subject", rules.title_of(draft["body"]))


GUARDS = (
    Guard(contracts.TASK, check_task),
    Guard(contracts.MEETING, check_meeting),
    Guard(contracts.NOTE, check_note),
)
