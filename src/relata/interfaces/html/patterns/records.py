"""Views of the sample record page, its parts, and the panel beside a list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from relata.foundation.money import Money
from relata.interfaces.html.patterns.company import ADDRESS, PEOPLE, STAGES, Deal, deals, shell
from relata.interfaces.html.patterns.sample import Sample
from relata.interfaces.html.view_values import (
    Crumb,
    Labelled,
    Option,
    Shell,
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    icon: str
    colour: int
    who: str
    what: str
    when: datetime
    title: str = ""
    text: str = ""
    href: str = ""
    changes: tuple[Any, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    before: str = ""
    after: str = ""


class EntryGroup(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    entries: tuple[Entry, ...]


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    title: str
    crumbs: tuple[Crumb, ...]
    subtitle: str
    key_facts: tuple[Sample, ...]
    tabs: tuple[Sample, ...]
    groups: tuple[tuple[str, tuple[Sample, ...]], ...]
    timeline: tuple[EntryGroup, ...]
    contacts: tuple[Sample, ...]
    deals: tuple[Deal, ...]
    stages: dict[str, Option] = msgspec.field(default_factory=lambda: STAGES)


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC)


def _timeline() -> tuple[EntryGroup, ...]:
    return (
        EntryGroup(
            label="Today",
            entries=(
                Entry(
                    icon="phone-outgoing",
                    colour=5,
                    who="Mara Lindqvist",
                    what="called Sigrid Halvorsen, 18 min",
                    when=_at(17, 8, 55),
                    title="Terms of phase two",
                    text="They accept the three-year term if we keep the price of the gateways. Board meets on the "
                    "24th; Sigrid wants the final offer two days before.",
                    href="#",
                ),
                Entry(
                    icon="pencil",
                    colour=0,
                    who="Mara Lindqvist",
                    what="changed Fleet telematics, phase two",
                    when=_at(17, 8, 58),
                    changes=(
                        Change(label="Stage", before="Proposal", after="Negotiate"),
                        Change(label="Amount", before="€168,000.00", after="€184,000.00"),
                    ),
                ),
            ),
        ),
        EntryGroup(
            label="Yesterday",
            entries=(
                Entry(
                    icon="mail",
                    colour=7,
                    who="Sigrid Halvorsen",
                    what="wrote to Mara Lindqvist",
                    when=_at(16, 14, 12),
                    title="Re: Offer 2026-118",
                    text="Thank you, this is what we need. Two questions about the service window in Bergen …",
                    href="#",
                ),
                Entry(
                    icon="file-text", colour=9, who="Tomas Okafor", what="sent quote Q-2026-118", when=_at(16, 9, 30)
                ),
            ),
        ),
        EntryGroup(
            label="August",
            entries=(
                Entry(
                    icon="plus",
                    colour=0,
                    who="Import of 4 August",
                    what="added this account",
                    when=datetime(2026, 8, 4, 7, 0, tzinfo=UTC),
                ),
            ),
        ),
    )


def record_screen() -> RecordView:
    return RecordView(
        shell=shell("Accounts"),
        title="Halvorsen Maritime",
        crumbs=(Crumb("Accounts", "/patterns/list"), Crumb("Halvorsen Maritime")),
        subtitle="Shipping · Bergen, Norway",
        key_facts=(
            Sample(label="Won in 2026", kind="money", value=Money(Decimal(246500), "EUR"), note="3 opportunities"),
            Sample(label="Open pipeline", kind="money", value=Money(Decimal(199200), "EUR"), note="2 opportunities"),
            Sample(label="Customer since", kind="date", value=date(2021, 3, 8)),
            Sample(label="Last contact", kind="datetime", value=_at(17, 8, 55), note="Call with Sigrid"),
            Sample(label="Open cases", kind="integer", value=1, note="Oldest 2 days"),
        ),
        tabs=(
            Sample(label="Timeline", href="#", current=True),
            Sample(label="Opportunities", href="#", count=5),
            Sample(label="Contacts", href="#", count=8),
            Sample(label="Files", href="#", count=3),
            Sample(label="History", href="#"),
        ),
        groups=(("About", _about()), ("Relationship", _relationship())),
        timeline=_timeline(),
        contacts=(
            Sample(label="Sigrid Halvorsen", value="c1", note="Chief executive"),
            Sample(label="Arne Bakken", value="c2", note="Head of fleet"),
            Sample(label="Liv Strand", value="c3", note="Procurement"),
        ),
        deals=tuple(deal for deal in deals() if deal.account == "Halvorsen Maritime"),
    )


def _about() -> tuple[Sample, ...]:
    def fact(name: str, label: str, kind: str, value: Any) -> Sample:
        return Sample(name=name, label=label, kind=kind, value=value, edit="/patterns/edit")

    return (
        fact("industry", "Industry", "choice", Option(value="s", label="Shipping", colour=7)),
        fact("website", "Website", "url", "https://halvorsen-maritime.example"),
        fact("phones", "Phone", "phones", (Labelled("+47 55 01 20 30", "Office"),)),
        fact("emails", "E-mail", "emails", (Labelled("post@halvorsen.example", "Office"),)),
        fact("employees", "Employees", "integer", 1_240),
        fact("address", "Address", "address", ADDRESS),
        fact("parent", "Parent", "link", Option(value="p", label="Halvorsen Gruppen", href="#")),
    )


def _relationship() -> tuple[Sample, ...]:
    def fact(name: str, label: str, kind: str, value: Any) -> Sample:
        return Sample(name=name, label=label, kind=kind, value=value, edit="/patterns/edit")

    return (
        fact("owner", "Owner", "user", Option(value="u1", label="Mara Lindqvist")),
        fact("rating", "Health", "rating", 4),
        fact(
            "tags",
            "Tags",
            "tags",
            (Option(value="k", label="Key account", colour=3), Option(value="r", label="Reference", colour=5)),
        ),
        fact("revenue", "Annual revenue", "money", Money(Decimal(412_000_000), "NOK")),
        fact("newsletter", "Newsletter", "boolean", True),
        fact("territory", "Territory", "text", ""),
    )


def rtl_record() -> RecordView:
    return msgspec.structs.replace(
        record_screen(),
        shell=shell("Accounts", direction="rtl"),
        title="شركة الخليج للملاحة البحرية",
        crumbs=(Crumb("الحسابات", "/patterns/list"), Crumb("شركة الخليج للملاحة البحرية")),
        subtitle="الشحن · دبي",
    )


class PanelView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    deal: Deal
    facts: tuple[Sample, ...]


def panel() -> PanelView:
    deal = deals()[0]
    return PanelView(
        shell=shell("Opportunities"),
        deal=deal,
        facts=(
            Sample(name="account", label="Account", kind="link", value=Option(value="a", label=deal.account, href="#")),
            Sample(name="amount", label="Amount", kind="money", value=deal.amount, edit="#"),
            Sample(name="stage", label="Stage", kind="choice", value=STAGES[deal.stage], edit="#"),
            Sample(name="close", label="Close date", kind="date", value=deal.close, edit="#"),
            Sample(
                name="owner", label="Owner", kind="user", value=Option(value="u1", label=PEOPLE[deal.owner]), edit="#"
            ),
        ),
    )


class EditView(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the record page while it is edited, and after it was saved."""

    name: str = "employees"
    label: str = "Employees"
    value: int = 1_240
    csrf: str = "example"


def edit() -> EditView:
    return EditView()
