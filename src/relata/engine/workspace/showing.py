"""A record that was just written, as it may be shown: from what is in memory where that is the whole truth."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Field, RollUp
from relata.engine.metadata.object import Object
from relata.engine.query.result import MASK
from relata.engine.workspace.record import Record
from relata.engine.workspace.unit import Unit

#: Name and field of everything that is shown, and whether only that there is a value.
Shown = tuple[tuple[str, Field, bool], ...]


def shown_from_memory(unit: Unit, record: Record, *, is_new: bool = False) -> dict[str, Any] | None:
    """The same as `Workspace.show`, without a statement. None where only the database knows: formulas, JSON (which it
    normalises), roll-ups but of a new record, or a record that the actor may have given away."""
    one, actor = record.object, unit.actor
    key = ("shown", one.name, is_new, actor.fingerprint)
    fields: tuple[Shown | None] = unit.context.statements.get(key, lambda: (_fields(unit, one, is_new=is_new),))
    if fields[0] is None or not actor.reaches(one, "read", record["owner"], record["team"]):
        return None
    values: dict[str, Any] = {"id": record.id}
    for name, field, masked in fields[0]:
        if isinstance(field, RollUp):
            values[name] = _without_children(field)
            continue
        value = record[name]
        values[name] = (MASK if value is not None else None) if masked else field.to_json(value)
    return values


def _fields(unit: Unit, one: Object, *, is_new: bool) -> Shown | None:
    """What is shown of each record; None if some of it has to be asked for."""
    asked_for = ("formula", "json") if is_new else ("formula", "json", "roll_up")
    found = []
    for name, field in one.all_fields.items():
        masked = unit.actor.masked(one, field)
        if not masked and not unit.actor.readable(one, field):
            continue
        if field.type_name in asked_for:
            return None
        if not masked or field.columns():
            found.append((name, field, masked))
    return tuple(found)


def _without_children(field: RollUp) -> int | None:
    return 0 if field.function in ("count", "sum") else None
