"""Views of the sample lists: a table, an empty one, a pipeline."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from relata.foundation.money import Money
from relata.interfaces.html.patterns.company import PEOPLE, STAGES, Deal, deals, shell
from relata.interfaces.html.patterns.sample import Sample
from relata.interfaces.html.view_values import (
    Column,
    Option,
    Shell,
)


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
