"""Which of several lists have anything in them: one statement for all, before each that has is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from relata.engine.formula import Checked, Node, Params
from relata.engine.query.columns import Source, Statement
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, context_of
from relata.engine.query.reader import Reader
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import base_conditions, render
from relata.engine.storage.database import Connection

#: An object's name and what its records must fulfil.
List = tuple[str, Node]


@dataclass(frozen=True, slots=True)
class _Asked:
    """params: how to fill those of expressions; the number says whose own literals an entry without some takes."""

    sql: str
    params: tuple[tuple[Params, tuple[object, ...] | None, int], ...]


async def present(connection: Connection, ground: Ground, reader: Reader, lists: Sequence[List]) -> list[bool]:
    """For each list whether the reader sees a living record in it."""
    if not lists:
        return []
    checked = [check_where(ground, name, where, reader) for name, where in lists]
    key = (
        "present",
        reader.fingerprint,
        *((name, one.root if one else None) for (name, _), one in zip(lists, checked, strict=True)),
    )
    asked: _Asked = ground.cache.get(key, lambda: _compile(ground, reader, lists, checked))
    values, context = reader.parameters(), context_of(reader)
    for params, literals, at in asked.params:
        one = checked[at]
        values.update(params.values(literals if literals is not None else one.literals if one else (), context))
    row = await connection.fetch_one(asked.sql, values)
    assert row is not None
    return list(row)


def _compile(ground: Ground, reader: Reader, lists: Sequence[List], checked: Sequence[Checked | None]) -> _Asked:
    statement = Statement(ground.tables)
    columns: list[sa.ColumnElement[Any]] = []
    owners: list[int] = []
    for at, ((name, _), where) in enumerate(zip(lists, checked, strict=True)):
        one = ground.registry.get(name)
        source = Source(statement, FieldScope(ground.registry, one, reader), statement.alias(one))
        conditions = base_conditions(source, where, statement, deleted=False)
        found: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(source.joined).where(*conditions)
        columns.append(found.exists().label(f"c{at}"))
        owners.extend([at] * (len(statement.params) - len(owners)))
    params = tuple((own, literals, at) for (own, literals), at in zip(statement.params, owners, strict=True))
    return _Asked(render(sa.select(*columns)), params)
