"""Conditions over linked records for drafts that are not written yet: the drafts stand in for the object's table, so
that the database reads links, lists and roll-ups as it would for stored records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from relata.engine.formula import compile_sql
from relata.engine.metadata.fields import Links
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.columns import Source
from relata.engine.query.columns import Statement as Collecting
from relata.engine.query.pages import context_of
from relata.engine.query.reader import AnyReader, Reader
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, render
from relata.engine.rules.condition import Condition
from relata.engine.workspace.copying import RowWriter
from relata.engine.workspace.unit import Unit


async def results(
    unit: Unit, one: Object, conditions: Sequence[Condition], drafts: Sequence[tuple[UUID, Mapping[str, Any]]],
    reader: Reader | None = None,
) -> dict[UUID, tuple[bool, ...]]:  # fmt: skip
    """What each condition gives, by the draft's id. drafts: ids with all values. reader: what they may not see over a
    link is empty; None sees all, as rules do."""
    key = ("far", one.name, reader.fingerprint if reader else "", tuple(each.text for each in conditions))
    compiled: Compiled = unit.context.statements.get(
        key, lambda: _compile(unit, one, conditions, reader or AnyReader())
    )
    writer = RowWriter(one, _columns(one), json_as_text=False)
    rows = []
    for record, values in drafts:
        row: dict[str, Any] = {"id": record, **dict(zip(writer.columns, writer.row(values), strict=True))}
        for field in one.pair_fields:
            row[field.name] = list(values.get(field.name) or ())
        rows.append(row)
    params: dict[str, Any] = {"rows": msgspec.json.encode(rows).decode(), **(reader.parameters() if reader else {})}
    context = context_of(unit.actor)
    for own, literals in compiled.params:
        params.update(own.values(literals or (), context))
    found = await unit.connection.fetch(compiled.sql, params)
    return {row[0]: tuple(bool(cell) for cell in row[1:]) for row in found}


def _columns(one: Object) -> list[str]:
    """The stored fields that a condition may read; a secret one never is."""
    return [name for name, field in one.all_fields.items() if field.stored and field.sensitivity != "secret"]


def _compile(unit: Unit, one: Object, conditions: Sequence[Condition], reader: Reader) -> Compiled:
    statement = Collecting(unit.context.tables)
    source = _Drafts(statement, FieldScope(unit.context.registry, one, reader), _drafts(unit, one))
    columns = [
        compile_sql(each.checked, source, statement.parameters(each.checked.literals), as_value=True).label(f"c{at}")
        for at, each in enumerate(conditions)
    ]
    chosen = sa.select(source.table.c.id, *columns).select_from(source.joined)
    return Compiled(render(chosen), tuple(statement.params), Shape(()))


def _drafts(unit: Unit, one: Object) -> sa.Alias:
    """The parameter `rows`, a JSON list of objects with a key for each column, as a table."""
    table = unit.context.tables.of(one)
    kinds: dict[str, Any] = {"id": sa.Uuid()}
    for name in _columns(one):
        for part in one.all_fields[name].columns():
            kinds[part.name(name)] = table.c[part.name(name)].type
    kinds |= {field.name: ARRAY(sa.Uuid()) for field in one.pair_fields}
    rows: Any = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text()), JSON()))
    made = rows.table_valued(*(sa.column(*pair) for pair in kinds.items())).render_derived(name="t0", with_types=True)
    return cast(sa.Alias, made)


class _Drafts(Source):
    """The drafts' own many-to-many links are not in the tables of pairs yet."""

    def _linked(self, one: Object, field: Links, table: sa.Alias) -> sa.ColumnElement[Any]:
        if table is self.table:
            return sa.func.coalesce(table.c[field.name], sa.cast(sa.literal_column("'{}'"), ARRAY(sa.Uuid())))
        return super()._linked(one, field, table)

    def _belongs(self, relation: Relation, child: sa.Alias, parent: sa.Alias) -> sa.ColumnElement[bool]:
        if relation.kind == "pairs" and parent is self.table:
            return child.c.id == sa.any_(parent.c[relation.field])
        return super()._belongs(relation, child, parent)
