"""Lists of other records on a record's page: which there are, what they hold, what can be added to them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Literal, Path, all_of
from relata.engine.formula import Node as Expression
from relata.engine.metadata.fields import AnyLink, Link, Text
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.presence import present
from relata.engine.ui.facts import OWN
from relata.engine.ui.listing import Listing, ListState, Wanted, listings
from relata.engine.ui.making import may_make
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: Related lists show this many rows; the rest is one click away.
RELATED_ROWS = 6
#: The engine's modules for comments, follows, notifications and assignments, which stand elsewhere on the page.
TOGETHER = ("collaboration", "assignment")


class RelatedList(msgspec.Struct, frozen=True, kw_only=True):
    """Children of the record. more: whether there are others beyond the shown rows. link: the child's field, given:
    what the form of a new child is given for it. quick: a title is enough to make one."""

    name: str
    label: str
    listing: Listing
    more: bool
    can_add: bool
    quick: bool
    link: str
    given: str


async def related(work: Workspace, one: Object, record: Record, tab: int | None = None) -> tuple[RelatedList, ...]:
    """The lists of one tab of the layout, OWN for those before all tabs, None for all. Most related lists of most
    records are empty: one statement says which, and only the others are read."""
    relations = related_lists(work, one, tab)
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


async def one_related(work: Workspace, one: Object, record: Record, relation: Relation) -> RelatedList:
    """One of them, as it is now."""
    child = work.registry.get(relation.child)
    wanted = Wanted(
        child, ListState(limit=RELATED_ROWS), belongs_to(relation, record.id), _short(work, child, relation), few=True
    )
    return _related_list(work, one, record, relation, (await listings(work, [wanted]))[0])


def _related_list(work: Workspace, one: Object, record: Record, relation: Relation, found: Listing) -> RelatedList:
    field = found.object.field(relation.field)
    can_add = may_make(work, found.object) and isinstance(field, (Link, AnyLink)) and not record.is_deleted
    return RelatedList(
        name=relation.name,
        label=relation.title,
        listing=found,
        more=bool(found.next),
        can_add=can_add,
        quick=can_add and _title_is_enough(found.object, relation.field),
        link=relation.field,
        given=str(record.id) if isinstance(field, Link) else f"{one.name}:{record.id}",
    )


def related_lists(work: Workspace, one: Object, tab: int | None = None) -> list[Relation]:
    """The related lists that the page shows: those of the layout, else all but the engine's own, of readable
    objects. tab: see `related`."""
    relations = work.registry.relations[one.name]
    layout = work.layout(one.name)
    of_tabs = tuple(name for tab in layout.tabs for name in tab.related)
    others = tuple(name for name, found in relations.items() if name not in of_tabs and not _is_system(work, found))
    own = () if layout.no_related else layout.related or others
    if tab is not None:
        own, of_tabs = (own, ()) if tab == OWN else ((), layout.tabs[tab].related)
    names = dict.fromkeys((*own, *of_tabs))
    return [
        relations[name]
        for name in names
        if name in relations and work.actor.rights.level(work.registry.get(relations[name].child), "read")
    ]


def _is_system(work: Workspace, relation: Relation) -> bool:
    field = work.registry.get(relation.child).field(relation.field)
    child = work.registry.get(relation.child)
    engine_own = child.module in TOGETHER or child.personal
    return field is None or field.system or field.name in ("owner", "team") or engine_own


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


def _title_is_enough(child: Object, link: str) -> bool:
    """Whether nothing but a text as its title is asked of a new one."""
    asked = {field.name for field in child.required_fields if field.default is None} - {link, child.title_field}
    return not asked and isinstance(child.all_fields[child.title_field], Text)
