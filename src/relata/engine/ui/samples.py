"""Sample data: the records that the demo made, and nothing else. One wish puts all of them into the bin, another one
brings them back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.formula import parse
from relata.engine.jobs.queue import Queue
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

#: Through what sample records are made.
VIA = "demo"
WHERE = f'created_via = "{VIA}"'
#: The oldest records of an object that are looked at: sample data is what a workspace begins with.
_OLDEST = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of one object there are."""

    object: Object
    count: int


def may_remove(work: Workspace) -> bool:
    """Who may configure the workspace may empty it of what came with it."""
    return work.actor.rights.permits("manage_objects")


def objects_of(work: Workspace) -> list[Object]:
    """What sample data may consist of, children before what they need. People stay: somebody may be signed in as
    one."""
    found = {
        one.name: one
        for one in work.registry.objects.values()
        if one.module != "people" and not one.personal and work.actor.rights.level(one, "delete")
    }
    ordered: dict[str, Object] = {}

    def put(one: Object, above: tuple[str, ...]) -> None:
        for relation in work.registry.relations[one.name].values():
            link = work.registry.get(relation.child).field(relation.field)
            if isinstance(link, Link) and relation.child in found and relation.child not in (*above, *ordered):
                put(found[relation.child], (*above, one.name))
        ordered.setdefault(one.name, one)

    for one in found.values():
        put(one, ())
    return list(ordered.values())


async def is_there(work: Workspace) -> bool:
    """Whether the workspace begins with sample data; cheap at any size."""
    for one in work.registry.objects.values():
        if one.nav and not one.reference and work.actor.rights.level(one, "read"):
            query = Query(one.name, order=parse_order("created_at"), fields=("created_via",), limit=_OLDEST)
            if any(row.get("created_via") == VIA for row in (await work.query(query)).values()):
                return True
    return False


async def samples(work: Workspace) -> list[Sample]:
    """What removing would take, by object; counts every record, so it takes a moment where there are many."""
    _check(work)
    counted = [Sample(one, await work.count(one.name, parse(WHERE))) for one in objects_of(work)]
    return [one for one in counted if one.count]


async def remove(work: Workspace, queue: Queue) -> list[UUID]:
    """All of it into the bin; the ids of the bulk changes, in the order in which they were done. The whole is one
    transaction: sample data is small, and half of it would be of no use."""
    _check(work)
    done = []
    for sample in await samples(work):
        order = Order(object=sample.object.name, kind="delete", where=WHERE)
        record = await running.begin(work, order)
        while record["status"] == "running":
            record = await running.advance(work, record.id)
        done.append(record.id)
    return done


async def bring_back(work: Workspace, queue: Queue, bulks: list[UUID]) -> None:
    """What `remove` took, parents first. NotFound for somebody else's bulk change."""
    _check(work)
    for bulk in reversed(bulks):
        await running.undo(work, queue, bulk)


def _check(work: Workspace) -> None:
    if not may_remove(work):
        raise Denied(_("Only an administrator may remove the sample data."), code="denied_sample")
