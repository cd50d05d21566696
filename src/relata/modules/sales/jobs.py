"""What happens by the clock."""

from __future__ import annotations

from relata.engine.metadata.module import Schedule
from relata.modules.sales.actions.account_health import assess_all_accounts
from relata.modules.sales.actions.health import assess_all
from relata.modules.sales.actions.values import revalue

SCHEDULES = (
    Schedule("assess_accounts", "20 3 * * *", assess_all_accounts, "The health of accounts that buy or may buy."),
    Schedule("assess_deals", "40 2 * * *", assess_all, "The health of open deals, and usual stays."),
    Schedule("revalue_deals", "20 1 * * *", revalue, "Open deals in other currencies at the rates of the day."),
)
