"""Who else has these unique values: one question for many rows, before the constraint has to say no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.storage.copy_format import array_of
from relata.engine.storage.failures import taken_words
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import sql_type
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Problem

Key = tuple[Any, ...]


def unique_groups(one: Object) -> tuple[tuple[str, ...], ...]:
    """The fields, alone or together, whose values no two living records share."""
    return (*((field.name,) for field in one.fields if field.unique), *one.unique_together)


def keys_of(one: Object, group: tuple[str, ...], values: Mapping[str, Any]) -> Key | None:
    """The values that must be unique, as their columns hold them; None where one is empty, which never collides."""
    cells = []
    for name in group:
        value = values.get(name)
        if value is None:
            return None
        cells.append(one.all_fields[name].to_columns(value)[0])
    return tuple(cells)


async def holders(unit: Unit, one: Object, group: tuple[str, ...], keys: Iterable[Key]) -> dict[Key, UUID]:
    """The living records that have one of these keys, whoever may see them: the constraint does not ask either."""
    wanted = list(keys)
    if not wanted:
        return {}
    columns = [one.all_fields[name].columns()[0] for name in group]
    named = ", ".join(quoted(name) for name in group)
    arrays = ", ".join(f"%(k{index})s::{sql_type(column.type)}[]" for index, column in enumerate(columns))
    rows = await unit.connection.fetch(
        f"select {named}, id from {quoted(unit.context.schema)}.{quoted(one.name)}"
        f" where deleted_at is null and ({named}) in (select * from unnest({arrays}))",
        {f"k{index}": array_of(key[index] for key in wanted) for index in range(len(group))},
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def taken(group: tuple[str, ...]) -> Problem:
    """What the row is told; the same words as when the constraint finds it."""
    message, hint = taken_words(group)
    return Problem("not_unique", message, group[0], hint)
