"""Files of records: who may see a record may see its files, who may change it may add and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.files import attachments, links
from relata.engine.files.attachments import Attachment, Received
from relata.engine.files.links import FileLink
from relata.engine.jobs.queue import Queue
from relata.engine.workspace.record import Record
from relata.foundation.errors import Denied, NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def add_file(work: Workspace, record: Record, received: Received) -> Attachment:
    """A file that has arrived becomes the record's. Denied without the right to change the record."""
    await _require_change(work, record)
    kept = await attachments.keep(
        work.unit.connection,
        work.context.schema,
        received,
        owner=work.actor.user,
        object_name=record.object.name,
        record=record.id,
    )
    await work.log(record.object.name, record.id, "file_added", after={"file": kept.name}, personal=True)
    return kept


async def files_of(work: Workspace, record: Record) -> list[Attachment]:
    """The record's files, newest first."""
    return await attachments.files_of(work.unit.connection, work.context.schema, record.id)


async def find_file(work: Workspace, file: UUID) -> Attachment:
    """A file that the actor may see; NotFound for any other."""
    found = await attachments.get_file(work.unit.connection, work.context.schema, file)
    if found.object is None or found.record is None:
        if found.owner is None or found.owner != work.actor.user:
            raise _no_file()
        return found
    if found.object not in work.registry.objects:
        raise _no_file()
    try:
        await work.get(found.object, found.record, deleted=None)
    except (NotFound, Denied):
        raise _no_file() from None
    return found


async def link_to(work: Workspace, file: UUID, *, inline: bool = True) -> FileLink:
    """A link for some minutes to a file that the actor may see. NotFound for any other."""
    found = await find_file(work, file)
    return links.signed(work.context.keys, work.context.key, found.id, inline=inline, now=work.clock.now)


async def remove_file(work: Workspace, queue: Queue, file: UUID) -> None:
    """Remove a record's file; its bytes go after the commit."""
    found = await find_file(work, file)
    if found.object is not None and found.record is not None:
        record = await work.get(found.object, found.record)
        await _require_change(work, record)
        await work.log(found.object, found.record, "file_removed", before={"file": found.name}, personal=True)
    await attachments.remove(work.unit.connection, queue, work.context.schema, [file])


async def _require_change(work: Workspace, record: Record) -> None:
    if record.is_deleted or not await work.may(record, "change"):
        raise Denied(_("You may not change this %(noun)s.") % {"noun": record.object.noun}, code="denied_change")


def _no_file() -> NotFound:
    return NotFound(_("There is no such file."), code="file_not_found")
