"""Which records have these values: one question for many, as imports ask it. Only what the actor may see can be
found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.formula import parse
from relata.engine.metadata.fields import Choice, Emails, Field
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Source, Statement
from relata.engine.query.pages import check_where, context_of
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, base_conditions, render
from relata.engine.storage.copy_format import array_of
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

Key = tuple[Any, ...]


def key_of(one: Object, fields: tuple[str, ...], values: dict[str, Any]) -> Key | None:
    """The values as their main columns hold them; None where one of them is empty."""
    cells = []
    for name in fields:
        value = values.get(name)
        if value is None:
            return None
        cells.append(value if name == "id" else one.all_fields[name].to_columns(value)[0])
    return tuple(cells)


async def match(
    unit: Unit, one: Object, fields: tuple[str, ...], keys: Iterable[Key], *, where: str = "", ignore_case: bool = False
) -> dict[Key, list[UUID]]:
    """The living records for each key that has any. keys: as `key_of` makes them. where: a fixed expression that
    narrows. ignore_case: capitals do not matter (one text field only). Invalid for a field that the actor may not
    read."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    checked = check_where(unit.context.ground, one.name, parse(where), unit.actor) if where else None
    cache_key = ("match", one.name, fields, ignore_case, unit.actor.fingerprint, where)
    compiled: Compiled = unit.context.statements.get(cache_key, lambda: _compile(unit, one, fields, where, ignore_case))
    params: dict[str, Any] = {f"k{index}": array_of(key[index] for key in wanted) for index in range(len(fields))}
    if ignore_case and _is_lower(one, fields[0]):
        params["k0"] = array_of(str(key[0]).lower() for key in wanted)
    params.update(unit.actor.parameters())
    for own, literals in compiled.params:
        given = literals if literals is not None else (checked.literals if checked else ())
        params.update(own.values(given, context_of(unit.actor)))
    rows = await unit.connection.fetch(compiled.sql, params)
    found: dict[Key, list[UUID]] = {}
    if not ignore_case:
        for row in rows:
            found.setdefault(tuple(row[1:]), []).append(row[0])
        return found
    by_folded: dict[str, list[UUID]] = {}
    for row in rows:
        by_folded.setdefault(str(row[1]).casefold(), []).append(row[0])
    return {key: by_folded[folded] for key in wanted if (folded := str(key[0]).casefold()) in by_folded}


def _compile(unit: Unit, one: Object, fields: tuple[str, ...], where: str, ignore_case: bool) -> Compiled:
    statement = Statement(unit.context.tables)
    source = Source(statement, FieldScope(unit.context.registry, one, unit.actor), statement.alias(one))
    checked = check_where(unit.context.ground, one.name, parse(where), unit.actor) if where else None
    conditions = base_conditions(source, checked, statement, deleted=False)
    columns = [_column(unit, source, one, name) for name in fields]
    arrays = [
        sa.cast(sa.bindparam(f"k{index}", type_=ARRAY(column.type)), ARRAY(column.type))
        for index, column in enumerate(columns)
    ]
    given = sa.func.unnest(*arrays).table_valued(
        *(sa.column(f"k{index}", column.type) for index, column in enumerate(columns))
    ).render_derived(name="given")  # fmt: skip
    for index, (name, column) in enumerate(zip(fields, columns, strict=True)):
        value = given.c[f"k{index}"]
        is_plain = not ignore_case or _is_lower(one, name)
        if not is_plain or _sorts(one, name):  # lists sort by this key, so there is an index on it
            conditions.append(sa.func.relata.sort_key(column) == sa.func.relata.sort_key(value))
        if is_plain:
            conditions.append(column == value)
    chosen = sa.select(source.table.c.id, *columns).distinct().select_from(source.joined).select_from(given)
    return Compiled(render(chosen.where(*conditions)), tuple(statement.params), Shape(()))


def _column(unit: Unit, source: Source, one: Object, name: str) -> sa.ColumnElement[Any]:
    if name == "id":
        column: sa.ColumnElement[Any] = source.table.c.id
        return column
    field: Field | None = one.field(name)
    if field is None or not unit.actor.readable(one, field) or not field.columns():
        message = f"{one.title} has no field {name[:60]!r} to match by."
        raise Invalid.of([Problem("unknown_field", message, "match", _("Name a field that you may read."))])
    return source.table.c[field.columns()[0].name(name)]


def _is_lower(one: Object, name: str) -> bool:
    """Whether values are kept without capitals. Their index holds them as they are: asked by the key of lists, every
    page of a contact read a million addresses to find its doubles."""
    return isinstance(one.field(name), Emails)


def _sorts(one: Object, name: str) -> bool:
    field = one.field(name)
    if field is None or field.unique or isinstance(field, Choice) or field.columns()[0].kind != "text":
        return False
    return field.indexed or name == one.title_field
