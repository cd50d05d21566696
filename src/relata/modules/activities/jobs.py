"""What happens by the clock."""

from __future__ import annotations

from relata.engine.metadata.module import Schedule
from relata.modules.activities.actions.advancing import advance_series
from relata.modules.activities.actions.escalating import escalate_tasks

SCHEDULES = (
    Schedule("escalate_tasks", "0 7 * * 1-5", escalate_tasks, "Managers hear of what is overdue for too long."),
    Schedule("advance_series", "*/5 * * * *", advance_series, "The next one of each series, and its reminder."),
)
