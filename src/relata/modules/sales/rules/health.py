"""How a deal is doing, with the reasons: what a person would ask first, answered from what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

#: What each reason weighs. A deal whose day has passed is at risk whatever else is well.
WEIGHTS = {
    "overdue": 3,
    "stalled": 2,
    "no_answer": 2,
    "late_promise": 2,
    "pushed": 1,
    "no_next_step": 1,
    "single_threaded": 1,
}
AT_RISK = 3
#: How often a close date may be put off before it tells something.
PUSHES = 2
#: A deal is stalled after this many times the median stay of its stage.
STALLED_AT = 1.5
#: Fewer stays than these say nothing about a stage.
FEWEST_STAYS = 5


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """An open deal. days_in_stage: full days. median_days: of other stays in the stage, None while there are too few.
    limit_days: the stay that the stage allows, None for any. silent_days: since the last activity, or since the deal
    began. answer_days: of silence that are usual. late_promises: broken, or open after
    their day."""

    has_next_step: bool
    close_date: date | None
    days_in_stage: int
    median_days: float | None
    limit_days: int | None
    pushes: int
    people: int
    silent_days: int
    answer_days: int
    late_promises: int = 0


def health_reasons(facts: HealthFacts, today: date) -> tuple[str, ...]:
    """What speaks against the deal, the heaviest first; names as in `WEIGHTS`."""
    found = {
        "overdue": facts.close_date is not None and facts.close_date < today,
        "stalled": is_stalled(facts),
        "no_answer": facts.silent_days > facts.answer_days,
        "late_promise": facts.late_promises > 0,
        "pushed": facts.pushes >= PUSHES,
        "no_next_step": not facts.has_next_step,
        "single_threaded": facts.people <= 1,
    }
    return tuple(name for name in WEIGHTS if found[name])


def is_stalled(facts: HealthFacts) -> bool:
    """Longer in its stage than the stage allows, or half as long again as others were."""
    if facts.limit_days is not None and facts.days_in_stage > facts.limit_days:
        return True
    return facts.median_days is not None and facts.days_in_stage > max(1.0, facts.median_days * STALLED_AT)


def health(reasons: Iterable[str]) -> str:
    """good, watch or at_risk."""
    weight = sum(WEIGHTS[name] for name in reasons)
    return "at_risk" if weight >= AT_RISK else "watch" if weight else "good"


def median_stay(days: Iterable[float]) -> float | None:
    """The median of stays that have ended, in days to one decimal; None for fewer than five."""
    known = list(days)
    return round(median(known), 1) if len(known) >= FEWEST_STAYS else None
