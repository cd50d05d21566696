"""Figures under the columns of a list, and beside its groups: the same filter, one statement for all plain figures and
one for each field of money. Sums of several currencies are converted at the workspace's rates, and say so; what has no
rate stands apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, negate, parse
from relata.engine.metadata.fields import MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.query.scope import FieldScope, Found
from relata.engine.reporting.rates import Rate, Rates, converted
from relata.engine.reporting.reader_rates import reader_currency, reader_rates
from relata.engine.ui.columns import find
from relata.engine.ui.listing import ListState
from relata.engine.ui.values import kind_of
from relata.engine.ui.views import ViewColumn
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money

_PRESENCE = ("count", "filled", "empty")
_NUMBERS = ("sum", "average", "median", "min", "max")
#: More currencies than this are not told one by one.
_CURRENCIES = 12


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What stands under a column. kind: of the value. values: one, or one for each currency.
    used: the rates at which they were converted; of: as they were before."""

    path: str
    function: str
    kind: str
    values: tuple[Any, ...]
    used: tuple[Rate, ...] = ()
    of: tuple[Money, ...] = ()


def functions_of(found: Found) -> tuple[str, ...]:
    """What can be told about the values of a field; sums of money only where its currency is known."""
    kind = found.type.kind
    if kind in ("json", "list", "geo"):
        return _PRESENCE
    if kind == "money" and not isinstance(found.field, MoneyField):
        return (*_PRESENCE, "distinct")
    if kind in ("number", "money", "duration"):
        return (*_PRESENCE, "distinct", *_NUMBERS)
    if kind in ("date", "datetime"):
        return (*_PRESENCE, "distinct", "min", "max")
    return (*_PRESENCE, "distinct")


async def feet(
    work: Workspace, one: Object, state: ListState, columns: Sequence[ViewColumn], fixed: Node | None = None
) -> list[Figure]:
    """The figures that the columns ask for and that there are for this reader; others are left out."""
    scope = FieldScope(work.registry, one, work.actor)
    wanted = []
    for column in columns:
        found = find(scope, tuple(column.path.split("."))) if column.foot else None
        if found is not None and column.foot in functions_of(found):
            wanted.append((column, found))
    where = _where(state, fixed)
    plain = [(column, found) for column, found in wanted if not _is_by_currency(column, found)]
    answers = await _plain(work, one, state, where, [column for column, _ in plain])
    figures = []
    for column, found in wanted:
        if _is_by_currency(column, found):
            figures.append(await _by_currency(work, one, state, where, column))
            continue
        kind = _kind(column, found)
        figures.append(Figure(path=column.path, function=column.foot, kind=kind, values=(answers[column.path],)))
    return figures


async def feet_of_groups(
    work: Workspace, one: Object, state: ListState, columns: Sequence[ViewColumn], group: Group, where: Node | None
) -> dict[str, list[Figure]]:
    """The same figures for each group, by the group's value as text."""
    scope = FieldScope(work.registry, one, work.actor)
    found_by: dict[str, list[Figure]] = {}
    for column in columns:
        found = find(scope, tuple(column.path.split("."))) if column.foot else None
        if found is None or column.foot not in functions_of(found) or column.foot in ("count", "empty"):
            continue
        measure, by_currency = Measure(column.foot, column.path), _is_by_currency(column, found)
        currency = Group(f"{column.path}.currency")
        groups = (group, currency) if by_currency else (group,)
        answer = await work.aggregate(Aggregate(one.name, (measure,), groups, where, 5000, state.deleted))
        values: dict[str, list[Any]] = {}
        for row in answer.rows:
            value = row[measure.name]
            if by_currency and value is not None:
                value = Money(Decimal(value), row[currency.name]) if row[currency.name] else None
            if value is not None:
                values.setdefault(str(row[group.name]), []).append(value)
        rates = await _rates(work, column, [one for told in values.values() for one in told])
        for key, told in values.items():
            figure = _told(work, column, _kind(column, found), told, rates)
            found_by.setdefault(key, []).append(figure)
    return found_by


def _where(state: ListState, fixed: Node | None) -> Node | None:
    parts = [found for found in (fixed, parse(state.where) if state.where else None) if found is not None]
    return all_of(parts) if parts else None


def _is_by_currency(column: ViewColumn, found: Found) -> bool:
    return isinstance(found.field, MoneyField) and not found.part and column.foot in _NUMBERS


def _kind(column: ViewColumn, found: Found) -> str:
    if column.foot in (*_PRESENCE, "distinct"):
        return "integer"
    if found.field is None or found.part:
        return "number"
    return kind_of(found.field, str(found.type.kind))


async def _plain(
    work: Workspace, one: Object, state: ListState, where: Node | None, columns: Sequence[ViewColumn]
) -> dict[str, Any]:
    """One statement for all of them."""
    if not columns:
        return {}
    measures = tuple(dict.fromkeys([Measure("count"), *(found for column in columns for found in _measures(column))]))
    row = (await work.aggregate(Aggregate(one.name, measures, where=where, deleted=state.deleted))).rows[0]
    found: dict[str, Any] = {}
    for column in columns:
        name = Measure("filled", column.path).name
        if column.foot == "count":
            found[column.path] = row["count"]
        elif column.foot == "empty":
            found[column.path] = row["count"] - row[name]
        else:
            found[column.path] = row[Measure(column.foot, column.path).name]
    return found


def _measures(column: ViewColumn) -> Iterable[Measure]:
    if column.foot == "empty":
        yield Measure("filled", column.path)
    elif column.foot != "count":
        yield Measure(column.foot, column.path)


async def _by_currency(
    work: Workspace, one: Object, state: ListState, where: Node | None, column: ViewColumn
) -> Figure:
    """Money of several currencies has several answers."""
    measure = Measure(column.foot, column.path)
    group = Group(f"{column.path}.currency")
    request = Aggregate(one.name, (measure,), (group,), where, _CURRENCIES, state.deleted)
    rows = (await work.aggregate(request)).rows
    values = tuple(
        Money(Decimal(row[measure.name]), row[group.name])
        for row in rows
        if row[measure.name] is not None and row[group.name]
    )
    return _told(work, column, "money", values, await _rates(work, column, values))


async def _rates(work: Workspace, column: ViewColumn, values: Sequence[Any]) -> Rates | None:
    """Asked for only where a sum needs them."""
    foreign = any(isinstance(one, Money) and one.currency != reader_currency(work) for one in values)
    return await reader_rates(work) if foreign and column.foot == "sum" else None


def _told(work: Workspace, column: ViewColumn, kind: str, values: Sequence[Any], rates: Rates | None) -> Figure:
    """The figure of one field; a sum in one currency as far as there are rates."""
    told = _own_first(work, values)
    if rates is not None:
        found = converted(told, rates)
        if found.used:
            return Figure(
                path=column.path, function=column.foot, kind=kind, values=found.amounts, used=found.used, of=found.of
            )
    return Figure(path=column.path, function=column.foot, kind=kind, values=told)


def _own_first(work: Workspace, values: Sequence[Any]) -> tuple[Any, ...]:
    """Money in the reader's own currency before the others."""
    own = reader_currency(work)
    return tuple(sorted(values, key=lambda value: isinstance(value, Money) and value.currency != own))


def empty(path: str) -> Node:
    """The condition that a field has no value."""
    return Call("empty", (Path(tuple(path.split("."))),))


def filled(path: str) -> Node:
    """The condition that it has one."""
    return negate(empty(path))


def equal(path: str, value: object) -> Node:
    """The condition that a field has this value."""
    return Binary("=", Path(tuple(path.split("."))), Literal(value))  # type: ignore[arg-type]
