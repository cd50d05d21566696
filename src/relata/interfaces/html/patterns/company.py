"""One small company and its customers, as the pattern pages show them. Invented, and fixed in time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from relata.foundation.money import Money
from relata.interfaces.html.view_values import Action, Address, NavGroup, NavItem, Option, Shell

NOW = datetime(2026, 9, 17, 9, 42, tzinfo=UTC)

PEOPLE = {
    "u1": "Mara Lindqvist",
    "u2": "Tomas Okafor",
    "u3": "Ines Carvalho",
    "u4": "Jonas Weber",
    "u5": "Priya Raman",
}

STAGES = {
    "new": Option(value="new", label="Qualify", colour=7),
    "discover": Option(value="discover", label="Discover", colour=8),
    "propose": Option(value="propose", label="Proposal", colour=9),
    "negotiate": Option(value="negotiate", label="Negotiate", colour=3),
    "won": Option(value="won", label="Won", colour=5),
    "lost": Option(value="lost", label="Lost", colour=0),
}


ADDRESS = Address(street="Strandgaten 114", postal_code="5004", city="Bergen", country="Norway")


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """An opportunity as a list row and as a card."""

    id: str
    title: str
    account: str
    stage: str
    amount: Money
    close: date
    owner: str
    probability: int
    changed: datetime
    overdue: bool = False

    @property
    def href(self) -> str:
        return "/patterns/record"

    @property
    def peek(self) -> str:
        return "/patterns/panel"


_DEALS = """
Fleet telematics, phase two|Halvorsen Maritime|negotiate|184000|2026-09-30|u1|75|2026-09-17T08:55
Warehouse scanners for Rotterdam and Antwerp|De Graaf Logistics|propose|96500|2026-10-12|u2|50|2026-09-17T07:10
Renewal 2027, all sites|Brightwater Utilities|negotiate|312400|2026-09-18|u1|80|2026-09-16T15:31
Clinic rollout, 14 locations|Sanaria Health Group|discover|227000|2026-11-20|u5|30|2026-09-16T13:02
Pilot with the Lyon plant|Ateliers Moreau|new|18900|2026-10-05|u3|10|2026-09-16T10:44
Cold-chain sensors|Nordisk Fisk|propose|74250|2026-09-25|u2|55|2026-09-15T16:20
Support contract, premium|Kestrel Aviation|negotiate|58800|2026-09-11|u4|70|2026-09-15T09:12
Spare parts portal|Obermaier Landtechnik|discover|41300|2026-11-02|u4|25|2026-09-14T17:48
Consulting days, Q4|Fjord & Partners|new|12600|2026-10-30|u3|15|2026-09-14T11:05
Replacement of the reporting suite|Castellane Group|propose|138700|2026-10-21|u5|45|2026-09-13T14:30
Upgrade to the enterprise plan|Mossbank Foods|won|66000|2026-09-10|u1|100|2026-09-10T12:00
Trial extension|Tallgrass Energy|new|9800|2026-10-16|u2|10|2026-09-12T08:25
Dispatch board for the field team|Veldkamp Installaties|discover|52900|2026-11-11|u3|35|2026-09-11T13:37
Data migration and training|Ikeda Precision|propose|33500|2026-10-02|u4|60|2026-09-11T06:50
Framework for supply, installation and service|Deutsche Wasserwerke|discover|540000|2027-01-29|u1|20|2026-09-09T10:10
Kiosk hardware|Pontevedra Retail|lost|27400|2026-09-04|u5|0|2026-09-08T16:02
Safety audit package|Halvorsen Maritime|new|15200|2026-11-06|u1|10|2026-09-08T09:40
Second production line|Ateliers Moreau|won|121000|2026-09-02|u3|100|2026-09-02T17:15
Licences for the Gdańsk office|Bałtyk Systemy|propose|22750|2026-09-29|u2|50|2026-09-07T11:28
Onboarding, 300 seats|Lumen Academy|negotiate|48600|2026-09-24|u5|65|2026-09-05T15:55
"""


def deals() -> tuple[Deal, ...]:
    rows = []
    for number, line in enumerate(_DEALS.strip().splitlines(), 1):
        title, account, stage, amount, close, owner, probability, changed = line.split("|")
        rows.append(
            Deal(
                id=f"d{number}",
                title=title,
                account=account,
                stage=stage,
                amount=Money(Decimal(amount), "EUR"),
                close=date.fromisoformat(close),
                owner=owner,
                probability=int(probability),
                changed=datetime.fromisoformat(changed).replace(tzinfo=UTC),
                overdue=date.fromisoformat(close) < NOW.date() and stage not in ("won", "lost"),
            )
        )
    return tuple(rows)


def shell(current: str = "", *, direction: str = "ltr") -> Shell:
    def item(label: str, icon: str, href: str, key: str, *, phone: bool = False, count: int | None = None) -> NavItem:
        return NavItem(
            label=label, icon=icon, href=href, shortcut=f"g {key}", current=label == current, phone=phone, count=count
        )

    return Shell(
        workspace="Lindqvist & Co",
        person="Mara Lindqvist",
        person_id="u1",
        email="mara@lindqvist.example",
        csrf="example",
        palette="/patterns/palette",
        direction=direction,
        language="ar" if direction == "rtl" else "en-GB",
        notifications="/patterns/home",
        unread=3,
        create=(
            Action(label="Opportunity", icon="circle-dollar-sign", href="/patterns/form"),
            Action(label="Account", icon="building-2", href="/patterns/form"),
            Action(label="Contact", icon="contact-round", href="/patterns/form"),
            Action(label="Task", icon="square-check", href="/patterns/form"),
        ),
        navigation=(
            NavGroup(
                items=(
                    item("Home", "house", "/patterns/home", "h", phone=True),
                    item("Tasks", "square-check", "/patterns/empty", "t", count=4),
                    item("Inbox", "inbox", "/patterns/empty", "i", count=12),
                )
            ),
            NavGroup(
                label="Sales",
                items=(
                    item("Opportunities", "circle-dollar-sign", "/patterns/list", "o", phone=True),
                    item("Pipeline", "square-kanban", "/patterns/board", "p"),
                    item("Leads", "sparkles", "/patterns/empty", "l"),
                    item("Products", "package", "/patterns/empty", "r"),
                ),
            ),
            NavGroup(
                label="Customers",
                items=(
                    item("Accounts", "building-2", "/patterns/record", "a", phone=True),
                    item("Contacts", "contact-round", "/patterns/empty", "c"),
                    item("Segments", "chart-pie", "/patterns/empty", "s"),
                ),
            ),
        ),
    )
