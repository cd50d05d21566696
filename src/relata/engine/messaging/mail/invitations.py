"""The calendar part of a mail, and who of us it may be for."""

from __future__ import annotations

from relata.engine.files.attachments import Attachment
from relata.engine.files.store import FileStore
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.metadata.module import Action
from relata.engine.workspace.attached import files_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: A larger calendar is no invitation.
_MAX_BYTES = 1_000_000


def is_calendar(file: Attachment) -> bool:
    """Whether a file of a mail may be an invitation."""
    named = file.media_type == "text/calendar" or file.name.lower().endswith(".ics")
    return named and file.size < _MAX_BYTES


async def calendar_text(work: Workspace, store: FileStore, email: Record) -> str:
    """The calendar part of a mail that the actor sees; "" without one."""
    file = next((each for each in await files_of(work, email) if is_calendar(each)), None)
    if file is None:
        return ""
    content = b"".join([piece async for piece in store.read(work.context.schema, file.id)])
    return content.decode("utf-8", "replace")


async def own_addresses(work: Workspace, email: Record) -> set[str]:
    """The reader's own, and that of the mailbox that the mail came to."""
    found = await work.get_many(MAILBOX, [email["mailbox"]]) if email["mailbox"] else []
    people = await work.as_system().get_many("user", [work.actor.user]) if work.actor.user else []
    return {each.lower() for each in (*(one["address"] for one in found), *(one["email"] for one in people)) if each}


def answering(work: Workspace) -> list[Action]:
    """The actions that answer invitations: of objects that happen at a time and say so."""
    names = {one.recurs.invited for one in work.registry.objects.values() if one.recurs and one.recurs.invited}
    return [work.action(EMAIL, name) for name in sorted(names)]
