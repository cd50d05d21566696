"""What an import made goes into the bin again, except for what somebody has worked on since."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.engine.transfer.bulk.applying import Done, alone
from relata.engine.transfer.bulk.chosen import Undoable
from relata.engine.transfer.bulk.notes import Note
from relata.engine.transfer.bulk.order import Order
from relata.engine.workspace.chunk import Outcome
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


async def take_away(work: Workspace, order: Order, name: str, made: Sequence[Undoable], done: Done) -> None:
    """Delete these records of one object, as a set where nothing goes with them. Those that were changed since stay,
    and it is told by whom."""
    ids = [one.record for one in made]
    since = await _changed_since(work, order, ids)
    names = await titles_of(work.unit, {"user": [who for who in since.values() if who]})
    records = {record.id: record for record in await work.get_many(name, ids)}
    for one in made:
        if one.record in since and one.record in records:
            who = names.get(("user", since[one.record] or UUID(int=0)), "") or _("somebody")
            message = _("It was changed since by %(who)s and stays.") % {"who": who}
            done.counts["refused"] += 1
            done.notes.append(Note(one.record, "changed_since", "", message))
    open_ones = [one for one in made if one.record not in since or one.record not in records]
    gone = await work.delete_many(name, [records[one.record] for one in open_ones if one.record in records])
    for one in open_ones:
        if one.record in gone:
            done.add(one.record, Outcome("changed", one.record))
        elif one.record not in records:  # in the bin already, or out of sight
            done.add(one.record, Outcome("unchanged", one.record))
        else:
            done.add(one.record, await alone(work, partial(_delete, work, name, one.record)))


async def _delete(work: Workspace, name: str, record: UUID) -> bool:
    await work.delete((name, record))
    return True


async def _changed_since(work: Workspace, order: Order, ids: list[UUID]) -> dict[UUID, UUID | None]:
    """Records that somebody, or something else than the import and its undoing, has changed; and who did so last."""
    rows = await work.unit.connection.fetch(
        "select distinct on (record) record, actor"
        f" from {quoted(work.context.schema)}._change where record = any(%s)"
        " and action in ('changed', 'restored', 'merged') and (source ->> 'import') is distinct from %s"
        " and (source ->> 'bulk') is distinct from %s order by record, id desc",
        (ids, str(order.imported), work.unit.actor.source.get("bulk", "")),
    )
    return dict(rows)
