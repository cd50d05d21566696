"""How the relationship with an account is doing, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from relata.modules.sales.rules.health import AT_RISK

#: What each reason weighs.
WEIGHTS = {
    "no_contact": 2,
    "deals_at_risk": 2,
    "no_reply": 2,
    "promises_late": 2,
    "high_risk": 2,
    "urgent_cases": 2,
    "bad_mood": 2,
    "many_cases": 1,
    "lost_last": 1,
    "nothing_open": 1,
    "few_people": 1,
}
#: A customer without a word for so long is forgotten; one who does not answer for so long has something.
SILENCE, NO_REPLY = timedelta(days=60), timedelta(days=14)
#: A loss says something about the relationship for so long.
LOST_LATELY = timedelta(days=180)
#: So many open cases are many; a mood below this is bad, as the mean of what the latest cases tell.
MANY_CASES, BAD_MOOD, MOOD_LATELY = 3, -0.25, timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account that buys or may buy. last_contact: by call, meeting or mail, None for never. last_sent, last_reply:
    mails. at_risk: open deals at risk. late_promises: broken, or open after their day. high_risks: open risks of the
    plan with a high impact, and likely. lost_last: when the latest decision was a loss, else None. people: known
    there. cases, urgent_cases: not settled yet. mood: from -1 to 1, None where nobody knows."""

    is_customer: bool
    since: datetime
    last_contact: datetime | None
    last_sent: datetime | None
    last_reply: datetime | None
    open_deals: int
    at_risk: int
    late_promises: int
    high_risks: int
    lost_last: datetime | None
    people: int
    cases: int = 0
    urgent_cases: int = 0
    mood: float | None = None


def account_reasons(facts: AccountFacts, now: datetime) -> tuple[str, ...]:
    """What speaks against the relationship, the heaviest first; names as in `WEIGHTS`."""
    found = {
        "no_contact": now - (facts.last_contact or facts.since) > SILENCE,
        "deals_at_risk": facts.at_risk > 0,
        "no_reply": is_unanswered(facts, now),
        "promises_late": facts.late_promises > 0,
        "high_risk": facts.high_risks > 0,
        "urgent_cases": facts.urgent_cases > 0,
        "bad_mood": facts.mood is not None and facts.mood < BAD_MOOD,
        "many_cases": facts.cases >= MANY_CASES,
        "lost_last": facts.lost_last is not None and now - facts.lost_last <= LOST_LATELY,
        "nothing_open": facts.is_customer and not facts.open_deals,
        "few_people": facts.people <= 1,
    }
    return tuple(name for name in WEIGHTS if found[name])


def is_unanswered(facts: AccountFacts, now: datetime) -> bool:
    """Whether we wrote last, two weeks ago or more, and have not talked since."""
    if facts.last_sent is None or now - facts.last_sent < NO_REPLY:
        return False
    after = max((one for one in (facts.last_reply, facts.last_contact) if one is not None), default=None)
    return after is None or after <= facts.last_sent


def account_health(reasons: Iterable[str]) -> str:
    """good, watch or at_risk."""
    weight = sum(WEIGHTS[name] for name in reasons)
    return "at_risk" if weight >= AT_RISK else "watch" if weight else "good"
