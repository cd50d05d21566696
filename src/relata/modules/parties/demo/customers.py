"""Larkfield's customers, prospects and partners, and the people there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from relata.engine.metadata.fields import AddressValue, Entry, PersonNameValue
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.parties.demo.names import FIRST, LAST, TITLES, phone, slug
from relata.modules.parties.demo.staff import Staff


@dataclass(frozen=True, slots=True)
class Company:
    """A row of the table. country: ISO 3166-1."""

    name: str
    industry: str
    employees: int
    street: str
    postcode: str
    city: str
    country: str
    type: str = "prospect"


COMPANIES = (
    Company("Nordlicht Software", "software", 420, "Speicherstraße 8", "20457", "Hamburg", "DE", "customer"),
    Company("Nordlicht Cloud", "software", 95, "Wattweg 3", "24103", "Kiel", "DE", "customer"),
    Company("Nordlicht Labs", "software", 60, "Nordre Kai 12", "111 29", "Stockholm", "SE"),
    Company("Brandt Anlagenbau", "manufacturing", 1300, "Industrieweg 44", "70565", "Stuttgart", "DE", "customer"),
    Company("Brandt Montage", "construction", 210, "Am Kran 2", "73033", "Göppingen", "DE"),
    Company("Klinikum Seeblick", "health", 2400, "Uferallee 1", "88045", "Friedrichshafen", "DE", "customer"),
    Company("Havelbank", "finance", 680, "Lindenufer 20", "14467", "Potsdam", "DE", "customer"),
    Company("Kanzlei Ruprecht Partner", "consulting", 75, "Goetheplatz 5", "60313", "Frankfurt am Main", "DE"),
    Company("Studio Fünfuhr", "media", 38, "Kastanienallee 77", "10435", "Berlin", "DE", "customer"),
    Company("Wendelstein Energie", "energy", 890, "Bergstraße 9", "83022", "Rosenheim", "DE"),
    Company("Alster Logistik", "logistics", 1150, "Hafenbahn 31", "21129", "Hamburg", "DE", "customer"),
    Company("Universität Rheintal", "education", 3100, "Campusring 1", "53113", "Bonn", "DE"),
    Company("Donaublick Hotels", "hospitality", 540, "Praterkai 6", "1020", "Wien", "AT", "customer"),
    Company("Grazer Versicherungsverein", "finance", 310, "Herrengasse 14", "8010", "Graz", "AT"),
    Company("Tauern Immobilien", "real_estate", 85, "Salzachgasse 3", "5020", "Salzburg", "AT", "former_customer"),
    Company("Zürisee Treuhand", "consulting", 140, "Bahnhofstrasse 101", "8001", "Zürich", "CH", "customer"),
    Company("Helvetia Präzision", "manufacturing", 730, "Uhrenweg 12", "2502", "Biel", "CH"),
    Company("Léman Biotech", "health", 260, "Rue du Lac 18", "1003", "Lausanne", "CH"),
    Company("Skärgård Design", "media", 52, "Fjällgatan 23", "116 28", "Stockholm", "SE", "customer"),
    Company("Mälaren Telekom", "telecommunications", 980, "Kungsgatan 60", "111 22", "Stockholm", "SE"),
    Company("Harrowgate Legal", "consulting", 330, "12 Fenwick Row", "EC2A 4NE", "London", "GB", "customer"),
    Company("Pennine Insurance Group", "finance", 1450, "40 Millbank Street", "M2 5WD", "Manchester", "GB", "customer"),
    Company("Pennine Claims Services", "finance", 280, "9 Canal Yard", "LS1 4BR", "Leeds", "GB", "customer"),
    Company("Thistle & Rowe Architects", "construction", 64, "3 Garden Lane", "EH3 9GG", "Edinburgh", "GB"),
    Company("Bluequay Ventures", "finance", 45, "77 Harbour Road", "BS1 5TY", "Bristol", "GB"),
    Company("Merton College of Design", "education", 520, "1 College Way", "SW19 4NS", "London", "GB", "customer"),
    Company("Atelier Rivoli", "media", 48, "14 rue des Marguerites", "75011", "Paris", "FR", "customer"),
    Company("Groupe Vauban Conseil", "consulting", 870, "2 place du Marché", "69002", "Lyon", "FR", "customer"),
    Company("Vauban Formation", "education", 120, "8 quai Neuf", "33000", "Bordeaux", "FR"),
    Company("Clinique des Acacias", "health", 640, "55 avenue du Parc", "31000", "Toulouse", "FR"),
    Company("Librairies Perrault", "retail", 210, "31 rue Haute", "67000", "Strasbourg", "FR", "former_customer"),
    Company("Zuiderhaven Shipping", "logistics", 760, "Maaskade 90", "3071 NG", "Rotterdam", "NL", "customer"),
    Company("Grachtenhuis Media", "media", 88, "Herengracht 250", "1016 BV", "Amsterdam", "NL"),
    Company("Polder Zuivel", "agriculture", 340, "Dijkweg 17", "1631 DA", "Oudendijk", "NL"),
    Company("Brookline Analytics", "software", 610, "200 Summit Avenue", "02446", "Brookline", "US", "customer"),
    Company("Cedar Falls Medical", "health", 1900, "88 Lakeshore Drive", "50613", "Cedar Falls", "US"),
    Company("Hudson & Pike Realty", "real_estate", 150, "415 West Street", "10014", "New York", "US", "customer"),
    Company("Ponte Vecchio Moda", "retail", 275, "Via dei Tigli 6", "50123", "Firenze", "IT"),
    Company("Caffè Tecnica", "manufacturing", 130, "Via Industria 21", "10135", "Torino", "IT", "supplier"),
    Company("Office Pantry Partners", "retail", 95, "5 Dock Street", "SE1 2YD", "London", "GB", "partner"),
)  # fmt: skip
#: Subsidiary to parent; the parent stands further up.
PARENTS = {
    "Nordlicht Cloud": "Nordlicht Software",
    "Nordlicht Labs": "Nordlicht Software",
    "Brandt Montage": "Brandt Anlagenbau",
    "Pennine Claims Services": "Pennine Insurance Group",
    "Vauban Formation": "Groupe Vauban Conseil",
}
CURRENCIES = {"GB": "GBP", "US": "USD", "CH": "CHF", "SE": "SEK"}


async def make_accounts(work: Workspace, random: Random, staff: Staff) -> list[Record]:
    """The companies, parents before their subsidiaries, shared among the sellers of their region."""
    made: dict[str, Record] = {}
    for turn, company in enumerate(COMPANIES):
        owner, team = staff.seller(company.country, turn)
        domain = f"{slug(company.name)}.example"
        values = {
            "name": company.name,
            "type": company.type,
            "industry": company.industry,
            "parent": made[PARENTS[company.name]].id if company.name in PARENTS else None,
            "website": (Entry(f"https://www.{domain}"),),
            "email": (Entry(f"office@{domain}", "Office"),),
            "phone": phone(random, company.country),
            "billing_address": AddressValue(company.street, company.postcode, company.city, "", company.country),
            "employees": company.employees,
            "annual_revenue": Money(
                Decimal(random.randrange(90, 240) * company.employees * _unit(company)), currency_of(company.country)
            ),
            "founded": random.randrange(1924, 2018),
            "tags": random.sample(("office coffee", "framework agreement", "rents", "key account", "green office"), 2),
            "owner": owner,
            "team": team,
        }
        made[company.name] = await work.create(ACCOUNT, values)
    return list(made.values())


async def make_contacts(work: Workspace, random: Random, accounts: list[Record]) -> list[Record]:
    """One to four at each account, more where more people work; the second reports to the first now and then."""
    made = []
    for account, company in zip(accounts, COMPANIES, strict=True):
        superior = None
        count = 1 + (company.employees > 50) + (company.employees > 600) + (random.random() < 0.3)
        for title in random.sample(TITLES, count):
            values = _person(random, company, title)
            values |= {
                "account": account.id,
                "reports_to": superior,
                "owner": account["owner"],
                "team": account["team"],
            }
            contact = await work.create(CONTACT, values)
            superior = contact.id if superior is None and random.random() < 0.5 else None
            made.append(contact)
    return made


def currency_of(country: str) -> str:
    """What customers of the country pay in."""
    return CURRENCIES.get(country, "EUR")


def _unit(company: Company) -> int:
    """A thousand of the country's money, ten thousand where its unit is small."""
    return 10_000 if company.country == "SE" else 1_000


def _person(random: Random, company: Company, title: tuple[str, str]) -> dict[str, Any]:
    first, last = random.choice(FIRST[company.country]), random.choice(LAST[company.country])
    stage = {"customer": "customer", "partner": "advocate", "former_customer": "former"}.get(company.type, "prospect")
    return {
        "name": PersonNameValue("", first, last),
        "job_title": title[0],
        "department": title[1],
        "email": (Entry(f"{slug(first)}.{slug(last)}@{slug(company.name)}.example", "Work"),),
        "phone": phone(random, company.country),
        "language": {"DE": "de", "AT": "de", "CH": "de", "FR": "fr", "NL": "nl", "SE": "sv", "IT": "it"}.get(
            company.country, "en"
        ),
        "lifecycle_stage": stage,
        "preferred_channel": random.choice(("email", "email", "phone", None)),
        "do_not_call": random.random() < 0.1,
        "do_not_email": random.random() < 0.05,
    }
