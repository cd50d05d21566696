"""Roll-ups stay exact: each write says what its parents gain and lose, and the sums are moved by differences.

`total = total + delta` in one statement is safe under concurrency without locking the parent first; parents are
written in the order of their ids, so that two transactions never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from relata.engine.formula import Checked, EvaluationContext, check, evaluate, parse
from relata.engine.metadata.fields import AnyLink, AnyTarget, Link, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry, Relation
from relata.engine.query.columns import Everything
from relata.engine.query.pages import context_of
from relata.engine.query.scope import FieldScope
from relata.engine.rules.own_values import OwnValues as OwnValues
from relata.engine.storage.database import Statement
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import rollup_table
from relata.engine.workspace.unit import Unit
from relata.foundation.money import Money

Deltas = dict[tuple[str, UUID, str], list[Any]]
#: A target, how many records more it has, and how much more.
_Sum = list[Any]
_NOTHING = Decimal(0)


def depending(registry: Registry, child: Object) -> list[tuple[Object, RollUp, Relation]]:
    """The stored roll-ups of other objects that count this object's records."""
    found = []
    for parent in registry.objects.values():
        for field in parent.fields:
            if isinstance(field, RollUp) and field.function in ("count", "sum", "average"):
                relation = registry.relations[parent.name].get(field.over)
                if relation is not None and relation.child == child.name and relation.kind in ("link", "any"):
                    found.append((parent, field, relation))
    return found


Pair = tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]


def note(unit: Unit, one: Object, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
    """Note the differences that a write makes. before, after: all values; None where the record does not count (new,
    deleted)."""
    note_many(unit, one, ((before, after),))


def note_many(unit: Unit, one: Object, pairs: Iterable[Pair]) -> None:
    """Note the differences that the writes of several records make; pairs: before and after, as for `note`."""
    registry = unit.context.registry
    affected = unit.context.statements.get(("rollups of", one.name), lambda: tuple(depending(registry, one)))
    if not affected:
        return
    context = context_of(unit.actor)
    counting = [(parent, field, relation, condition_of(unit, one, field)) for parent, field, relation in affected]
    # By the target's identity first: most records of many belong to the same few, and name the very same id.
    found: dict[tuple[int, int], _Sum] = {}
    for before, after in pairs:
        for values, sign in ((before, -1), (after, 1)):
            if values is None:
                continue
            for at, (_parent, field, relation, condition) in enumerate(counting):
                target = parent_of(one, relation, values) if values.get(relation.field) is not None else None
                if target is None or not (condition is None or evaluate(condition, OwnValues(one, values), context)):
                    continue
                amount = amount_of(field, values)
                if amount is not None:
                    known = found.setdefault((at, id(target)), [target, 0, _NOTHING])
                    known[1] += sign
                    known[2] += sign * amount if amount else amount
    for (at, _id), (target, count, total) in found.items():
        parent, field, _relation, _condition = counting[at]
        sums = unit.deltas.setdefault((parent.name, target, field.name), [0, _NOTHING])
        sums[0] += count
        sums[1] += total


def condition_of(unit: Unit, child: Object, field: RollUp) -> Checked | None:
    """The roll-up's filter, checked; None without one."""
    if not field.where:
        return None
    scope = FieldScope(unit.context.registry, child, Everything(unit.actor))
    found: Checked = unit.context.statements.get(
        ("rollup where", child.name, field.where), lambda: check(parse(field.where), scope)
    )
    return found


def parent_of(one: Object, relation: Relation, values: Mapping[str, Any]) -> UUID | None:
    """The record that these values count for."""
    field, value = one.field(relation.field), values.get(relation.field)
    if isinstance(field, AnyLink):
        return value.id if isinstance(value, AnyTarget) and value.object == relation.parent else None
    return value if isinstance(field, Link) else None


def amount_of(field: RollUp, values: Mapping[str, Any]) -> Decimal | None:
    """What this record adds to a sum; None when its value is empty (it then does not count for an average either)."""
    if field.function == "count":
        return _NOTHING
    value = values.get(field.field)
    if value is None:
        return None
    return value.amount if isinstance(value, Money) else Decimal(value)


async def flush(unit: Unit) -> None:
    """Write the noted differences."""
    for sql, params in pending(unit):
        await unit.connection.execute(sql, params)


def pending(unit: Unit) -> list[Statement]:
    """What writes the noted differences, which count as written from now on: one statement per parent object and
    roll-up,
    parents in the order of their ids."""
    by_column: dict[tuple[str, str], list[tuple[UUID, int, Decimal]]] = {}
    for (parent, record, field), (count, total) in unit.deltas.items():
        if count or total:
            by_column.setdefault((parent, field), []).append((record, count, total))
    unit.deltas.clear()
    statements: list[Statement] = []
    for (parent, field), rows in sorted(by_column.items()):
        rows.sort(key=lambda row: row[0])
        table = f"{quoted(unit.context.schema)}.{quoted(rollup_table(parent))}"
        count, total = quoted(f"{field}__count"), quoted(f"{field}__sum")
        sql = (
            f"insert into {table} as r (id, {count}, {total})"
            " select * from unnest(%(ids)s::uuid[], %(counts)s::bigint[], %(totals)s::numeric[])"
            f" on conflict (id) do update set {count} = coalesce(r.{count}, 0) + excluded.{count},"
            f" {total} = coalesce(r.{total}, 0) + excluded.{total}"
        )
        ids, counts, totals = zip(*rows, strict=True)
        statements.append((sql, {"ids": list(ids), "counts": list(counts), "totals": list(totals)}))
    return statements


def evaluated(checked: Checked, one: Object, values: Mapping[str, Any], context: EvaluationContext) -> Any:
    """An expression over a record's own values."""
    return evaluate(checked, OwnValues(one, values), context)
