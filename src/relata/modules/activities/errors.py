"""What can go wrong with tasks and meetings, in sentences."""

from __future__ import annotations

from relata.foundation.errors import Conflict, Invalid


class MeetingEndsBeforeStart(Invalid):
    """The end of a meeting lies before its start."""

    code = "ends_before_start"

    def __init__(self) -> None:
        super().__init__(
            "The meeting ends before it starts.", field="ends_at", hint="Choose a later end, or clear it for one hour."
        )


class TaskIsCancelled(Conflict):
    """A cancelled task can't be completed as it is."""

    code = "task_cancelled"

    def __init__(self) -> None:
        super().__init__("This task is cancelled.", field="status", hint="Reopen it before completing it.")
