"""Loading one record with everything that decisions need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.access.actor import Actor
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Source
from relata.engine.query.columns import Statement as Collecting
from relata.engine.query.pages import context_of
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, readable_cells, render
from relata.engine.storage.database import Statement
from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import open_cells
from relata.engine.workspace.unit import Unit


class AllFields:
    """The actor's rows with every field: what rules may look at. Never what is shown."""

    def __init__(self, actor: Actor) -> None:
        self.fingerprint = f"all fields of {actor.fingerprint}"
        self.user = actor.user
        self.main_team = actor.main_team
        self.teams = actor.teams
        self.predicate = actor.predicate
        self.is_narrow = actor.is_narrow
        self.ways = actor.ways
        self.parameters = actor.parameters
        self.clock = actor.clock

    def readable(self, one: Object, field: Field) -> bool:
        return True

    def masked(self, one: Object, field: Field) -> bool:
        return False


async def load(unit: Unit, one: Object, ids: Sequence[UUID], *, lock: bool = False) -> list[Record]:
    """The records among `ids` that the actor may see, living or in the bin, in the order of their ids."""
    key = ("load", one.name, lock, unit.actor.fingerprint)
    compiled: Compiled = unit.context.statements.get(key, lambda: _compile(unit, one, lock))
    rows = await unit.connection.fetch(compiled.sql, {**unit.actor.parameters(), "record_ids": list(ids)})
    if one.secret_fields:
        return [
            Record(
                one, row[0], open_cells(unit.context, one, row[0], compiled.shape.values(row)),
                row[-1] if one.sealed_fields else None,
            )
            for row in rows
        ]  # fmt: skip
    if not one.sealed_fields:
        return [Record(one, row[0], compiled.shape.values(row)) for row in rows]
    return [Record(one, row[0], compiled.shape.values(row), row[-1]) for row in rows]


def _compile(unit: Unit, one: Object, lock: bool) -> Compiled:
    statement = Collecting(unit.context.tables)
    source = Source(statement, FieldScope(unit.context.registry, one, AllFields(unit.actor)), statement.alias(one))
    names = ("id", *(name for name, field in one.all_fields.items() if field.stored or field.type_name == "links"))
    cells, columns = readable_cells(source, one, names)
    ids: Any = sa.cast(sa.bindparam("record_ids", type_=ARRAY(sa.Uuid())), ARRAY(sa.Uuid()))
    chosen = sa.select(*(column.label(f"c{index}") for index, column in enumerate(columns)))
    chosen = chosen.select_from(source.table).where(source.table.c.id == sa.any_(ids)).order_by(source.table.c.id)
    if one.sealed_fields:  # read along, so that a change needs no round trip for it
        salts = sa.table("_record_key", sa.column("record"), sa.column("salt"), schema=unit.context.schema)
        chosen = chosen.add_columns(
            sa.select(salts.c.salt).where(salts.c.record == source.table.c.id).scalar_subquery().label("salt")
        )
    scope = unit.actor.predicate(one, "read", source.table)
    if scope is not None:
        chosen = chosen.where(scope)
    if lock:
        chosen = chosen.with_for_update(of=source.table)
    return Compiled(render(chosen), (), Shape(tuple(cells)))


async def show(
    unit: Unit, one: Object, record_id: UUID, fields: tuple[str, ...], *, deleted: bool | None
) -> dict[str, Any] | None:
    """One record as the actor may see it, formulas and roll-ups included, as the API answers it; None if not visible.
    deleted: None looks everywhere."""
    shape, statement = showing(unit, one, record_id, fields, deleted=deleted)
    row = await unit.connection.fetch_one(*statement)
    return shape.json(row) if row else None


def showing(
    unit: Unit, one: Object, record_id: UUID, fields: tuple[str, ...], *, deleted: bool | None
) -> tuple[Shape, Statement]:
    """The statement behind `show`, and how to read its row."""
    key = ("show", one.name, fields, deleted, unit.actor.fingerprint)
    compiled: Compiled = unit.context.statements.get(key, lambda: _compile_shown(unit, one, fields, deleted))
    params: dict[str, Any] = {**unit.actor.parameters(), "record_id": record_id}
    if compiled.params:
        context = context_of(unit.actor)
        for params_of, literals in compiled.params:
            params.update(params_of.values(literals or (), context))
    return compiled.shape, (compiled.sql, params)


def _compile_shown(unit: Unit, one: Object, fields: tuple[str, ...], deleted: bool | None) -> Compiled:
    statement = Collecting(unit.context.tables)
    source = Source(statement, FieldScope(unit.context.registry, one, unit.actor), statement.alias(one))
    cells, columns = readable_cells(source, one, fields)
    chosen = sa.select(*(column.label(f"c{index}") for index, column in enumerate(columns))).select_from(source.joined)
    chosen = chosen.where(source.table.c.id == sa.bindparam("record_id", type_=sa.Uuid()))
    if deleted is not None:
        chosen = chosen.where(
            source.table.c.deleted_at.is_not(None) if deleted else source.table.c.deleted_at.is_(None)
        )
    scope = unit.actor.predicate(one, "read", source.table)
    if scope is not None:
        chosen = chosen.where(scope)
    return Compiled(render(chosen), tuple(statement.params), Shape(tuple(cells)))
