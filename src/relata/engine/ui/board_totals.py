"""Counts and totals of a board's columns: the same filter as the cards; several currencies are added up only at
rates that the workspace keeps, and the figures say which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.formula import Node, all_of, any_of
from relata.engine.metadata.fields import Field, MoneyField
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.reporting.rates import Rate, Rates, converted
from relata.engine.reporting.reader_rates import reader_currency, reader_rates
from relata.engine.ui.board_lanes import column_condition
from relata.engine.ui.board_objects import NOTHING
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """totals: one amount, then one for each currency without a rate; a plain number where the field holds no money.
    weighted: likewise of the layout's `weighted`. used: the rates at which amounts were converted. of: the amounts by
    currency, where they were."""

    count: int = 0
    totals: tuple[Money | Decimal, ...] = ()
    weighted: tuple[Money | Decimal, ...] = ()
    used: tuple[Rate, ...] = ()
    of: tuple[Money, ...] = ()


NO_FIGURES = Figures()


def total_field(work: Workspace, one: Object, layout: Board | None) -> Field | None:
    """What is summed: the layout's field, else the object's first amount of money, if this person may read it."""
    names = [layout.total] if layout is not None and layout.total else []
    names += [field.name for field in one.fields if isinstance(field, MoneyField)]
    fields = (one.field(name) for name in names)
    return next((field for field in fields if field is not None and work.actor.readable(one, field)), None)


async def figures_of(
    work: Workspace, one: Object, by: Field, layout: Board | None, where: Node | None, only: tuple[str, ...] = ()
) -> dict[str, Figures]:
    """By column. only: of these columns."""
    summed, rows = await summed_rows(work, one, by, layout, where, only)
    return await told(work, summed, rows)


@dataclass(frozen=True, slots=True)
class Summed:
    """What is added up, and weighted."""

    total: Field | None
    weighted: Field | None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Those that there are."""
        return tuple(field for field in (self.total, self.weighted) if field is not None)


async def summed_rows(
    work: Workspace, one: Object, by: Field, layout: Board | None, where: Node | None, only: tuple[str, ...] = (),
    as_on: datetime | None = None,
) -> tuple[Summed, dict[str, list[dict[str, Any]]]]:  # fmt: skip
    """Counts and sums by column and currency. as_on: as they were at this moment."""
    total = total_field(work, one, layout)
    summed = Summed(total, weighted_field(work, one, layout) if total is not None else None)
    measures, groups = [Measure("count")], [Group(by.name)]
    measures += [Measure("sum", field.name) for field in summed.fields]
    if isinstance(total, MoneyField):
        groups.append(Group(f"{total.name}.currency"))
    parts = [where] if where is not None else []
    if only:
        parts.append(any_of(column_condition(by, value) for value in only))
    filtered = all_of(parts) if parts else None
    request = Aggregate(one.name, tuple(measures), tuple(groups), filtered, limit=5000, as_on=as_on)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in (await work.aggregate(request)).rows:
        rows.setdefault(NOTHING if row[by.name] is None else str(row[by.name]), []).append(row)
    return summed, rows


async def told(
    work: Workspace, summed: Summed, rows: dict[str, list[dict[str, Any]]], day: date | None = None
) -> dict[str, Figures]:
    """The sums as figures, at the rates of a day, which is today if left out."""
    rates = await _rates(work, summed.total, rows.values(), day)
    return {value: _figures(summed.total, summed.weighted, found, rates) for value, found in rows.items()}


def weighted_field(work: Workspace, one: Object, layout: Board | None) -> Field | None:
    """The field of the weighted sum, if this person may read it."""
    field = one.field(layout.weighted) if layout is not None and layout.weighted else None
    return field if field is not None and work.actor.readable(one, field) else None


async def _rates(
    work: Workspace, total: Field | None, rows: Iterable[list[dict[str, Any]]], day: date | None = None
) -> Rates:
    """Asked for only where there is more than the reader's own currency."""
    own = reader_currency(work)
    if isinstance(total, MoneyField):
        name = f"{total.name}.currency"
        if any(row[name] not in (None, own) for found in rows for row in found):
            return await reader_rates(work, day)
    return Rates(base=own, known={})


def _figures(total: Field | None, weighted: Field | None, rows: list[dict[str, Any]], rates: Rates) -> Figures:
    count = sum(row["count"] for row in rows)
    if total is None:
        return Figures(count=count)
    summed = [row for row in rows if row[f"sum_{total.name}"] is not None]
    if not isinstance(total, MoneyField):
        return Figures(count=count, totals=tuple(Decimal(row[f"sum_{total.name}"]) for row in summed))
    amounts = [Money(row[f"sum_{total.name}"], row[f"{total.name}.currency"]) for row in summed]
    found = converted(amounts, rates)
    parts: tuple[Money | Decimal, ...] = ()
    if weighted is not None:
        name = f"sum_{weighted.name}"
        own = [Money(row[name], row[f"{total.name}.currency"]) for row in summed if row[name] is not None]
        parts = converted(own, rates).amounts
    return Figures(
        count=count, totals=found.amounts, weighted=parts, used=found.used, of=found.of if found.used else ()
    )
