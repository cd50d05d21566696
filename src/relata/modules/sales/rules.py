"""Decisions about deals and leads: pure functions of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from relata.foundation.money import Money
from relata.modules.sales import errors

CERTAIN = Decimal(100)
HOPELESS = Decimal(0)


class Values(Protocol):
    """Anything that answers to a field's name: a record, a dictionary."""

    def __getitem__(self, name: str, /) -> Any: ...


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


def price_for(quantity: Decimal, steps: Iterable[tuple[Decimal, Money]], list_price: Money | None) -> Money | None:
    """The price of one unit when so many are bought. steps: the quantity from which each price holds, in any order.

    The highest step that the quantity reaches decides; below all steps it is the list price.
    """
    reached = [step for step in steps if step[0] <= quantity]
    return max(reached, key=lambda step: step[0])[1] if reached else list_price


def line_total(unit_price: Money | None, quantity: Decimal, discount: Decimal) -> Money:
    """Quantity times price less discount, rounded half-even to the currency's minor unit. discount: 0-100."""
    if unit_price is None:
        raise errors.LineNeedsPrice
    return (unit_price * quantity * (100 - discount) / 100).rounded()


def sum_of_lines(totals: Iterable[Money]) -> Money:
    """What the lines add up to; Invalid for none, or for several currencies."""
    found = list(totals)
    if not found:
        raise errors.OpportunityHasNoLines
    total = found[0]
    for one in found[1:]:
        total += one
    return total


def check_conversion(changed: bool, became_converted: bool, targets: Iterable[Any]) -> None:
    """What a lead became is written once, when it is converted. changed: one of the links to it was written.
    targets: account, contact and opportunity, of which one must be there."""
    if became_converted and not any(targets):
        raise errors.ConvertByAction
    if changed and not became_converted:
        raise errors.LeadIsConverted


def account_from(lead: Values) -> dict[str, Any] | None:
    """The values of the account that a lead becomes; None for a person without a company."""
    if not lead["company"]:
        return None
    return {
        "name": lead["company"],
        "type": "prospect",
        "website": lead["website"],
        "employees": lead["employees"],
        "billing_address": lead["address"],
    }


def contact_from(lead: Values) -> dict[str, Any]:
    """The values of the contact that a lead becomes. The address is the person's only where there is no company."""
    return {
        "name": lead["name"],
        "job_title": lead["job_title"],
        "email": lead["email"],
        "phone": lead["phone"],
        "mailing_address": None if lead["company"] else lead["address"],
        "description": lead["description"],
        "lifecycle_stage": "prospect",
    }


def opportunity_from(lead: Values, name: str) -> dict[str, Any]:
    """The values of the opportunity that a lead becomes. name: if empty, the company's or the person's."""
    return {
        "name": name or lead["company"] or lead["name"].full,
        "amount": lead["estimated_value"],
        "source": lead["source"],
        "description": lead["need"],
    }
