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
from relata.engine.workspace import merges, removal, survivorship, verdicts, writes
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.holds import why_held
from relata.engine.workspace.record import Record
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: More than a person can compare on a screen.
MAX_MERGED = 50


async def merge(
    work: Workspace, target: Record, others: Sequence[Record], values: Mapping[str, Any],
    rules: Mapping[str, str] | None = None,
) -> Record:  # fmt: skip
    """`target` with the values of the others where its own are empty or a rule says so (see `survivorship`), and with
    `values` over all. Raises Invalid, Denied, Conflict. The others go to the bin, and answer with the target until the
    merge is taken back."""
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
    chosen = choices_of(target, others, values)
    merged = await merges.begin(work, target, others, chosen, rules or {})
    actor, work.unit.actor = work.unit.actor, merges.marked(work, merged)
    try:
        after = await _merge(work, target, others, values, rules or {})
    finally:
        work.unit.actor = actor
    await merges.conclude(work, merged)
    return after


async def _merge(
    work: Workspace, target: Record, others: Sequence[Record], values: Mapping[str, Any], rules: Mapping[str, str]
) -> Record:
    one, everything = target.object, work.as_system()
    known = await survivorship.provenance_of(work, (target, *others)) if rules else {}
    kept = survivorship.survivors(one, _apart((target, *others)), rules, known)
    for other in others:
        for relation in work.registry.relations[one.name].values():
            await _repoint(everything, relation, other.id, target.id)
    merged_into = {"merged_into": str(target.id)}
    for other in others:
        await removal.delete(everything, await everything.get(one.name, other.id), because_of=merged_into)
    # a consent that one of them withdrew stays withdrawn, whatever was chosen
    strict = survivorship.strict_values(one, (target, *others))
    ones = {record.id for record in (target, *others)}
    values = {name: value for name, value in values.items() if name not in strict and not _is_one(value, ones)}
    taken = {name: value for name, value in {**kept, **strict}.items() if name not in values}
    after = await everything.get(one.name, target.id)
    if taken:
        after = await writes.change(everything, after, taken, trusted=True, judged=False)
    if values:  # what was chosen is the person's own word, so their own rights on fields and links hold
        after = await writes.change(work, after, values, trusted=work.trusted, judged=False)
    await _judge(work, target, after)
    ids = [str(other.id) for other in others]
    await work.log(one.name, target.id, "merged", after={"merged": ids})
    return after


def _apart(records: Sequence[Record]) -> list[Record]:
    """The records without their links to each other, which would point at what is one by then."""
    ids = {record.id for record in records}
    found = []
    for record in records:
        values = dict(record.values)
        for name, field in record.object.link_fields.items():
            value = values.get(name)
            if isinstance(field, Links):
                values[name] = tuple(target for target in value or () if target not in ids)
            elif (value.id if isinstance(value, AnyTarget) else value) in ids:
                values[name] = None
        found.append(Record(record.object, record.id, values, record.salt))
    return found


def _is_one(value: Any, ids: set[UUID]) -> bool:
    return (
        (value.id if isinstance(value, AnyTarget) else value) in ids if isinstance(value, (UUID, AnyTarget)) else False
    )


def choices_of(target: Record, others: Sequence[Record], values: Mapping[str, Any]) -> dict[str, str]:
    """For each field that was chosen whose value it is, as ids: so it can be chosen again without keeping the value."""
    found = {}
    for name, value in values.items():
        source = next((record for record in (target, *others) if record.values.get(name) == value), None)
        if source is not None:
            found[name] = str(source.id)
    return found


async def _judge(work: Workspace, target: Record, after: Record) -> None:
    """The rules are asked of the whole that comes out, not of the two steps to it."""
    one = target.object
    names = [field.name for field in one.fields if field.stored or isinstance(field, Links)]
    different = {name: after[name] for name in names if after[name] != target[name]}
    if different:
        await verdicts.require_whole(work, Draft(one, target.id, target, different))


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
            # nobody is their own superior
            itself = row[0] == after and not field.required
            await work.change((relation.child, row[0]), {relation.field: None if itself else value})


async def _repoint_pairs(work: Workspace, relation: Relation, before: UUID, after: UUID) -> None:
    table = work.context.tables.pairs(relation.child, relation.field)
    rows = await work.unit.connection.fetch(
        f"select record from {quoted(work.context.schema)}.{quoted(table.name)} where target = %(before)s"
        " order by record",
        {"before": before},
    )
    for child in await work.get_many(relation.child, [row[0] for row in rows]):
        held = [target for target in child[relation.field] if target not in (before, after)]
        if child.id != after:
            held.append(after)
        await work.change(child, {relation.field: tuple(held)})
