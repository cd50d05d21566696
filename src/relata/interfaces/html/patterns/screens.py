"""Views of the sample screens: a list, a record, a board, forms, sign-in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from relata.foundation.money import Money
from relata.interfaces.html.patterns.company import PEOPLE, STAGES, Deal, deals, shell
from relata.interfaces.html.view_values import (
    Address,
    Column,
    Crumb,
    FormField,
    Labelled,
    MoneyText,
    Option,
    PersonName,
    Shell,
)


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, filter, tab, stage or other small thing of the sample screens; each template reads what it needs."""

    label: str = ""
    name: str = ""
    kind: str = "text"
    value: Any = ""
    note: str = ""
    edit: str = ""
    href: str = ""
    post: str = ""
    remove: str = ""
    icon: str = ""
    current: bool = False
    count: int | None = None
    state: str = ""
    items: tuple[Any, ...] = ()
    shortcut: str = ""


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    title: str
    icon: str
    columns: tuple[Column, ...] = ()
    rows: tuple[Deal, ...] = ()
    filters: tuple[Sample, ...] = ()
    views: tuple[Sample, ...] = ()
    total: int | None = None
    stages: dict[str, Option] = msgspec.field(default_factory=lambda: STAGES)
    people: dict[str, str] = msgspec.field(default_factory=lambda: PEOPLE)


def list_screen() -> ListView:
    return ListView(
        shell=shell("Opportunities"),
        title="Opportunities",
        icon="circle-dollar-sign",
        total=8_214,
        rows=deals(),
        views=_views("List"),
        filters=(
            Sample(label="Owner is", value="anyone in North", edit="#", remove="#"),
            Sample(label="Close date", value="this and next quarter", edit="#", remove="#"),
        ),
        columns=(
            Column(name="name", label="Name", sort="#name"),
            Column(name="account", label="Account", sort="#account"),
            Column(name="stage", label="Stage", sort="#stage"),
            Column(name="amount", label="Amount", align="end", sort="#amount"),
            Column(name="close", label="Close date", sort="#close"),
            Column(name="probability", label="Chance", align="end", sort="#probability", phone=False),
            Column(name="owner", label="Owner", sort="#owner", phone=False),
            Column(name="changed", label="Changed", sort="#changed", sorted="descending", phone=False),
        ),
    )


def empty_list() -> ListView:
    return ListView(shell=shell("Leads"), title="Leads", icon="sparkles", views=_views("List"))


def _views(current: str) -> tuple[Sample, ...]:
    return (
        Sample(label="List", icon="list", href="/patterns/list", current=current == "List"),
        Sample(label="Board", icon="square-kanban", href="/patterns/board", current=current == "Board"),
    )


class BoardColumn(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    label: str
    colour: int
    count: int
    total: Money | None
    cards: tuple[Deal, ...]
    more: str = ""


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    columns: tuple[BoardColumn, ...]
    views: tuple[Sample, ...]
    people: dict[str, str] = msgspec.field(default_factory=lambda: PEOPLE)


def board_screen() -> BoardView:
    columns = []
    for stage in STAGES.values():
        cards = tuple(deal for deal in deals() if deal.stage == stage.value)
        total = sum((deal.amount.amount for deal in cards), Decimal(0))
        columns.append(
            BoardColumn(
                id=stage.value,
                label=stage.label,
                colour=stage.colour,
                count=len(cards),
                total=Money(total, "EUR"),
                cards=cards,
            )
        )
    return BoardView(shell=shell("Pipeline"), columns=tuple(columns), views=_views("Board"))


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
                Entry(icon="file-text", colour=9, who="Tomas Okafor", what="sent quote Q-2026-118", when=_at(16, 9, 30)),
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
        fact("address", "Address", "address", _ADDRESS),
        fact("parent", "Parent", "link", Option(value="p", label="Halvorsen Gruppen", href="#")),
    )


_ADDRESS = Address(street="Strandgaten 114", postal_code="5004", city="Bergen", country="Norway")


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


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    title: str
    sections: tuple[tuple[str, str, tuple[FormField, ...]], ...]
    problems: tuple[Any, ...] = ()


_PHONE_LABELS = (Option(value="work", label="Work"), Option(value="mobile", label="Mobile"))


def form_screen() -> FormView:
    return FormView(
        shell=shell("Contacts"),
        title="New contact",
        sections=(
            (
                "Person",
                "",
                (
                    FormField(name="name", label="Name", kind="person_name", required=True,
                              value=PersonName(given="Sigrid", family="Halvorsen")),
                    FormField(name="title", label="Job title", value="Chief executive"),
                    FormField(name="account", label="Account", kind="link", source="/patterns/options", required=True,
                              value=Option(value="a1", label="Halvorsen Maritime"), placeholder="Find an account"),
                    FormField(name="roles", label="Roles", kind="tags", source="/patterns/options", creates=True,
                              value=(Option(value="1", label="Decides"), Option(value="2", label="Signs"))),
                    FormField(name="emails", label="E-mail", kind="emails", labels=_PHONE_LABELS,
                              value=(Labelled("sigrid@halvorsen.example", "work"),),
                              error="This address belongs to another contact. Merge them or use another address."),
                    FormField(name="phones", label="Phone", kind="phones", labels=_PHONE_LABELS,
                              value=(Labelled("+47 55 01 20 30", "work"), Labelled("+47 911 22 333", "mobile"))),
                ),
            ),
            (
                "Relationship",
                "How we work with this person, and what they have agreed to.",
                (
                    FormField(name="source", label="Source", kind="choice", value="fair",
                              options=(Option(value="fair", label="Trade fair"), Option(value="web", label="Website"))),
                    FormField(name="budget", label="Budget", kind="money", currencies=("EUR", "NOK", "USD"),
                              value=MoneyText("250,000", "NOK"), help="What they may sign without the board."),
                    FormField(name="birthday", label="Birthday", kind="date", value="1974-05-12"),
                    FormField(name="share", label="Share of wallet", kind="percent", value="35"),
                    FormField(name="rating", label="Influence", kind="rating", value=4),
                    FormField(name="mailing", label="May receive the newsletter", kind="boolean", value=True,
                              help="Given on 4 August by form."),
                    FormField(name="address", label="Address", kind="address", value=_ADDRESS),
                    FormField(name="notes", label="Notes", kind="long_text", placeholder="What should others know?"),
                    FormField(name="file", label="Picture", kind="file", wide=True),
                ),
            ),
        ),
        problems=(Sample(label="", name="emails"),),
    )


def settings_screen() -> FormView:
    return FormView(
        shell=shell(),
        title="Workspace",
        sections=(
            (
                "General",
                "What people and customers see.",
                (
                    FormField(name="name", label="Name", value="Lindqvist & Co", required=True, wide=True),
                    FormField(name="address", label="Web address", value="lindqvist", suffix=".crm.example", wide=True,
                              help="Links that you have shared keep working after a change."),
                ),
            ),
            (
                "Region",
                "How dates, numbers and money are written where a person has not chosen.",
                (
                    FormField(name="language", label="Language", kind="choice", value="en",
                              options=(Option(value="en", label="English (United Kingdom)"),)),
                    FormField(name="zone", label="Time zone", kind="choice", value="b",
                              options=(Option(value="b", label="Europe/Berlin"),)),
                    FormField(name="currency", label="Currency", kind="choice", value="EUR",
                              options=(Option(value="EUR", label="Euro (EUR)"),)),
                    FormField(name="week", label="Week starts on", kind="radio", value="mo",
                              options=(Option(value="mo", label="Monday"), Option(value="su", label="Sunday"))),
                ),
            ),
            (
                "Sign-in",
                "Rules for everyone in this workspace.",
                (
                    FormField(name="second", label="Ask for a second factor", kind="boolean", value=True, wide=True,
                              help="People without one set it up at their next sign-in."),
                    FormField(name="expiry", label="Sign out after", kind="integer", value="14", suffix="days"),
                ),
            ),
        ),
    )


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    figures: tuple[Sample, ...]
    tasks: tuple[Sample, ...]
    deals: tuple[Deal, ...]
    stages: dict[str, Option] = msgspec.field(default_factory=lambda: STAGES)
    people: dict[str, str] = msgspec.field(default_factory=lambda: PEOPLE)


def home_screen() -> HomeView:
    return HomeView(
        shell=shell("Home"),
        figures=(
            Sample(label="Won this quarter", value="€187k", name="+12%", note="on last quarter", current=True),
            Sample(label="Open pipeline", value="€1.84M", name="+4%", note="on last month", current=True),
            Sample(label="Chance-weighted", value="€812k", note="closes by 30 Sep"),
            Sample(label="Without a next step", value="7", name="+3", note="opportunities"),
        ),
        tasks=(
            Sample(label="Send the final offer to Sigrid", note="Halvorsen Maritime", value=date(2026, 9, 16), state="late"),
            Sample(label="Call Arne about the gateways", note="Halvorsen Maritime", value=date(2026, 9, 17)),
            Sample(label="Prepare the renewal meeting", note="Brightwater Utilities", value=date(2026, 9, 18)),
            Sample(label="Answer the tender questions", note="Deutsche Wasserwerke Süd", value=date(2026, 9, 22)),
        ),
        deals=tuple(deal for deal in deals() if deal.owner == "u1" and deal.stage not in ("won", "lost")),
    )


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    csrf: str = "example"
    language: str = "en"
    direction: str = "ltr"
    theme: str = "auto"
    email: str = "mara@lindqvist.example"
    error: str = ""


def sign_in() -> SignInView:
    return SignInView(error="That e-mail address and password do not belong together. Try again, or reset the password.")


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
            Sample(name="owner", label="Owner", kind="user", value=Option(value="u1", label=PEOPLE[deal.owner]), edit="#"),
        ),
    )


class PaletteView(msgspec.Struct, frozen=True, kw_only=True):
    groups: tuple[Sample, ...]
    query: str = ""


def palette() -> PaletteView:
    def entry(label: str, note: str, icon: str, shortcut: str = "") -> Sample:
        return Sample(label=label, note=note, icon=icon, href="/patterns/record", shortcut=shortcut)

    return PaletteView(
        groups=(
            Sample(label="Records", items=(
                entry("Halvorsen Maritime", "Account", "building-2"),
                entry("Fleet telematics, phase two", "Opportunity", "circle-dollar-sign"),
                entry("Sigrid Halvorsen", "Contact", "contact-round"),
            )),
            Sample(label="Do", items=(
                entry("Create an opportunity", "", "plus", "C"),
                entry("Go to the pipeline", "", "square-kanban", "G P"),
                entry("Switch to dark", "", "moon"),
            )),
        )
    )


class OptionsView(msgspec.Struct, frozen=True, kw_only=True):
    options: tuple[Option, ...]
    query: str = ""


def options() -> OptionsView:
    """What the server would answer to a combobox."""
    accounts = sorted({deal.account for deal in deals()})[:6]
    return OptionsView(
        options=tuple(Option(value=f"a{n}", label=name, note="Account") for n, name in enumerate(accounts, 1)),
        query="New one",
    )


class EditView(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the record page while it is edited, and after it was saved."""

    name: str = "employees"
    label: str = "Employees"
    value: int = 1_240
    csrf: str = "example"


def edit() -> EditView:
    return EditView()
