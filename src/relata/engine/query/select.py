"""A page of records as one statement: filter, scope, sort, keyset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from relata.engine.formula import Checked, Params, Ref, Unknown, compile_sql
from relata.engine.metadata.fields import Field, Formula, Json, Links, MoneyField, RollUp
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Source, Statement
from relata.engine.query.past_rows import past_rows, unchanged_since
from relata.engine.query.request import Order
from relata.engine.query.result import Cell, Shape
from relata.engine.query.scope import FieldScope, Found
from relata.engine.storage.tables import Tables
from relata.foundation.errors import Bug, Invalid, Problem
from relata.foundation.i18n import gettext as _

DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]


#: Rows with and without a first sort value, in one statement.
ALL = 2


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement ready for psycopg, with named parameters. params: how to fill those of expressions; an entry without
    literals takes the request's own. sort: how many columns before the end are sort values (the id is the last)."""

    sql: str
    params: tuple[tuple[Params, tuple[object, ...] | None], ...]
    shape: Shape
    sort: int = 0
    key_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """A sort level, resolved. empty: whether values may be missing."""

    expression: sa.ColumnElement[Any]
    descending: bool
    empty: bool


def render(statement: Any) -> str:
    """SQL with `%(name)s` parameters for psycopg. Bug for a constant that would travel as an unnamed parameter: only
    the
    parameters that callers fill have names."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    if unnamed := [name for name, value in compiled.params.items() if value is not None]:
        raise Bug(f"A statement holds constants: {', '.join(unnamed)}.")
    return str(compiled)


def sort_value(found: Found, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """What people mean by the order of a field: texts without regard to capitals and accents."""
    if found.type.kind == "text" and not (found.field is not None and found.field.plain_order):
        return sa.func.relata.sort_key(column, type_=sa.Text())
    return column


def readable_cells(
    source: Source, one: Object, paths: tuple[str, ...], *, computed: bool = True
) -> tuple[list[Cell], list[sa.ColumnElement[Any]]]:
    """Cells and columns for the asked paths; for none: the id and everything of the object that the reader may see."""
    wanted = paths or ("id", *(name for name, field in one.all_fields.items() if computed or field.stored))
    cells: list[Cell] = []
    columns: list[sa.ColumnElement[Any]] = []
    for path in dict.fromkeys(wanted):
        try:
            made = _cell(source, path, len(columns))
        except Unknown as error:
            if not paths:
                continue
            raise unknown_path(path, error, "fields") from None
        if made is not None:
            cells.append(made[0])
            columns.extend(made[1])
    return cells, columns


def _cell(source: Source, path: str, start: int) -> tuple[Cell, list[sa.ColumnElement[Any]]] | None:
    names = tuple(path.split("."))
    reader, one = source.scope.reader, source.scope.object
    own = one.field(path)
    if own is not None and not reader.readable(one, own) and reader.masked(one, own) and own.columns():
        column = source.table.c[own.columns()[0].name(own.name)]
        return Cell(path, own, start, 1, masked=True), [column]
    found = source.scope.find(names)
    field = found.field
    table = source.way(found, names)
    if field is None or found.part:
        return Cell(path, None, start, 1, kind=found.type.kind), [source.at(found, names)]
    if isinstance(field, Formula):
        return _formula_cell(source, found, path, start)
    if isinstance(field, (RollUp, Links)):
        cell = Cell(path, field if isinstance(field, Links) else None, start, 1, kind=found.type.kind)
        return cell, [source.at(found, names)]
    columns: list[sa.ColumnElement[Any]] = [table.c[column.name(field.name)] for column in field.columns()]
    return Cell(path, field, start, len(columns)), columns


def _formula_cell(source: Source, found: Found, path: str, start: int) -> tuple[Cell, list[sa.ColumnElement[Any]]]:
    names = tuple(path.split("."))
    amount = source.at(found, names)
    if found.type.kind == "money":
        return Cell(path, MoneyField(path), start, 2), [amount, source.currency(Ref(names, found.type))]
    return Cell(path, None, start, 1, kind=found.type.kind), [amount]


def keys(source: Source, order: tuple[Order, ...]) -> list[Key]:
    """The sort levels; the id is added by the caller."""
    found = []
    for level in order:
        try:
            place = source.scope.find(level.path)
        except Unknown as error:
            raise unknown_path(".".join(level.path), error, "order") from None
        if not sortable(place):
            raise Invalid(
                _("Lists can't be sorted by %(path)s.") % {"path": ".".join(level.path)},
                code="not_sortable",
                field="order",
                hint=_("Choose a text, number, date or link's name."),
            )
        column = sort_value(place, source.at(place, level.path))
        found.append(Key(column, level.descending, empty=not never_empty(place)))
    return found


def never_empty(place: Found) -> bool:
    """Whether every record has a value; `required` is no proof, since it may be younger than the records."""
    if place.links:
        return False
    return place.field is None or place.field.name in ("created_at", "version")


def sortable(place: Found) -> bool:
    """Whether an order by this path means something."""
    return place.field is None or place.part != "" or (place.field.sortable and not isinstance(place.field, Json))


def unknown_path(path: str, error: Unknown, field: str) -> Invalid:
    """The refusal of a path that is not there (or hidden, which is the same to the reader)."""
    name = path.split(".")[min(error.index, path.count("."))]
    close = [known for known in error.known if known[:3] == name[:3]][:5]
    hint = f"Did you mean {', '.join(close)}?" if close else "See the object's fields in the metadata."
    return Invalid.of([Problem("unknown_field", _("There is no field %(name)s.") % {"name": name[:60]}, field, hint)])


def select_page(
    tables: Tables,
    scope: FieldScope,
    *,
    fields: tuple[str, ...],
    where: Checked | None,
    order: tuple[Order, ...],
    phase: int,
    cursor: bool,
    backwards: bool,
    deleted: bool,
    lane: str = "",
    slim: bool | None = None,
    few: bool = False,
    past: str = "",
) -> Compiled:
    """The statement of one page (see `pages.fetch`). phase: 0 for rows with a first sort value, 1 for those without,
    ALL
    for both, which no index serves. Parameters beside the expressions': `page_limit`, `key0`, `key1`, …
    lane: a column that must equal `lane.value` of a statement around this one (see `lanes`).
    slim: True for rows whose scope lies in the index of the order, False for all others (see `narrow`). few: the reader
    sees few of all rows (see `reach`), so that these are read and then sorted. past: of the records as they were at the
    parameter `as_on`, "same" for those that nobody changed since, "changed" for the others."""
    one = scope.object
    statement = Statement(tables)
    is_changed = past == "changed"
    table = past_rows(statement, one, scope.reader, only_changed=True) if is_changed else statement.alias(one)
    source = Source(statement, scope, table)
    conditions = base_conditions(source, where, statement, deleted=deleted, scoped=slim is not True and not is_changed)
    if past == "same":
        conditions += unchanged_since(table)
    ordered = source
    if slim is True:
        ordered = Source(statement, scope, statement.alias(one))
        conditions += [*base_conditions(ordered, None, statement, deleted=deleted), ordered.table.c.id == table.c.id]
    if slim is not None:
        conditions.append(_is_slim(one, ordered.table, slim))
    if lane:
        conditions.append(table.c[lane] == sa.literal_column("lane.value"))
    cells, columns = readable_cells(source, one, fields)
    levels = keys(ordered, order)
    descending = levels[0].descending if levels else False
    levels.append(Key(ordered.table.c.id, descending, empty=False))
    if levels[0].empty and phase != ALL:
        first = levels[0].expression
        conditions.append(first.is_(None) if phase else first.is_not(None))
        # nothing empty is left: "nulls last" would keep a descending order from its index
        levels = levels[1:] if phase else [replace(levels[0], empty=False), *levels[1:]]
    if cursor:
        conditions.append(_beyond(levels, backwards))
    columns.extend(level.expression for level in levels)
    chosen = sa.select(*_labelled(columns)).select_from(source.joined).where(*conditions)
    types = tuple(str(level.expression.type.compile(dialect=DIALECT)) for level in levels)
    if few:  # the planner looks into no subquery with an offset, so it can't walk the order for them
        rows = chosen.offset(sa.literal_column("0")).subquery("rows")
        start = len(columns) - len(levels)
        levels = [replace(level, expression=rows.c[f"c{start + at}"]) for at, level in enumerate(levels)]
        chosen = sa.select(*rows.c)
    chosen = chosen.order_by(*(_direction(level, backwards) for level in levels))
    chosen = chosen.limit(sa.bindparam("page_limit", type_=sa.Integer()))
    return Compiled(render(chosen), tuple(statement.params), Shape(tuple(cells)), len(levels), types)


def base_conditions(
    source: Source, where: Checked | None, statement: Statement, *, deleted: bool, scoped: bool = True
) -> list[sa.ColumnElement[bool]]:
    """Alive (or in the bin), visible to the reader, and as asked. scoped: False where the reader's scope is asked of
    another alias of the same row."""
    table = source.table
    conditions: list[sa.ColumnElement[bool]] = [
        table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None)
    ]
    visible = source.scope.reader.predicate(source.scope.object, "read", table) if scoped else None
    if visible is not None:
        conditions.append(visible)
    if where is not None:
        conditions.append(compile_sql(where, source, statement.parameters()))
    return conditions


def _is_slim(one: Object, table: sa.Alias, slim: bool) -> sa.ColumnElement[bool]:
    title = one.all_fields[one.title_field]
    found = sa.func.relata.slim(table.c.readers, table.c[title.columns()[0].name(title.name)])
    return found.is_not(None) if slim else found.is_(None)


def _labelled(columns: list[sa.ColumnElement[Any]]) -> list[Any]:
    return [column.label(f"c{index}") for index, column in enumerate(columns)]


def _direction(level: Key, backwards: bool) -> Any:
    down = level.descending != backwards
    ordered = level.expression.desc() if down else level.expression.asc()
    return ordered if not level.empty else (ordered.nulls_first() if backwards else ordered.nulls_last())


def _beyond(levels: list[Key], backwards: bool) -> sa.ColumnElement[bool]:
    """Rows after the cursor's. One direction throughout and no empty values: a row comparison, which an index
    serves."""
    down = [level.descending != backwards for level in levels]
    marks = [sa.bindparam(f"key{index}", type_=level.expression.type) for index, level in enumerate(levels)]
    if len(set(down)) == 1 and not any(level.empty for level in levels[1:]):
        left, right = sa.tuple_(*(level.expression for level in levels)), sa.tuple_(*marks)
        return left < right if down[0] else left > right
    result: sa.ColumnElement[bool] = sa.false()
    for index in reversed(range(len(levels))):
        result = sa.or_(
            _after(levels[index], marks[index], down[index], backwards),
            sa.and_(_equal(levels[index], marks[index]), result),
        )
    return result


def _after(level: Key, mark: Any, down: bool, backwards: bool) -> sa.ColumnElement[bool]:
    beyond: sa.ColumnElement[bool] = level.expression < mark if down else level.expression > mark
    if not level.empty:
        return beyond
    if backwards:  # empty values come first when reading backwards
        return sa.or_(beyond, sa.and_(mark.is_(None), level.expression.is_not(None)))
    return sa.or_(beyond, sa.and_(mark.is_not(None), level.expression.is_(None)))


def _equal(level: Key, mark: Any) -> sa.ColumnElement[bool]:
    return level.expression.is_not_distinct_from(mark) if level.empty else level.expression == mark


def field_of(scope: FieldScope, path: str) -> Field | None:
    """The field at the end of a path, or None where there is none for this reader."""
    try:
        return scope.find(tuple(path.split("."))).field
    except Unknown:
        return None
