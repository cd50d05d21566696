"""What happens by the clock."""

from __future__ import annotations

from relata.engine.metadata.module import Schedule
from relata.modules.sales.actions.health import assess_all

SCHEDULES = (Schedule("assess_deals", "40 2 * * *", assess_all, "The health of open deals, and usual stays."),)
