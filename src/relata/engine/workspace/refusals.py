"""When a guarded statement touched no row: a second query that says why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from relata.engine.query.select import render
from relata.engine.storage.planner import quoted
from relata.engine.workspace.holds import why_held
from relata.engine.workspace.record import Record
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Conflict, Denied, NotFound, Problem, RelataError
from relata.foundation.i18n import gettext as _


async def why_not_written(unit: Unit, before: Record, right: str, names: Collection[str] = ()) -> RelataError:
    """Gone, held, in the bin, changed meanwhile, or not allowed."""
    one = before.object
    table = unit.context.tables.of(one)
    chosen = sa.select(table.c.version, table.c.deleted_at).where(
        table.c.id == sa.bindparam("record_id", type_=sa.Uuid())
    )
    scope = unit.actor.predicate(one, "read", table)
    sql = render(chosen if scope is None else chosen.where(scope))
    row = await unit.connection.fetch_one(sql, {**unit.actor.parameters(), "record_id": before.id})
    if row is None:
        return not_found(before)
    held = await why_held(unit, before, names)
    if held is not None:
        return held
    if (row[1] is not None) != before.is_deleted:
        return Conflict(
            _("This %(noun)s was deleted or restored meanwhile.") % {"noun": one.noun},
            code="deleted",
            hint=_("Reload it."),
        )
    if row[0] != before.version:
        return await changed_meanwhile(unit, before, row[0], ())
    verb = "delete" if right == "delete" else "change"
    message = (
        _("You may see this %(noun)s, but not delete it.")
        if verb == "delete"
        else _("You may see this %(noun)s, but not change it.")
    )
    return Denied(message % {"noun": one.noun}, code=f"denied_{verb}")


def not_found(before: Record) -> NotFound:
    """The answer for a record that is not there or hidden."""
    return NotFound(
        _("This %(noun)s does not exist.") % {"noun": before.object.noun}, hint=_("It may have been deleted.")
    )


async def may_change(unit: Unit, before: Record) -> bool:
    """Whether the change right covers the record."""
    table = unit.context.tables.of(before.object)
    scope = unit.actor.predicate(before.object, "change", table)
    if scope is None:
        return True
    chosen: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        table.c.id == sa.bindparam("record_id", type_=sa.Uuid()), scope
    )
    sql = unit.context.statements.get(
        ("may change", before.object.name, unit.actor.fingerprint), lambda: render(chosen)
    )
    return await unit.connection.fetch_one(sql, {**unit.actor.parameters(), "record_id": before.id}) is not None


async def changed_meanwhile(unit: Unit, before: Record, now: int, asked: Iterable[str]) -> Conflict:
    """A conflict that names the fields that others changed; those that were asked for come first."""
    rows = await unit.connection.fetch(
        f"select c.after, u.name from {quoted(unit.context.schema)}._change c"
        f' left join {quoted(unit.context.schema)}."user" u'
        " on u.id = c.actor where c.record = %s and c.action = 'changed' order by c.id desc limit 5",
        (before.id,),
    )
    changed: dict[str, Any] = {}
    for after, who in rows:
        for name in after or {}:
            changed.setdefault(name, who)
    wanted = set(asked)
    problems = []
    for name in sorted(changed, key=lambda found: (found not in wanted, found)):
        field = before.object.field(name)
        if field is not None and unit.actor.readable(before.object, field):
            who = changed[name] or _("someone else")
            message = _("%(field)s was changed by %(who)s meanwhile.") % {"field": field.title, "who": who}
            problems.append(Problem("changed_meanwhile", message, name, _("Reload, then decide.")))
    return Conflict(
        _("This %(noun)s was changed meanwhile.") % {"noun": before.object.noun}, code="changed_meanwhile",
        hint=_("Load it again and repeat your change."), problems=problems[:20],
    )  # fmt: skip
