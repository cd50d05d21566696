"""Views of the sample lists: a table, an empty one, a pipeline."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from relata.foundation.money import Money
from relata.interfaces.html.patterns.company import PEOPLE, STAGES, Deal, deals, shell
from relata.interfaces.html.patterns.sample import Sample
from relata.interfaces.html.view_values import BoardColumn, Card, Column, Option, Shell, TableRow

NAME, ACCOUNT, STAGE, AMOUNT, CLOSE, CHANCE, OWNER, CHANGED = COLUMNS = (
    Column(name="name", label="Name", sort="#name"),
    Column(name="account", label="Account", kind="link", sort="#account"),
    Column(name="stage", label="Stage", kind="choice", sort="#stage"),
    Column(name="amount", label="Amount", kind="money", align="end", sort="#amount"),
    Column(name="close", label="Close date", kind="date", sort="#close"),
    Column(name="probability", label="Chance", kind="percent", align="end", sort="#probability", phone=False),
    Column(name="owner", label="Owner", kind="user", sort="#owner", phone=False),
    Column(name="changed", label="Changed", kind="datetime", sort="#changed", sorted="descending", phone=False),
)


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    title: str
    icon: str
    columns: tuple[Column, ...] = ()
    rows: tuple[TableRow, ...] = ()
    filters: tuple[Sample, ...] = ()
    views: tuple[Sample, ...] = ()
    total: int | None = None


def list_screen() -> ListView:
    return ListView(
        shell=shell("Opportunities"),
        title="Opportunities",
        icon="circle-dollar-sign",
        total=8_214,
        columns=COLUMNS,
        rows=tuple(_row(deal) for deal in deals()),
        views=_views("List"),
        filters=(
            Sample(label="Owner is", value="anyone in North", edit="#", remove="#"),
            Sample(label="Close date", value="this and next quarter", edit="#", remove="#"),
        ),
    )


def _row(deal: Deal) -> TableRow:
    return TableRow(
        id=deal.id,
        title=deal.title,
        href=deal.href,
        peek=deal.peek,
        overdue=frozenset({"close"}) if deal.overdue else frozenset(),
        cells=(
            (ACCOUNT, Option(value=deal.account, label=deal.account, href="/patterns/record", shape="company")),
            (STAGE, STAGES[deal.stage]),
            (AMOUNT, deal.amount),
            (CLOSE, deal.close),
            (CHANCE, deal.probability),
            (OWNER, Option(value=deal.owner, label=PEOPLE[deal.owner], shape="person")),
            (CHANGED, deal.changed),
        ),
    )


def empty_list() -> ListView:
    return ListView(shell=shell("Leads"), title="Leads", icon="sparkles", views=_views("List"))


def _views(current: str) -> tuple[Sample, ...]:
    return (
        Sample(label="List", icon="list", href="/patterns/list", current=current == "List"),
        Sample(label="Board", icon="square-kanban", href="/patterns/board", current=current == "Board"),
    )


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    columns: tuple[BoardColumn, ...]
    views: tuple[Sample, ...]


def board_screen() -> BoardView:
    columns = tuple(_column(stage) for stage in STAGES.values())
    return BoardView(shell=shell("Pipeline"), columns=columns, views=_views("Board"))


def _column(stage: Option) -> BoardColumn:
    found = [deal for deal in deals() if deal.stage == stage.value]
    return BoardColumn(
        id=stage.value,
        label=stage.label,
        colour=stage.colour,
        count=len(found),
        total=Money(sum((deal.amount.amount for deal in found), Decimal(0)), "EUR"),
        cards=tuple(_card(deal) for deal in found),
    )


def _card(deal: Deal) -> Card:
    return Card(
        id=deal.id,
        title=deal.title,
        href=deal.href,
        peek=deal.peek,
        who=deal.account,
        amount=deal.amount,
        due=deal.close,
        overdue=deal.overdue,
        owner=Option(value=deal.owner, label=PEOPLE[deal.owner]),
    )
