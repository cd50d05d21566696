"""What happens by the clock."""

from __future__ import annotations

from relata.engine.metadata.module import Schedule
from relata.modules.activities.actions.advancing import advance_series

SCHEDULES = (
    Schedule("advance_series", "*/5 * * * *", advance_series, "The next one of each series, and its reminder."),
)
