"""What Larkfield wants to reach with its largest customers, and what was promised."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts
from relata.modules.sales.actions.account_health import assess_all_accounts

PLANS = 6
_GOALS = (
    ("Machines on every floor", "Signed orders for all floors"),
    ("Become the only supplier of coffee", "Share of beans above 90 %"),
    ("A reference that others may call", "Their name on our page"),
)
_RISKS = (
    ("The office moves at the end of the year", "high", "medium", "Offer to move the machines with them."),
    ("A new head of purchasing who knows Vendaro", "high", "high", "Meet before the summer; bring the figures."),
    ("Complaints about the milk system", "medium", "low", "Replace the milk pipes before the next tasting."),
)
_PROMISES = (
    ("Send the hygiene certificates", "us"),
    ("Name a date for the tasting", "them"),
    ("Offer for the second floor", "us"),
    ("Floor plan with the water connections", "them"),
)


async def make(work: Workspace, random: Random, deals: list[Record]) -> None:
    """Plans for the customers that bought most, promises about every fourth open deal, and the health of accounts."""
    best = await work.find(ACCOUNT, 'type = "customer" and won_opportunities > 0', order="-won_amount", limit=PLANS)
    for number, account in enumerate(best):
        await _plan(work, random, account, number)
    for deal in [one for one in deals if one["status"] == "open"][::4]:
        await _promise(work, random, deal)
    await assess_all_accounts(work)


async def _plan(work: Workspace, random: Random, account: Record, number: int) -> None:
    today = work.clock.today
    held: dict[str, Any] = {"owner": account["owner"], "team": account["team"]}
    values = {
        "name": f"{account['name']} {today.year}",
        "account": account.id,
        "starts_on": today.replace(month=1, day=1),
        "ends_on": today.replace(month=12, day=31),
        "target": Money(Decimal(random.randrange(4, 16) * 5000), work.settings.currency),
        "strategy": "From the canteen to the floors: every floor that tastes the Duo gets one.",
        "review_on": today + timedelta(days=random.randrange(-5, 60)),
    }
    plan = await work.create(contracts.ACCOUNT_PLAN, values | held)
    part = {"plan": plan.id, "account": account.id, "person": account["owner"]} | held
    for turn, (name, measure) in enumerate(_GOALS[: 2 + number % 2]):
        status = "reached" if turn == 0 and number % 2 == 0 else "open"
        goal = {"name": name, "measure": measure, "status": status, "due_on": today + timedelta(days=40 + 30 * turn)}
        await work.create(contracts.PLAN_GOAL, goal | part)
    people = await work.find(CONTACT, account=account.id, order="created_at", limit=3)
    for role, attitude, person in zip(
        ("decision_maker", "champion", "legal"), ("neutral", "supports", "opposes"), people, strict=False
    ):
        aim = {"contact": person.id, "role": role, "attitude": attitude, "aim": "Meet once a quarter"}
        await work.create(contracts.PLAN_PERSON, aim | part)
    name, impact, likelihood, answer = _RISKS[number % len(_RISKS)]
    risk = {"name": name, "impact": impact, "likelihood": likelihood, "answer": answer}
    await work.create(contracts.PLAN_RISK, risk | part)


async def _promise(work: Workspace, random: Random, deal: Record) -> None:
    subject, made_by = random.choice(_PROMISES)
    values = {
        "subject": subject,
        "made_by": made_by,
        "about": AnyTarget(contracts.OPPORTUNITY, deal.id),
        "contact": deal["contact"],
        "person": deal["owner"],
        "due_on": work.clock.today + timedelta(days=random.randrange(-6, 15)),
        "owner": deal["owner"],
        "team": deal["team"],
    }
    await work.create(contracts.PROMISE, values)
