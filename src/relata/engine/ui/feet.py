"""Figures under the columns of a list, and beside its groups: the same filter, one statement for all plain figures and
one for each field of money. Sums, averages and the outermost of several currencies are converted at the workspace's
rates, and say so; what has no rate stands apart, and a median stays one for each currency."""

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
from relata.engine.reporting.rates import Converted, Rate, Rates, averaged, converted, outermost
from relata.engine.reporting.reader_rates import reader_currency, reader_rates
from relata.engine.ui.columns import find
from relata.engine.ui.listing import ListState
from relata.engine.ui.values import kind_of
from relata.engine.ui.views import ViewColumn
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money

_PRESENCE = ("count", "filled", "empty")
_NUMBERS = ("sum", "average", "median", "min", "max")
_CONVERTED = ("sum", "average", "min", "max")
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
        groups, measures = ((group, currency), _of_money(column)) if by_currency else ((group,), (measure,))
        answer = await work.aggregate(Aggregate(one.name, measures, groups, where, 5000, state.deleted))
        parts: dict[str, list[_Part]] = {}
        for row in answer.rows:
            part = _part(column, row) if by_currency else (row[measure.name], 1)
            if part is not None and part[0] is not None:
                parts.setdefault(str(row[group.name]), []).append(part)
        rates = await _rates(work, column, [part for told in parts.values() for part in told])
        for key, told in parts.items():
            figure = _told(work, column, _kind(column, found), told, rates)
            found_by.setdefault(key, []).append(figure)
    return found_by


def _of_money(column: ViewColumn) -> tuple[Measure, Measure]:
    return Measure(column.foot, column.path), Measure("filled", column.path)


#: What one currency has: the value, and of how many records.
_Part = tuple[Any, int]


def _part(column: ViewColumn, row: dict[str, Any]) -> _Part | None:
    value, number = (row[measure.name] for measure in _of_money(column))
    currency = row[Group(f"{column.path}.currency").name]
    return (Money(Decimal(value), currency), number) if value is not None and currency else None


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
    request = Aggregate(
        one.name, _of_money(column), (Group(f"{column.path}.currency"),), where, _CURRENCIES, state.deleted
    )
    rows = (await work.aggregate(request)).rows
    parts = [part for row in rows if (part := _part(column, row)) is not None]
    return _told(work, column, "money", parts, await _rates(work, column, parts))


async def _rates(work: Workspace, column: ViewColumn, parts: Sequence[_Part]) -> Rates | None:
    """Asked for only where they are needed."""
    foreign = any(isinstance(one, Money) and one.currency != reader_currency(work) for one, _ in parts)
    return await reader_rates(work) if foreign and column.foot in _CONVERTED else None


def _told(work: Workspace, column: ViewColumn, kind: str, parts: Sequence[_Part], rates: Rates | None) -> Figure:
    """The figure of one field, in one currency as far as there are rates."""
    told = _own_first(work, parts)
    values = tuple(value for value, _ in told)
    if rates is not None:
        found = _in_one_currency(column.foot, told, values, rates)
        if found.used:
            return Figure(
                path=column.path, function=column.foot, kind=kind, values=found.amounts, used=found.used, of=found.of
            )
    return Figure(path=column.path, function=column.foot, kind=kind, values=values)


def _in_one_currency(function: str, parts: Sequence[_Part], values: Sequence[Any], rates: Rates) -> Converted:
    if function == "average":
        return averaged(parts, rates)
    return converted(values, rates) if function == "sum" else outermost(function, values, rates)


def _own_first(work: Workspace, parts: Sequence[_Part]) -> list[_Part]:
    """Money in the reader's own currency before the others."""
    own = reader_currency(work)
    return sorted(parts, key=lambda part: isinstance(part[0], Money) and part[0].currency != own)


def empty(path: str) -> Node:
    """The condition that a field has no value."""
    return Call("empty", (Path(tuple(path.split("."))),))


def filled(path: str) -> Node:
    """The condition that it has one."""
    return negate(empty(path))


def equal(path: str, value: object) -> Node:
    """The condition that a field has this value."""
    return Binary("=", Path(tuple(path.split("."))), Literal(value))  # type: ignore[arg-type]
