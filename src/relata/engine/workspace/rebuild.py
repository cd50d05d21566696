"""Counting a roll-up anew, when it was added or its definition changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from relata.engine.formula import BOOLEAN, check, parse
from relata.engine.metadata.fields import AnyLink, MoneyField, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.columns import Everything, Source, Statement
from relata.engine.query.pages import context_of
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import base_conditions, render
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables, rollup_table

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def rebuild_once(work: Workspace, what: str, parent: str, names: Sequence[str]) -> None:
    """Count built-in roll-ups anew whose declaration has changed. what: a name for the change; a second time does
    nothing."""
    first = await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._done (what) values (%s) on conflict do nothing", (what,)
    )
    one = work.registry.get(parent)
    for name in names if first else ():
        field = one.all_fields[name]
        assert isinstance(field, RollUp)
        await rebuild_roll_up(work, work.registry, one, field)


async def rebuild_roll_up(work: Workspace, registry: Registry, parent: Object, field: RollUp) -> None:
    """Count every parent's children. Writers of the child wait meanwhile, so that no difference is lost: whoever writes
    after it sees the new definition (each write checks the registry's version)."""
    if field.function in ("min", "max"):
        return
    relation = registry.relations[parent.name][field.over]
    child = registry.get(relation.child)
    tables = Tables(registry, work.context.schema)
    statement = Statement(tables)
    scope = FieldScope(registry, child, Everything(work.actor))
    source = Source(statement, scope, statement.alias(child))
    checked = check(parse(field.where), scope, expect=BOOLEAN) if field.where else None
    link = source.table.c[relation.field]
    conditions = [*base_conditions(source, checked, statement, deleted=False), link.is_not(None)]
    if isinstance(child.field(relation.field), AnyLink):
        conditions.append(source.table.c[f"{relation.field}__object"] == sa.literal_column(f"'{parent.name}'"))
    amount = _amount(source, child, field)
    if amount is not None:
        conditions.append(amount.is_not(None))
    total = sa.func.sum(amount) if amount is not None else sa.literal_column("0")
    counted = sa.select(link, sa.func.count(), total).where(*conditions).group_by(link)
    params: dict[str, Any] = {}
    for params_of, literals in statement.params:
        own = literals if literals is not None else (checked.literals if checked else ())
        params.update(params_of.values(own, context_of(work.actor)))
    space, count, total_name = quoted(work.context.schema), quoted(f"{field.name}__count"), quoted(f"{field.name}__sum")
    side = f"{space}.{quoted(rollup_table(parent.name))}"
    await work.unit.connection.execute(f"lock table {space}.{quoted(child.name)} in share mode")
    await work.unit.connection.execute(f"update {side} set {count} = null, {total_name} = null")
    await work.unit.connection.execute(
        f"insert into {side} (id, {count}, {total_name}) {render(counted)} on conflict (id) do update"
        f" set {count} = excluded.{count}, {total_name} = excluded.{total_name}",
        params,
    )


def _amount(source: Source, child: Object, field: RollUp) -> sa.ColumnElement[Any] | None:
    target = child.field(field.field) if field.function != "count" else None
    if target is None:
        return None
    column = source.table.c[target.columns()[0].name(target.name)]
    return column if isinstance(target, MoneyField) or target.columns()[0].kind == "number" else None
