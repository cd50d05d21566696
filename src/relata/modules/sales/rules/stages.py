"""What follows from the stage of a deal: chance, forecast, the day of the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relata.modules.sales import errors

CERTAIN = Decimal(100)
HOPELESS = Decimal(0)


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What a stage says. category: open, won or lost. probability: 0-100."""

    category: str
    probability: Decimal
    forecast_category: str


@dataclass(frozen=True, slots=True)
class DealFacts:
    """A deal that comes to a stage. status: where it stood, None for a new one. probability (0-100) and
    forecast_category: what somebody sent in the same write, else None. own_probability: the estimate that it had, None
    while it followed its stage. closed_on: the day that it has or that was sent."""

    status: str | None = None
    probability: Decimal | None = None
    own_probability: Decimal | None = None
    forecast_category: str | None = None
    close_date: date | None = None
    closed_on: date | None = None


def check_move(before: str | None, after: str) -> None:
    """Raise OpportunityIsClosed between won and lost: such a deal is reopened first. before: None for a new one."""
    if before in ("won", "lost") and after in ("won", "lost") and before != after:
        raise errors.OpportunityIsClosed(before)


def probability(stage: StageFacts, deal: DealFacts) -> tuple[Decimal, bool]:
    """The chance of winning, 0-100, and whether it is somebody's own estimate.

    A closed deal is certain: 100 or 0, whoever says otherwise. An open one has what was just sent, else the estimate
    that it had, else the stage's; a closed deal that is reopened has lost its estimate.
    """
    if stage.category != "open":
        return (CERTAIN if stage.category == "won" else HOPELESS), False
    if deal.probability is not None:
        return deal.probability, deal.probability != stage.probability
    if deal.own_probability is not None and deal.status == "open":
        return deal.own_probability, True
    return stage.probability, False


def forecast_category(stage: StageFacts, sent: str | None) -> str:
    """Won deals are closed and lost ones omitted; an open deal has what was sent, else what its stage says."""
    if stage.category != "open":
        return "closed" if stage.category == "won" else "omitted"
    return sent or stage.forecast_category


def closed_on(stage: StageFacts, deal: DealFacts, today: date) -> date | None:
    """The day of the decision; None while open.

    A day that is known counts; a deal that is made closed (an import) was decided on its close date unless that lies
    ahead; otherwise it is today.
    """
    if stage.category == "open":
        return None
    if deal.closed_on is not None:
        return deal.closed_on
    if deal.status is None and deal.close_date is not None:
        return min(deal.close_date, today)
    return today


def stage_probability(category: str, sent: Decimal | None) -> Decimal:
    """What a stage may say, 0-100: 100 where deals are won, 0 where they are lost, else what was sent."""
    if category == "open":
        return sent if sent is not None else HOPELESS
    return CERTAIN if category == "won" else HOPELESS
