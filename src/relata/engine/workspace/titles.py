"""The words that stand for linked records, for many at once: one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.query.select import render
from relata.engine.workspace.unit import Unit

Titles = dict[tuple[str, UUID], str]


async def titles_of(unit: Unit, wanted: Mapping[str, Iterable[UUID]]) -> Titles:
    """Titles by object and id. What the actor may not see has none; what lies in the bin keeps its own."""
    known = {name: list(set(ids)) for name, ids in wanted.items() if name in unit.context.registry.objects}
    known = {
        name: ids
        for name, ids in known.items()
        if ids and unit.actor.rights.level(unit.context.registry.get(name), "read")
    }
    if not known:
        return {}
    names = tuple(sorted(known))
    sql = unit.context.statements.get(("titles", names, unit.actor.fingerprint), lambda: _sql(unit, names))
    params: dict[str, Any] = {f"ids_{name}": known[name] for name in names}
    rows = await unit.connection.fetch(sql, {**unit.actor.parameters(), **params})
    return {(row[0], row[1]): row[2] or "" for row in rows}


def _sql(unit: Unit, names: tuple[str, ...]) -> str:
    parts = []
    for name in names:
        one = unit.context.registry.get(name)
        table = unit.context.tables.of(one)
        field = one.all_fields[one.title_field]
        shown = unit.actor.readable(one, field) and field.stored
        title = sa.cast(table.c[field.columns()[0].name(field.name)], sa.Text()) if shown else sa.literal_column("''")
        ids = sa.cast(sa.bindparam(f"ids_{name}", type_=ARRAY(sa.Uuid())), ARRAY(sa.Uuid()))
        chosen = sa.select(sa.literal_column(f"'{name}'"), table.c.id, title).where(table.c.id == sa.any_(ids))
        scope = unit.actor.predicate(one, "read", table)
        parts.append(chosen if scope is None else chosen.where(scope))
    return render(sa.union_all(*parts) if len(parts) > 1 else parts[0])
