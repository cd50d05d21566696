"""Records side by side before they become one, and which records may be the same thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.matching.alike import alike
from relata.engine.matching.pairing import told_apart
from relata.engine.metadata.fields import Field, Links
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate
from relata.engine.ui.facts import is_editable
from relata.engine.ui.listing import shows_title, text_of
from relata.engine.ui.related import belongs_to
from relata.engine.ui.values import Shown, shown, targets_of
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Records that stand side by side at most.
SIDE_BY_SIDE = 5
_LISTS = ("emails", "phones", "web_addresses", "tags", "links")


class Candidate(msgspec.Struct, frozen=True):
    """One of the records."""

    id: str
    title: str
    href: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A field in which they differ. values: one for each record. chosen: the position of the one that is offered first.
    joins: all of them together can be kept, which is then offered first (chosen is -1)."""

    name: str
    label: str
    values: tuple[Shown, ...]
    chosen: int
    joins: bool


class Moving(msgspec.Struct, frozen=True):
    """How many records of a kind will belong to the one that stays, as far as the reader sees them."""

    label: str
    count: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The first record is the one that stays."""

    records: tuple[Candidate, ...]
    lines: tuple[Line, ...]
    moving: tuple[Moving, ...]
    same: int


async def possible_duplicates(work: Workspace, record: Record) -> list[Candidate]:
    """Living records that may be the same thing as this one, the likeliest first: by what is kept for matching, and
    those that agree with it in all fields of one of its object's `match` groups; none that was told apart from it."""
    one, found = record.object, dict[UUID, None]()
    for each in await alike(work, one, record.values, but=[record.id], limit=SIDE_BY_SIDE):
        found[each.record] = None
    for group in one.match:
        fields = [one.field(name) for name in group]
        if any(field is None or not work.actor.readable(one, field) or not field.columns() for field in fields):
            continue
        key = key_of(one, group, record.values)
        if key is None:
            continue
        is_text = len(group) == 1 and isinstance(key[0], str)
        for ids in (await work.match(one.name, group, [key], ignore_case=is_text)).values():
            found.update(dict.fromkeys(ids))
    found.pop(record.id, None)
    apart = await told_apart(work, record.id) if found else set()
    ids = [key for key in found if key not in apart][:SIDE_BY_SIDE]
    titles = await titles_of(work.unit, {one.name: set(ids)})
    return [
        Candidate(str(key), titles[one.name, key] or _("Untitled"), f"/{one.path}/{key}")
        for key in ids
        if (one.name, key) in titles
    ]


async def compare(work: Workspace, one: Object, ids: Sequence[UUID]) -> Comparison:
    """What merging `ids` into the first of them has to decide. NotFound for one that is not visible; Invalid for fewer
    than two or more than a screen shows."""
    unique = list(dict.fromkeys(ids))
    if not 2 <= len(unique) <= SIDE_BY_SIDE:
        raise Invalid(
            _("Choose 2 to %(side_by_side)s %(nouns)s to merge.") % {"side_by_side": SIDE_BY_SIDE, "nouns": one.nouns},
            code="merge_choice",
        )
    records = [await work.get(one.name, key) for key in unique]
    fields = [field for field in one.fields if not field.hidden and _is_comparable(work, one, field)]
    pairs = ((field, record[field.name]) for field in fields for record in records)
    titles = await titles_of(work.unit, targets_of(pairs))
    lines, same = [], 0
    for field in fields:
        values = [record[field.name] for record in records]
        if all(value == values[0] for value in values):
            same += values[0] not in (None, (), "")
            continue
        joins = isinstance(field, Links) or field.type_name in _LISTS
        first = next(at for at, value in enumerate(values) if value not in (None, (), ""))
        views = tuple(shown(work.registry, field, value, titles) for value in values)
        lines.append(Line(name=field.name, label=field.title, values=views, chosen=-1 if joins else first, joins=joins))
    return Comparison(
        records=tuple(_candidate(work, one, record) for record in records),
        lines=tuple(lines), moving=await _moving(work, one, unique[1:]), same=same,
    )  # fmt: skip


def _is_comparable(work: Workspace, one: Object, field: Field) -> bool:
    return work.actor.readable(one, field) and is_editable(work, one, field)


def _candidate(work: Workspace, one: Object, record: Record) -> Candidate:
    title = text_of(one.all_fields[one.title_field], record[one.title_field]) if shows_title(work, one) else ""
    return Candidate(str(record.id), title or _("Untitled"), f"/{one.path}/{record.id}")


async def _moving(work: Workspace, one: Object, others: Sequence[UUID]) -> tuple[Moving, ...]:
    found = []
    for relation in work.registry.relations[one.name].values():
        child = work.registry.get(relation.child)
        field = child.field(relation.field)
        if field is None or field.system or not work.actor.rights.level(child, "read"):
            continue
        if not work.actor.readable(child, field):
            continue
        count = 0
        for other in others:
            rows = (await work.aggregate(Aggregate(child.name, where=belongs_to(relation, other)))).rows
            count += int(rows[0]["count"])
        if count:
            found.append(Moving(relation.title, count))
    return tuple(found)


async def merge(work: Workspace, one: Object, ids: Sequence[UUID], choices: Mapping[str, str]) -> Record:
    """Merge into the first. choices: by field the id of the record whose value stays; a field that is not named is
    filled or joined as the engine does. Ids beside those that were compared are refused as Invalid."""
    return await merge_by(work, one, ids, choices, {})


async def merge_by(
    work: Workspace, one: Object, ids: Sequence[UUID], choices: Mapping[str, str], rules: Mapping[str, str]
) -> Record:
    """Like `merge`. rules: by field whose value stays where none was chosen (see `survivorship.RULES`); Invalid for a
    rule that does not fit, or for a field that the actor may not read and change."""
    unique = list(dict.fromkeys(ids))
    if len(unique) < 2:
        raise Invalid(
            _("Choose 2 to %(side_by_side)s %(nouns)s to merge.") % {"side_by_side": SIDE_BY_SIDE, "nouns": one.nouns},
            code="merge_choice",
        )
    records = {str(key): await work.get(one.name, key) for key in unique}
    values: dict[str, Any] = {}
    for name, key in choices.items():
        field = one.field(name)
        if field is None or not _is_comparable(work, one, field) or key not in records:
            raise Invalid(_("A choice does not belong to these records."), code="merge_choice", hint=_("Start again."))
        values[name] = records[key][name]
    for name in rules:
        field = one.field(name)
        if field is None or not _is_comparable(work, one, field):
            message = _("There is no such rule for %(field)s.") % {"field": name[:60]}
            raise Invalid(message, code="merge_rule", field=name)
    return await work.merge(records[str(unique[0])], unique[1:], values, rules=rules)
