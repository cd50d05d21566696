"""What of activities waits on the home page."""

from __future__ import annotations

from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.modules.activities import contracts

_OPEN = 'status in ("open", "in_progress")'

HOME = (
    HomeCard(
        name="tasks",
        object=contracts.TASK,
        label="Tasks",
        icon="square-check",
        parts=(
            HomePart("Overdue", f"{_OPEN} and due_on < today()", "bad"),
            HomePart("Today", f"{_OPEN} and due_on = today()"),
            HomePart("Next days", f"{_OPEN} and due_on > today() and due_on in next_days(7)"),
        ),
        columns=("about", "priority", "due_on"),
        order="due_on",
        done="complete_task",
        focus=f"{_OPEN} and due_on <= today()",
        log=contracts.CALL,
        undo="reopen_task",
        snooze="snooze_task",
        empty="Nothing is due. Tasks show here a week before their day, and until they are done.",
    ),
    HomeCard(
        name="meetings",
        object=contracts.MEETING,
        label="Meetings today",
        icon="calendar",
        parts=(HomePart("", 'status = "planned" and next_at in today()'),),
        columns=("next_at", "location", "about"),
        order="next_at",
        limit=8,
        empty="No meeting today.",
    ),
)
