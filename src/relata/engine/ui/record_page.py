"""A record's page: who is this, how are things, what belongs to it, what happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Literal, Path, all_of
from relata.engine.formula import Node as Expression
from relata.engine.metadata.fields import AnyLink, Field, Link
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.presence import present
from relata.engine.query.request import Query
from relata.engine.query.scope import FieldScope
from relata.engine.ui.conditions import holds
from relata.engine.ui.listing import Listing, ListState, Wanted, listings, text_of
from relata.engine.ui.origins import origins_of
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound

#: Related lists show this many rows; the rest is one click away.
RELATED_ROWS = 6
#: Key facts in the header; more of them answer nothing at a glance.
KEY_FACTS = 6
#: What every record has; shown in a section of its own unless the layout places it.
_ABOUT_RECORD = ("owner", "team", "created_at", "created_by", "changed_at", "changed_by")


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One field with its value. editable: whether this person may change it here. note: a quiet line below
    the value. origin: who set the value, when and through what."""

    name: str
    label: str
    kind: str
    value: Any
    help: str = ""
    editable: bool = False
    note: str = ""
    origin: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A section of the page."""

    title: str
    facts: tuple[Fact, ...]
    columns: int = 1


class RelatedList(msgspec.Struct, frozen=True, kw_only=True):
    """Children of the record. more: whether there are others beyond the shown rows. link: the child's field, given:
    what the form of a new child is given for it."""

    name: str
    label: str
    listing: Listing
    more: bool
    can_add: bool
    link: str
    given: str


class ActionOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An action that is possible now."""

    name: str
    label: str
    icon: str
    help: str
    needs_input: bool


class RecordPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows but the timeline. record: what the page is about, with every stored value."""

    object: Object
    record: Record
    id: str
    title: str
    version: int
    deleted: bool
    highlights: tuple[Fact, ...]
    sections: tuple[Facts, ...]
    related: tuple[RelatedList, ...]
    actions: tuple[ActionOffer, ...]
    may_change: bool
    may_delete: bool


async def record_page(work: Workspace, one: Object, record_id: UUID) -> RecordPage:
    """The page of one record, living or in the bin. NotFound where it is not visible."""
    record = await work.get(one.name, record_id, deleted=None)
    values, types = await _visible_values(work, one, record)
    titles = await titles_of(work.unit, targets_of((one.field(name), value) for name, value in values.items()))
    may_change = not record.is_deleted and await work.may(record, "change")
    origins = await origins_of(work, record)

    def fact(name: str) -> Fact:
        field = one.all_fields[name]
        value = shown(work.registry, field, values[name], titles, types.get(name, ""))
        editable = may_change and is_editable(work, one, field)
        return Fact(
            name=name, label=field.title, kind=value.kind, value=value.value, help=field.help, editable=editable,
            origin=origins.get(name, ""),
        )  # fmt: skip

    layout = work.layout(one.name)
    return RecordPage(
        object=one,
        record=record,
        id=str(record_id),
        title=text_of(one.all_fields[one.title_field], values.get(one.title_field)) or "Untitled",
        version=record.version,
        deleted=record.is_deleted,
        highlights=tuple(first_only(fact(name)) for name in layout.highlights if name in values)[:KEY_FACTS],
        sections=tuple(_sections(work, one, record, layout, values, fact)),
        related=await _related(work, one, record),
        actions=tuple(_offers(work, one, record)) if not record.is_deleted else (),
        may_change=may_change,
        may_delete=not record.is_deleted and await work.may(record, "delete"),
    )


def first_only(fact: Fact) -> Fact:
    """A key fact shows the main one of several e-mails, phones or addresses."""
    if fact.kind not in ("emails", "phones", "urls") or not fact.value:
        return fact
    return msgspec.structs.replace(fact, kind=fact.kind[:-1], value=fact.value[0].value)


async def one_fact(work: Workspace, one: Object, record: Record, name: str) -> Fact:
    """One field of the page, for inline edit. NotFound for a field that is not there or hidden."""
    values, types = await _visible_values(work, one, record)
    if name not in values:
        raise NotFound(f"There is no field {name[:60]}.", code="unknown_field")
    field = one.all_fields[name]
    titles = await titles_of(work.unit, targets_of([(field, values[name])]))
    value = shown(work.registry, field, values[name], titles, types.get(name, ""))
    editable = is_editable(work, one, field) and await work.may(record, "change")
    return Fact(name=name, label=field.title, kind=value.kind, value=value.value, help=field.help, editable=editable)


async def _visible_values(work: Workspace, one: Object, record: Record) -> tuple[dict[str, Any], dict[str, str]]:
    """Python values of everything that may be read, and what formulas give."""
    scope = FieldScope(work.registry, one, work.actor)
    condition = Binary("=", Path(("id",)), Literal(str(record.id)))
    rows = (await work.query(Query(one.name, condition, limit=1, deleted=record.is_deleted))).values()
    if not rows:
        raise NotFound(f"This {one.title.lower()} does not exist.", hint="It may have been deleted.")
    values = {name: value for name, value in rows[0].items() if name != "id"}
    types = {name: str(scope.find((name,)).type.kind) for name in values if one.all_fields[name].type_name == "formula"}
    return values, types


def is_editable(work: Workspace, one: Object, field: Field) -> bool:
    """Whether this person may write the field in a form. Files are dropped onto the record; JSON is for programs."""
    writable = (field.stored or field.type_name == "links") and field.type_name not in ("file", "json")
    return (
        writable
        and not field.system
        and not field.read_only
        and field.type_name != "auto_number"
        and work.actor.rights.writable(one, field)
    )


def _sections(
    work: Workspace, one: Object, record: Record, layout: Layout, values: dict[str, Any], fact: Any
) -> list[Facts]:
    """The layout's sections whose condition holds; what no section names comes last, so that a new field is never
    lost."""
    named = layout.named_fields
    found = [one_section for one_section in _declared(layout) if _holds(work, one, record, one_section.visible)]
    rest = tuple(field.name for field in one.fields if field.name not in named and not field.hidden)
    if rest and layout.rest:
        found.append(Section("More" if named else "Details", rest))
    own = tuple(name for name in _ABOUT_RECORD if name not in named)
    found.append(Section("Record", own))
    sections = []
    for section in found:
        names = (name for name in section.fields if name in values and _is_visible(work, one, record, name))
        facts = tuple(fact(name) for name in names)
        if facts:
            sections.append(Facts(title=section.title, facts=facts, columns=section.columns))
    return sections


def _declared(layout: Layout) -> list[Section]:
    """The layout's own sections, then those of its tabs, which show on the condition of the tab, too."""
    found = list(layout.sections)
    for tab in layout.tabs:
        for section in tab.sections:
            both = " and ".join(f"({condition})" for condition in (tab.visible, section.visible) if condition)
            found.append(msgspec.structs.replace(section, visible=both))
    return found


def _holds(work: Workspace, one: Object, record: Record, condition: str) -> bool:
    return not condition or holds(work, one, record, condition)


def _is_visible(work: Workspace, one: Object, record: Record, name: str) -> bool:
    field = one.all_fields[name]
    return not field.hidden and (not field.visible or holds(work, one, record, field.visible))


async def _related(work: Workspace, one: Object, record: Record) -> tuple[RelatedList, ...]:
    """Most related lists of most records are empty: one statement says which, and only the others are read."""
    relations = related_lists(work, one)
    asked = [(relation.child, belongs_to(relation, record.id)) for relation in relations]
    filled = await present(work.unit.connection, work.context.ground, work.actor, asked)
    wanted = []
    for relation, (name, condition), is_filled in zip(relations, asked, filled, strict=True):
        child = work.registry.get(name)
        columns = _short(work, child, relation)
        wanted.append(
            Wanted(child, ListState(limit=RELATED_ROWS), condition, columns, is_empty=not is_filled, few=True)
        )
    found = await listings(work, wanted)
    return tuple(_related_list(work, one, record, *each) for each in zip(relations, found, strict=True))


def _related_list(work: Workspace, one: Object, record: Record, relation: Relation, found: Listing) -> RelatedList:
    field = found.object.field(relation.field)
    can_add = (
        bool(work.actor.rights.level(found.object, "create"))
        and isinstance(field, (Link, AnyLink))
        and not record.is_deleted
    )
    return RelatedList(
        name=relation.name,
        label=relation.label,
        listing=found,
        more=bool(found.next),
        can_add=can_add,
        link=relation.field,
        given=str(record.id) if isinstance(field, Link) else f"{one.name}:{record.id}",
    )


def related_lists(work: Workspace, one: Object) -> list[Relation]:
    """The related lists that the page shows: those of the layout, else all but the engine's own, of readable
    objects."""
    relations = work.registry.relations[one.name]
    layout = work.layout(one.name)
    of_tabs = tuple(name for tab in layout.tabs for name in tab.related)
    others = tuple(name for name, found in relations.items() if name not in of_tabs and not _is_system(work, found))
    own = () if layout.no_related else layout.related or others
    names = dict.fromkeys((*own, *of_tabs))
    return [
        relations[name]
        for name in names
        if name in relations and work.actor.rights.level(work.registry.get(relations[name].child), "read")
    ]


def _is_system(work: Workspace, relation: Relation) -> bool:
    field = work.registry.get(relation.child).field(relation.field)
    return field is None or field.system or field.name in ("owner", "team")


def belongs_to(relation: Relation, record: UUID) -> Expression:
    """The condition that a child belongs to a record."""
    is_it = Binary("=", Path((relation.field,)), Literal(str(record)))
    if relation.kind == "any":
        return all_of([is_it, Binary("=", Path((relation.field, "object")), Literal(relation.parent))])
    if relation.kind == "links":
        # over the index of the pairs; `contains` would look at every child's own list
        return Call("exists", (Path((relation.field,)), Binary("=", Path(("id",)), Literal(str(record)))))
    return is_it


def _short(work: Workspace, child: Object, relation: Relation) -> tuple[str, ...]:
    columns = [path for path in work.layout(child.name).columns if path != relation.field]
    return tuple(columns[:4])


def _offers(work: Workspace, one: Object, record: Record) -> list[ActionOffer]:
    offers = []
    for found in work.registry.actions.get(one.name, {}).values():
        if work.actor.rights.permits(found.needs) and (not found.offered or holds(work, one, record, found.offered)):
            inputs = [name for name in found.command.__struct_fields__ if name != one.name]
            offers.append(
                ActionOffer(
                    name=found.name, label=found.label, icon=found.icon, help=found.help, needs_input=bool(inputs)
                )
            )
    return offers
