"""Every id in a write is checked for this actor's right on that record, of the right kind: one statement for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.metadata.fields import AnyLink, AnyTarget, Field, Link, Links
from relata.engine.metadata.object import Object
from relata.engine.query.select import render
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Problem
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Target:
    """What a child needs to know of a linked record to inherit access from it."""

    owner: UUID | None
    team: UUID | None
    readers: tuple[int, ...]


Targets = dict[tuple[str, UUID], Target]


def access_parent(one: Object, values: Mapping[str, Any]) -> tuple[str, UUID] | None:
    """The object and id of the record from which one with these values inherits access."""
    value = values.get(one.access_parent) if one.access_parent else None
    if value is None:
        return None
    if isinstance(value, AnyTarget):
        return (value.object, value.id)
    return (one.all_fields[one.access_parent].to, value)  # type: ignore[attr-defined]


def targets_in(one: Object, values: Mapping[str, Any]) -> dict[str, set[UUID]]:
    """The ids in these values, by target object."""
    return targets_of_all(one, (values,))


def targets_of_all(one: Object, records: Iterable[Mapping[str, Any]]) -> dict[str, set[UUID]]:
    """The same for many records. Most link to the same few, and hold the very same ids."""
    different: dict[tuple[str, int], tuple[Link | Links | AnyLink, Any]] = {}
    for values in records:
        for name, field in one.link_fields.items():
            value = values.get(name)
            if value is not None and (name, id(value)) not in different:
                different[name, id(value)] = field, value
    found: dict[str, set[UUID]] = {}
    for field, value in different.values():
        for object_name, target in _targets(field, value):
            found.setdefault(object_name, set()).add(target)
    return found


def _targets(field: Field, value: Any) -> Iterable[tuple[str, UUID]]:
    if isinstance(field, Link):
        return ((field.to, value),)
    if isinstance(field, Links):
        return ((field.to, target) for target in value)
    if isinstance(field, AnyLink) and isinstance(value, AnyTarget):
        return ((value.object, value.id),)
    return ()


async def load_targets(unit: Unit, wanted: Mapping[str, set[UUID]]) -> Targets:
    """The living records among `wanted` that the actor may see. That the actor is there, needs no statement: mostly
    they own what they make, and link to nothing else."""
    known = {name: ids for name, ids in wanted.items() if name in unit.context.registry.objects and ids}
    me = unit.actor.user
    if me is not None and known == {"user": {me}}:
        return {("user", me): Target(None, None, ())}
    if not known:
        return {}
    names = tuple(sorted(known))
    sql = unit.context.statements.get(("targets", names, unit.actor.fingerprint), lambda: _sql(unit, names))
    params: dict[str, Any] = {f"ids_{name}": list(known[name]) for name in names}
    rows = await unit.connection.fetch(sql, {**unit.actor.parameters(), **params})
    return {(row[0], row[1]): Target(row[2], row[3], tuple(row[4])) for row in rows}


def _sql(unit: Unit, names: tuple[str, ...]) -> str:
    parts = []
    for name in names:
        one = unit.context.registry.get(name)
        table = unit.context.tables.of(one)
        ids = sa.cast(sa.bindparam(f"ids_{name}", type_=ARRAY(sa.Uuid())), ARRAY(sa.Uuid()))
        chosen = sa.select(
            sa.literal_column(f"'{name}'"), table.c.id, table.c.owner, table.c.team, table.c.readers
        ).where(table.c.id == sa.any_(ids), table.c.deleted_at.is_(None))
        scope = unit.actor.predicate(one, "read", table)
        parts.append(chosen if scope is None else chosen.where(scope))
    return render(sa.union_all(*parts) if len(parts) > 1 else parts[0])


def check_targets(one: Object, values: Mapping[str, Any], found: Targets) -> list[Problem]:
    """A problem for each link to something that is not there, or hidden, which must look the same."""
    problems: list[Problem] = []
    for name, field in one.link_fields.items():
        value = values.get(name)
        if value is None:
            continue
        if any(target not in found for target in _targets(field, value)):
            problems.append(
                Problem(
                    "invalid_link",
                    _("%(field)s: there is no such record.") % {"field": field.title},
                    name,
                    _("Choose an existing record."),
                )
            )
    return problems
