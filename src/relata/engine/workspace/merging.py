"""Several records become one: values are taken over, everything that pointed at the others points at the one that
stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.formula import all_of
from relata.engine.formula.tree import Binary, Literal, Path
from relata.engine.metadata.fields import AnyTarget, Links
from relata.engine.metadata.registry import Relation
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.storage.planner import quoted
from relata.engine.workspace import removal, verdicts, writes
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.holds import why_held
from relata.engine.workspace.record import Record
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: More than a person can compare on a screen.
MAX_MERGED = 50


async def merge(work: Workspace, target: Record, others: Sequence[Record], values: Mapping[str, Any]) -> Record:
    """`target` with the values of the others where its own are empty, and with `values` over all. Raises Invalid,
    Denied,
    Conflict. The others go to the bin."""
    one = target.object
    if (
        not others
        or len(others) > MAX_MERGED
        or any(other.object.name != one.name or other.id == target.id for other in others)
    ):
        raise Invalid(
            _("Choose 1 to %(max_merged)s other %(nouns)s to merge.") % {"max_merged": MAX_MERGED, "nouns": one.nouns},
            code="merge_choice",
        )
    for record in (target, *others):
        if not await work.may(record, "change") or (record is not target and not await work.may(record, "delete")):
            raise Denied(_("You may not merge this %(noun)s.") % {"noun": one.noun}, code="denied_merge")
        held = await why_held(work.unit, record, ("deleted_at",))
        if held is not None:
            raise held
    everything = work.as_system()
    for other in others:
        for relation in work.registry.relations[one.name].values():
            await _repoint(everything, relation, other.id, target.id)
    merged_into = {"merged_into": str(target.id)}
    for other in others:
        await removal.delete(everything, await everything.get(one.name, other.id), because_of=merged_into)
    taken = {name: value for name, value in _missing(target, others).items() if name not in values}
    after = await everything.get(one.name, target.id)
    if taken:
        after = await writes.change(everything, after, taken, trusted=True, judged=False)
    if values:  # what was chosen is the person's own word, so their own rights on fields and links hold
        after = await writes.change(work, after, values, trusted=work.trusted, judged=False)
    await _judge(work, target, after)
    ids = [str(other.id) for other in others]
    await work.log(one.name, target.id, "merged", after={"merged": ids})
    return after


async def _judge(work: Workspace, target: Record, after: Record) -> None:
    """The rules are asked of the whole that comes out, not of the two steps to it."""
    one = target.object
    names = [field.name for field in one.fields if field.stored or isinstance(field, Links)]
    different = {name: after[name] for name in names if after[name] != target[name]}
    if different:
        await verdicts.require_whole(work, Draft(one, target.id, target, different))


def _missing(target: Record, others: Sequence[Record]) -> dict[str, Any]:
    """For each empty field of the target the first value that another one has; lists of links are joined."""
    found: dict[str, Any] = {}
    for field in target.object.fields:
        if field.system or field.type_name == "auto_number" or not (field.stored or isinstance(field, Links)):
            continue
        if field.sensitivity == "secret":  # bound to its record, and nobody could see which one was taken
            continue
        values = [record[field.name] for record in (target, *others) if record[field.name] not in (None, (), "")]
        if isinstance(field, Links) or field.type_name in ("emails", "phones", "web_addresses", "tags"):
            joined = tuple(dict.fromkeys(item for value in values for item in value))
            if joined != (target[field.name] or ()):
                found[field.name] = joined
        elif target[field.name] in (None, "") and values:
            found[field.name] = values[0]
    return found


async def _repoint(work: Workspace, relation: Relation, before: UUID, after: UUID) -> None:
    """Make the children of one record those of another, through the door: history, roll-ups and access follow."""
    if relation.kind == "links":
        await _repoint_pairs(work, relation, before, after)
        return
    parts = [Binary("=", Path((relation.field,)), Literal(str(before)))]
    value: Any = after
    if relation.kind == "any":
        parts.append(Binary("=", Path((relation.field, "object")), Literal(relation.parent)))
        value = AnyTarget(relation.parent, after)
    field = work.registry.get(relation.child).field(relation.field)
    if field is None or field.system:
        return
    while True:
        page = await work.query(Query(relation.child, all_of(parts), fields=("id",), limit=MAX_LIMIT))
        if not page.rows:
            return
        for row in page.rows:
            await work.change((relation.child, row[0]), {relation.field: value})


async def _repoint_pairs(work: Workspace, relation: Relation, before: UUID, after: UUID) -> None:
    table = work.context.tables.pairs(relation.child, relation.field)
    name = f"{quoted(work.context.schema)}.{quoted(table.name)}"
    params = {"before": before, "after": after}
    await work.unit.connection.execute(
        f"insert into {name} (record, target) select record, %(after)s from {name} where target = %(before)s"
        " on conflict do nothing",
        params,
    )
    await work.unit.connection.execute(f"delete from {name} where target = %(before)s", params)
