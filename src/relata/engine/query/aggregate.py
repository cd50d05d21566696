"""Figures over the records that a list would show: the same filter, the same scope, one statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from relata.engine.formula import Checked, Unknown
from relata.engine.query.columns import Source, Statement
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, fill
from relata.engine.query.past_rows import past_rows
from relata.engine.query.reader import Reader
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.query.result import Cell, Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, base_conditions, render, unknown_path
from relata.engine.storage.database import Connection
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

FUNCTIONS = ("count", "distinct", "filled", "sum", "average", "median", "min", "max")
GRAINS = ("day", "week", "month", "quarter", "year")
MAX_GROUPS = 5000
_NUMERIC = ("number", "money", "duration")


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows of groups and measures, largest first. complete: False when more groups exist than `limit`."""

    rows: list[dict[str, Any]]
    complete: bool


async def figures(connection: Connection, ground: Ground, reader: Reader, request: Aggregate) -> Figures:
    """Run an aggregate. A sum over amounts of several currencies adds bare numbers; group by `….currency` to avoid
    that."""
    where = check_where(ground, request.object, request.where, reader)
    limit = max(1, min(request.limit, MAX_GROUPS))
    key = (
        "aggregate", request.object, reader.fingerprint, request.measures, request.group_by,
        where.root if where else None, request.deleted, request.as_on is not None,
    )  # fmt: skip
    compiled: Compiled = ground.cache.get(key, lambda: _compile(ground, reader, request, where))
    params = fill(compiled, reader, where)
    params["page_limit"] = limit + 1
    params["zone"] = reader.clock().zone
    if request.as_on is not None:
        params["as_on"] = request.as_on
    rows = await connection.fetch(compiled.sql, params)
    return Figures([compiled.shape.json(row) for row in rows[:limit]], len(rows) <= limit)


async def count(connection: Connection, ground: Ground, reader: Reader, request: Aggregate) -> int:
    """How many records the request's filter finds."""
    asked = replace(request, measures=(Measure("count"),), group_by=())
    found = await figures(connection, ground, reader, asked)
    return int(found.rows[0]["count"])


def _compile(ground: Ground, reader: Reader, request: Aggregate, where: Checked | None) -> Compiled:
    scope = FieldScope(ground.registry, ground.registry.get(request.object), reader)
    statement = Statement(ground.tables)
    is_past = request.as_on is not None
    table = past_rows(statement, scope.object, reader) if is_past else statement.alias(scope.object)
    source = Source(statement, scope, table)
    conditions = base_conditions(source, where, statement, deleted=request.deleted, scoped=not is_past)
    groups = [_group(source, group) for group in request.group_by]
    measures = [_measure(source, measure) for measure in request.measures]
    labelled = [column.label(f"c{index}") for index, column in enumerate((*groups, *measures))]
    chosen = sa.select(*labelled).select_from(source.joined).where(*conditions)
    if groups:
        chosen = chosen.group_by(*(sa.text(f"{index + 1}") for index in range(len(groups))))
        chosen = chosen.order_by(
            sa.text(f"{len(groups) + 1} desc nulls last"), *(sa.text(f"{n + 1}") for n in range(len(groups)))
        )
    chosen = chosen.limit(sa.bindparam("page_limit", type_=sa.Integer()))
    names = [*(group.name for group in request.group_by), *(measure.name for measure in request.measures)]
    cells = tuple(Cell(name, None, index, 1) for index, name in enumerate(names))
    return Compiled(render(chosen), tuple(statement.params), Shape(cells))


def _group(source: Source, group: Group) -> sa.ColumnElement[Any]:
    names = tuple(group.path.split("."))
    try:
        found = source.scope.find(names)
    except Unknown as error:
        raise unknown_path(group.path, error, "group_by") from None
    column = source.at(found, names)
    if found.type.kind in ("json", "list", "geo"):
        raise Invalid(
            _("Records can't be grouped by %(path)s.") % {"path": group.path}, code="not_groupable", field="group_by"
        )
    if not group.grain:
        return column
    if group.grain not in GRAINS or found.type.kind not in ("date", "datetime"):
        raise Invalid(
            _("%(path)s can't be grouped by %(grain)s.") % {"path": group.path, "grain": group.grain[:20]},
            code="grain",
            field="group_by",
            hint=_("Days and moments take one of: %(grains)s.") % {"grains": ", ".join(GRAINS)},
        )
    if found.type.kind == "datetime":
        column = sa.func.timezone(sa.bindparam("zone", type_=sa.Text()), column)
    return sa.cast(sa.func.date_trunc(sa.literal_column(f"'{group.grain}'"), column), sa.Date())


def _measure(source: Source, measure: Measure) -> sa.ColumnElement[Any]:
    if measure.function == "count" and not measure.path:
        return sa.func.count()
    if measure.function not in FUNCTIONS or not measure.path:
        raise Invalid(
            _("There is no measure %(function)s.") % {"function": measure.function[:20]},
            code="measure",
            field="measures",
            hint=_("One of %(functions)s, with a field for all but count.") % {"functions": ", ".join(FUNCTIONS)},
        )
    names = tuple(measure.path.split("."))
    try:
        found = source.scope.find(names)
    except Unknown as error:
        raise unknown_path(measure.path, error, "measures") from None
    column = source.at(found, names)
    if measure.function in ("sum", "average", "median") and found.type.kind not in _NUMERIC:
        raise Invalid(
            _("%(path)s is no number, so it has no %(function)s.")
            % {"path": measure.path, "function": measure.function},
            code="measure",
            field="measures",
        )
    if measure.function in ("min", "max") and found.type.kind not in (*_NUMERIC, "date", "datetime", "text"):
        raise Invalid(
            _("%(path)s has no order, so it has no %(function)s.")
            % {"path": measure.path, "function": measure.function},
            code="measure",
            field="measures",
        )
    if measure.function == "filled":
        return sa.func.count(column)
    if measure.function == "median":
        return _median(column, number=found.type.kind != "duration")
    if measure.function == "distinct":
        return sa.func.count(column.distinct())
    if measure.function == "average":
        return (
            sa.func.round(sa.func.avg(column), sa.literal_column("12"))
            if found.type.kind != "duration"
            else sa.func.avg(column)
        )
    measured: sa.ColumnElement[Any] = getattr(sa.func, measure.function)(column)
    return measured


def _median(column: sa.ColumnElement[Any], *, number: bool) -> sa.ColumnElement[Any]:
    """The value in the middle, exact: of an even number of values the mean of the two in the middle, which
    `percentile_cont` would give as a float."""
    sides = [
        sa.func.percentile_disc(sa.literal_column(part)).within_group(way)
        for part, way in (("0.5", column.asc()), ("0.5", column.desc()))
    ]
    middle: sa.ColumnElement[Any] = (sides[0] + sides[1]) / sa.literal_column("2")
    return sa.func.round(middle, sa.literal_column("12")) if number else middle
