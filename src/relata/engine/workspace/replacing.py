"""Which values of a choice or link are used, and putting another one in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from relata.engine.formula import Binary, Literal, Node, Path
from relata.engine.metadata.fields import Choice, Field, Link, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Conflict, Invalid, LimitReached, NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: Records that one request rewrites; more of them are for a bulk change, which shows its progress.
MOST = 5000
_CHUNK = 500
Replaceable = Choice | MultiChoice | Link


def replaceable(one: Object, name: str) -> Replaceable:
    """The field, if its values can be replaced by others; NotFound for none, Invalid for another kind."""
    field = one.field(name)
    if field is None or field.system:
        raise NotFound(_("There is no such field."), code="unknown_field")
    if not isinstance(field, (Choice, MultiChoice, Link)):
        raise Invalid(_("Only choices and links have values to replace."), code="definition")
    return field


async def counts_of(work: Workspace, one: Object, field: Field) -> dict[str, int]:
    """How many living records have each value of a choice or link. Needs manage_objects, and counts everybody's."""
    require(work, "manage_objects")
    table = f"{quoted(work.context.schema)}.{quoted(one.name)}"
    value = f"unnest({quoted(field.name)})" if isinstance(field, MultiChoice) else quoted(field.name)
    rows = await work.unit.connection.fetch(
        f"select value::text, count(*) from (select {value} as value from {table} where deleted_at is null) as found"
        " where value is not null group by value"
    )
    return {value: int(count) for value, count in rows}


async def replace_value(work: Workspace, one: Object, field: Replaceable, old: Any, new: Any) -> int:
    """`new` in place of `old` on every living record, with history; how many. Needs manage_objects, and the right to
    change each of them: Conflict says why one could not be changed, and then none is."""
    require(work, "manage_objects")
    if old == new:
        raise Invalid(_("Choose another value to replace it."), code="invalid_value", field="replace")
    used = (await counts_of(work, one, field)).get(str(old), 0)
    if used > MOST:
        message = _("%(count)s records have this value, more than can be changed at once.") % {"count": used}
        raise LimitReached(message, hint=_("Change them in the list first, in parts."))
    changed, last = 0, None
    while True:
        found = await work.query(Query(one.name, _has(field, old), fields=("id", field.name), limit=_CHUNK))
        rows = found.values()
        if not rows or rows[0]["id"] == last:
            break
        last = rows[0]["id"]
        changes = [(row["id"], {field.name: _replaced(row[field.name], old, new, field)}) for row in rows]
        for outcome in await work.change_many(one.name, changes):
            if outcome.problems:
                problem = outcome.problems[0]
                raise Conflict(
                    _("A record could not be changed: %(problem)s") % {"problem": problem.message},
                    code="in_use", hint=problem.hint, field="replace",
                )  # fmt: skip
            changed += 1
    if changed < used:
        message = _("%(count)s records have this value that you may not change.") % {"count": used - changed}
        raise Conflict(message, code="in_use", field="replace", hint=_("Ask whoever may change them."))
    return changed


def _has(field: Replaceable, value: Any) -> Node:
    if isinstance(field, MultiChoice):
        return Binary("contains", Path((field.name,)), Literal(str(value)))
    return Binary("=", Path((field.name,)), Literal(str(value)))


def _replaced(held: Any, old: Any, new: Any, field: Replaceable) -> Any:
    if not isinstance(field, MultiChoice):
        return new
    return list(dict.fromkeys(new if each == old else each for each in held))
