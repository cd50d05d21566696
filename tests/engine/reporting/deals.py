"""A few deals of two representatives, some of them in other currencies, with gaps where people leave some."""

from __future__ import annotations

import random
from datetime import date, timedelta
from uuid import UUID

from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

SOURCES = ("website", "referral", "event", None)
INDUSTRIES = ("retail", "technology", None)


async def furnish(house: House, count: int = 90) -> UUID:
    """Makes them; the person who sees a part of them."""
    async with house.system() as work:
        teams = [(await work.create("team", {"name": f"Team {n}"})).id for n in range(2)]
    people = [await house.person(f"Rep {n}", "sales_rep", team=teams[n]) for n in range(2)]
    async with house.system() as work:
        await _rates(work)
        known = work.registry.get("account").all_fields["industry"].options  # type: ignore[attr-defined]
        industries = [known[0].value, known[1].value, None]
        accounts = [
            (await work.create("account", {"name": f"Account {n}", "industry": industry, "owner": people[n % 2]})).id
            for n, industry in enumerate(industries)
        ]
        chance = random.Random(7)
        rows = [_deal(chance, n, people, accounts) for n in range(count)]
        assert all(one.did == "created" for one in await work.create_many("opportunity", rows))
    return people[0]


async def _rates(work: Workspace) -> None:
    for days, rate in ((400, "0.8"), (30, "0.9")):
        day = work.clock.today - timedelta(days=days)
        await work.create("exchange_rate", {"currency": "USD", "base": "EUR", "valid_from": day, "rate": rate})


def _deal(chance: random.Random, number: int, people: list[UUID], accounts: list[UUID]) -> dict[str, object]:
    known = chance.random() < 0.85
    currency = chance.choice(("EUR", "EUR", "EUR", "USD", "CHF"))
    return {
        "name": f"Deal {number}",
        "owner": chance.choice(people),
        "account": chance.choice((*accounts, None)),
        "source": chance.choice(SOURCES),
        "amount": {"amount": chance.randrange(0, 5000) / 4, "currency": currency} if known else None,
        "probability": chance.choice((None, 0, 10, 25, 25, 90)),
        "close_date": date(2025, 11, 3) + timedelta(days=chance.randrange(430)) if chance.random() < 0.9 else None,
    }
