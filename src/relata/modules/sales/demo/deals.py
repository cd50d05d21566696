"""Larkfield's deals of the last twelve months and of the next four."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.catalog.contracts import PRODUCT
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales import contracts, queries
from relata.modules.sales.demo import way

DEALS = 120
#: What one euro is worth here; the demo needs plausible prices, not rates of the day.
_RATES = {"EUR": "1", "GBP": "0.86", "USD": "1.10", "CHF": "0.96", "SEK": "11.40"}
#: Stage, and how many of a hundred deals stand there.
_SHARES = {"Qualification": 14, "Needs analysis": 12, "Proposal": 12, "Negotiation": 8, "Won": 34, "Lost": 20}
#: For how many periods people take what is billed so.
_PERIODS = {"once": (1,), "monthly": (12, 24, 36), "quarterly": (4, 8), "yearly": (1, 2, 3)}
_REASONS = ("price", "price", "competitor", "timing", "no_budget", "no_decision", "features")
_GAINS = ("fit", "fit", "service", "relationship", "price", "reference")
_OCCASIONS = ("new office", "canteen", "reception", "second floor", "more machines", "rental", "pilot", "replacement")
_STEPS = (
    "Send the revised offer",
    "Tasting with the works council",
    "Call procurement about the term",
    "Wait for the floor plan",
    "Technician visits the site",
    "Agree on the delivery date",
)
_ROLES = ("decision_maker", "economic_buyer", "champion", "influencer", "evaluator", "legal")


async def make(work: Workspace, random: Random, accounts: list[Record], rivals: list[UUID]) -> list[Record]:
    """Customers have more deals than prospects; who is no customer has won none."""
    stages = await _stages(work)
    products = await work.find(PRODUCT, is_active=True, order="code", limit=200)
    buyers = [account for account in accounts if account["type"] in ("customer", "prospect", "former_customer")]
    weights = [4 if account["type"] == "customer" else 2 for account in buyers]
    made = []
    for account in random.choices(buyers, weights, k=DEALS):
        name = random.choices(list(_SHARES), list(_SHARES.values()))[0]
        if name == "Won" and account["type"] == "prospect":
            name = "Proposal"
        people = await work.find(CONTACT, account=account.id, order="created_at", limit=4)
        lines = _lines(random, products, _currency(account))
        values = _deal(work, random, account, stages[name], lines, rivals) | {
            "contact": people[0].id if people else None
        }
        opportunity = await way.walk(work, random, stages, name, values)
        await _parts(work, random, opportunity, people, lines)
        made.append(opportunity)
    return made


async def _stages(work: Workspace) -> dict[str, Record]:
    pipeline = await queries.default_pipeline(work)
    return {stage["name"]: stage for stage in await work.find(contracts.STAGE, pipeline=pipeline, order="position")}


def _currency(account: Record) -> str:
    """The currency in which the account's revenue is told."""
    revenue = account["annual_revenue"]
    return revenue.currency if revenue is not None and revenue.currency in _RATES else "EUR"


def _lines(random: Random, products: list[Record], currency: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for product in random.sample(products, min(len(products), random.choice((1, 2, 2, 3)))):
        price = Money(product["unit_price"].amount * Decimal(_RATES[currency]), currency).rounded()
        quantity = Decimal(random.randrange(1, 9))
        periods = random.choice(_PERIODS[product["billing"]])
        discount = Decimal(random.choice((0, 0, 0, 5, 10, 15)))
        lines.append(
            {
                "product": product.id,
                "quantity": quantity,
                "unit_price": price,
                "recurrence": product["billing"],
                "periods": periods,
                "discount": discount,
            }
        )
    return lines


def _deal(
    work: Workspace, random: Random, account: Record, stage: Record, lines: list[dict[str, Any]], rivals: list[UUID]
) -> dict[str, Any]:
    is_open, today = stage["category"] == "open", work.clock.today
    decided = today + timedelta(days=random.randrange(-12, 120) if is_open else -random.randrange(1, 365))
    opened = min(decided, today) - timedelta(days=random.randrange(10, 90))
    return {
        "name": f"{account['name']}, {random.choice(_OCCASIONS)}",
        "account": account.id,
        "pipeline": stage["pipeline"],
        "stage": stage.id,
        "probability": stage["probability"] + 10 if is_open and random.random() < 0.15 else None,
        "close_date": decided,
        "opened_on": opened,
        "lost_reason": random.choice(_REASONS) if stage["category"] == "lost" else None,
        "won_reason": random.choice(_GAINS) if stage["category"] == "won" else None,
        "next_step": random.choice(_STEPS) if is_open and random.random() < 0.75 else None,
        "source": random.choice(("website", "referral", "event", "existing_customer", "partner", "cold_call")),
        "type": random.choice(("existing_business", "renewal")) if account["type"] == "customer" else "new_business",
        "product": lines[0]["product"] if lines else None,
        "competitors": tuple(random.sample(rivals, random.choice((1, 1, 2)))) if random.random() < 0.4 else None,
        "owner": account["owner"],
        "team": account["team"],
    }


async def _parts(
    work: Workspace, random: Random, opportunity: Record, people: list[Any], lines: list[dict[str, Any]]
) -> None:
    held = {"opportunity": opportunity.id, "owner": opportunity["owner"], "team": opportunity["team"]}
    for position, line in enumerate(lines, start=1):
        await work.create(contracts.OPPORTUNITY_LINE, line | held | {"position": position})
    for role, person in zip(random.sample(_ROLES, random.choice((1, 2, 2, 3))), people, strict=False):
        values = {"contact": person.id, "role": role, "is_primary": person is people[0]}
        attitude = random.choice(("supports", "supports", "neutral", "opposes", None))
        await work.create(contracts.OPPORTUNITY_CONTACT, values | held | {"attitude": attitude})
