"""What was sent becomes an e-mail of its mailbox, through the same door as one that is read from the server: in its
conversation, filed where it belongs, and once, although the folder of sent mail has it as well."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from relata.engine.files.attachments import receive
from relata.engine.files.store import FileStore
from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_FILING, EMAIL_THREAD
from relata.engine.messaging.mail.filing import rules_of
from relata.engine.messaging.mail.mailbox_objects import LEVELS, MAILBOX
from relata.engine.messaging.mail.outgoing.addresses import Recipient, as_text
from relata.engine.messaging.mail.parsing.message import Mail, read
from relata.engine.messaging.mail.storing import Arrived, Kept, store
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: Letters of a mail's text that a filing repeats.
_MOST_TEXT = 8000


async def parsed(files: FileStore, schema: str, content: bytes) -> Arrived:
    """What was sent, as if it had been read; its files are in the store. Outside of any transaction."""
    mail = read(content)
    kept = [
        Kept(await receive(files, schema, one.name, _bytes(one.content)), one.content_id, one.is_inline)
        for one in mail.files
    ]
    return Arrived(mail, "out", is_seen=True, files=tuple(kept))


async def _bytes(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def keep_sent(
    work: Workspace, written: Record, arrived: Arrived, blind: Sequence[Recipient], state: str
) -> UUID | None:
    """The e-mail of a mail that has left, or may have. work: the system's."""
    mailbox = await work.get(MAILBOX, written["mailbox"])
    (found,) = await store(work, mailbox, [arrived])
    if found is None:
        return None
    email = await work.get(EMAIL, found)
    await work.change(email, {"state": state, "bcc_addresses": as_text(blind) or None})
    await _file_on(work, written, mailbox, found, arrived.mail)
    thread = await work.first(EMAIL_THREAD, id=email["thread"]) if email["thread"] is not None else None
    if thread is not None and thread["messages"] == 1 and thread["state"] == "open":
        await work.change(thread, {"state": "closed"})  # nobody waits for us; it opens when they answer
    return found


async def _file_on(work: Workspace, written: Record, mailbox: Record, email: UUID, mail: Mail) -> None:
    """On the record from which it was written, whoever it went to."""
    about = written["about"]
    if about is None or not mailbox["is_filing"] or await work.first(EMAIL_FILING, email=email, about=about.id):
        return
    level = (await rules_of(work, mailbox.id)).level(mailbox["share_level"] or "happened", mail.addresses)
    rank = LEVELS.index(level)
    if rank == 0:
        return
    await work.create(
        EMAIL_FILING,
        {
            "email": email, "about": about, "at": mail.sent_at or work.clock.now, "direction": "out", "level": level,
            "colleague": mailbox["owner"], "subject": mail.subject or None if rank > 1 else None,
            "text": mail.text[:_MOST_TEXT] or None if level == "everything" else None, "why": "written here",
        },
    )  # fmt: skip
