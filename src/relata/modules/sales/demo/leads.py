"""People who asked Larkfield for something, or were found by it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from relata.engine.metadata.fields import AddressValue, Entry, PersonNameValue
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.sales import contracts
from relata.modules.sales.actions.conversion import convert_lead

LEADS, CONVERTED = 60, 8
_FIRST = "Nadia Peter Isabel Martin Yara Simon Leonie Ahmed Paula Victor Tamara Ben Ronja Carlos Edith Noah".split()
_LAST = "Berger Costa Dahl Engel Fischer Greene Hansen Ivanov Jansen Kaya Lorenz Meyer Nowak Olsen Price Quint".split()
_STEMS = "Amber Birke Cobalt Delta Elm Fjord Granit Hafen Indigo Juniper Kupfer Linden Marble Nova Opal Prisma".split()
_KINDS = (
    ("Consulting", "consulting"),
    ("Labs", "software"),
    ("Hotel", "hospitality"),
    ("Werke", "manufacturing"),
    ("Media", "media"),
    ("Clinic", "health"),
    ("Capital", "finance"),
    ("Logistics", "logistics"),
)
_PLACES = (
    ("Hamburg", "DE", "EUR"),
    ("Leipzig", "DE", "EUR"),
    ("Wien", "AT", "EUR"),
    ("Zürich", "CH", "CHF"),
    ("Göteborg", "SE", "SEK"),
    ("London", "GB", "GBP"),
    ("Lyon", "FR", "EUR"),
    ("Utrecht", "NL", "EUR"),
    ("Boston", "US", "USD"),
)
_TITLES = ("Office manager", "Facilities manager", "Founder", "Head of people", "Purchasing agent", "Team assistant")
_NEEDS = (
    "Coffee for 80 people on three floors",
    "Replace capsule machines, less waste",
    "Rent for one year, then decide",
    "Machine with a payment module for the canteen",
    "Service for machines that they have",
    "Coffee corner for the new office",
    "Beans by subscription",
    "Something quiet for the reception",
)
_STATUSES = ("new",) * 6 + ("working",) * 6 + ("qualified",) * 5 + ("unqualified",) * 3
_SOURCES = ("website", "website", "website", "event", "event", "referral", "partner", "campaign", "cold_call", "social")


async def make(work: Workspace, random: Random, accounts: list[Record]) -> None:
    """Sixty leads with the owners that the accounts have, of which eight were converted."""
    names = random.sample([(stem, kind) for stem in _STEMS for kind in _KINDS], LEADS)
    made = []
    for turn, (stem, (word, industry)) in enumerate(names):
        holder = accounts[turn % len(accounts)]
        values = _lead(random, f"{stem} {word}", industry) | {"owner": holder["owner"], "team": holder["team"]}
        made.append(await work.create(contracts.LEAD, values))
    ready = [lead for lead in made if lead["status"] == "qualified"][:CONVERTED]
    for lead in ready:
        close_date = work.clock.today + timedelta(days=random.randrange(20, 90))
        await convert_lead.perform(work, contracts.ConvertLead(lead.id, close_date=close_date))


def _lead(random: Random, company: str, industry: str) -> dict[str, Any]:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    city, country, currency = random.choice(_PLACES)
    status, domain = random.choice(_STATUSES), f"{company.lower().replace(' ', '-')}.example"
    return {
        "name": PersonNameValue("", first, last),
        "company": company,
        "job_title": random.choice(_TITLES),
        "email": (Entry(f"{first.lower()}.{last.lower()}@{domain}", "Work"),),
        "website": (Entry(f"https://{domain}"),),
        "address": AddressValue(city=city, country=country),
        "status": status,
        "unqualified_reason": random.choice(("no_need", "no_budget", "competitor"))
        if status == "unqualified"
        else None,
        "source": random.choice(_SOURCES),
        "rating": random.choice(("hot", "warm", "warm", "cold", None)),
        "score": random.randrange(5, 96),
        "industry": industry,
        "employees": random.choice((12, 25, 40, 60, 85, 120, 200, 350)),
        "need": random.choice(_NEEDS),
        "estimated_value": Money(Decimal(random.randrange(2, 60) * 500), currency),
    }
