"""What stands in a record's timeline besides its own: what happened with the contacts and deals of an account, with the
people of a deal. Objects say so themselves (`Object.retells`); who may not see an entry doesn't see it here either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from relata.engine.formula import Binary, Call, Items, Literal, Node, Path
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.query.request import Order, Query
from relata.engine.ui.happenings import Source, sources_of
from relata.engine.ui.related import belongs_to
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: Records of one kind below another that are looked at, the newest first.
MOST = 500


@dataclass(frozen=True, slots=True)
class Below:
    """The records whose happenings stand there, too, by object. is_cut: there are more than are looked at."""

    ids: dict[str, tuple[UUID, ...]]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One way of being about the record or what is below it. targets: these records."""

    source: Source
    targets: tuple[UUID, ...]

    def about(self) -> Node | None:
        """The condition; None where a stream is asked instead, which follows links of many targets."""
        relation = self.source.relation
        if len(self.targets) == 1:
            return belongs_to(relation, self.targets[0])
        if relation.kind != "links":  # a stream follows it
            return None
        named = Items(tuple(Literal(str(key)) for key in self.targets))
        return Call("exists", (Path((relation.field,)), Binary("in", Path(("id",)), named)))


async def below(work: Workspace, one: Object, record: Record) -> Below:
    """What is below the record, as far as the reader sees it."""
    ids: dict[str, dict[UUID, None]] = {}
    is_cut = False
    for child in work.registry.objects.values():
        for to, of in child.retells:
            name, found, more = await _along(work, one, record, child, to, of)
            ids.setdefault(name, {}).update(dict.fromkeys(found))
            is_cut = is_cut or more
    ids.get(one.name, {}).pop(record.id, None)
    return Below({name: tuple(found) for name, found in ids.items() if found}, is_cut)


async def _along(
    work: Workspace, one: Object, record: Record, child: Object, to: str, of: str
) -> tuple[str, list[UUID], bool]:
    link = child.field(of)
    name = link.to if isinstance(link, Link) else child.name
    if not work.actor.rights.level(child, "read") or (link is not None and not work.actor.readable(child, link)):
        return name, [], False
    if to == "id":
        key = record[of] if child.name == one.name else None
        return name, [key] if isinstance(key, UUID) else [], False
    back = child.field(to)
    if not isinstance(back, Link) or back.to != one.name or not work.actor.readable(child, back):
        return name, [], False
    where = Binary("=", Path((to,)), Literal(str(record.id)))
    query = Query(child.name, where, (Order(("id",), True),), (of,), MOST, few=True)
    page = await work.query(query)
    return name, [row[of] for row in page.values() if row[of] is not None], bool(page.next)


def told(work: Workspace, one: Object, record: UUID, found: Below) -> list[Told]:
    """All ways for the record and what is below it, in a fixed order; an object's link counts once for all of them."""
    merged: dict[tuple[str, str], Told] = {}
    for name, ids in {one.name: (record,), **found.ids}.items():
        targets = ids if name != one.name else tuple(dict.fromkeys((record, *ids)))
        for source in sources_of(work, work.registry.get(name)):
            key = (source.child.name, source.relation.field)
            known = merged.get(key)
            merged[key] = Told(known.source, (*known.targets, *targets)) if known else Told(source, targets)
    return [merged[key] for key in sorted(merged)]


def narrowed(ways: Sequence[Told], kind: str) -> list[Told]:
    """Those that may hold what is asked for."""
    return [way for way in ways if kind in ("", way.source.child.name)]
