"""Decisions about deals and leads: pure functions of values, by topic."""

from relata.modules.sales.rules.account_health import MOOD_LATELY, AccountFacts, account_health, account_reasons
from relata.modules.sales.rules.amounts import check_amount, check_typed_amount
from relata.modules.sales.rules.conversion import (
    TAKEN,
    Values,
    account_from,
    check_conversion,
    company_domain,
    contact_from,
    opportunity_from,
)
from relata.modules.sales.rules.days import next_working_day
from relata.modules.sales.rules.entering import check_complete, check_reason, is_allowed, missing
from relata.modules.sales.rules.health import HealthFacts, health, health_reasons, median_stay
from relata.modules.sales.rules.knowing import Tie, Touch, level, strongest
from relata.modules.sales.rules.lines import check_currency, line_total, price_for, sum_of_lines, yearly_value
from relata.modules.sales.rules.pushes import Pushes, pushed
from relata.modules.sales.rules.rivals import rival_names
from relata.modules.sales.rules.splits import amounts_of, owner_share
from relata.modules.sales.rules.stages import (
    DealFacts,
    StageFacts,
    check_move,
    closed_on,
    forecast_category,
    probability,
    stage_probability,
)
from relata.modules.sales.rules.stays import Arrival, Stay, length, present_stage, stays_of
from relata.modules.sales.rules.white_space import Gap, white_space

__all__ = [
    "MOOD_LATELY",
    "TAKEN",
    "AccountFacts",
    "Arrival",
    "DealFacts",
    "Gap",
    "HealthFacts",
    "Pushes",
    "StageFacts",
    "Stay",
    "Tie",
    "Touch",
    "Values",
    "account_from",
    "account_health",
    "account_reasons",
    "amounts_of",
    "check_amount",
    "check_complete",
    "check_conversion",
    "check_currency",
    "check_move",
    "check_reason",
    "check_typed_amount",
    "closed_on",
    "company_domain",
    "contact_from",
    "forecast_category",
    "health",
    "health_reasons",
    "is_allowed",
    "length",
    "level",
    "line_total",
    "median_stay",
    "missing",
    "next_working_day",
    "opportunity_from",
    "owner_share",
    "present_stage",
    "price_for",
    "probability",
    "pushed",
    "rival_names",
    "stage_probability",
    "stays_of",
    "strongest",
    "sum_of_lines",
    "white_space",
    "yearly_value",
]
