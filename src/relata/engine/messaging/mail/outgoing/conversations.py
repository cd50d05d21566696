"""What was sent becomes an e-mail of its mailbox, in the conversation that it continues."""

from __future__ import annotations

from uuid import UUID

from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.messaging.mail.outgoing.addresses import as_text
from relata.engine.messaging.mail.outgoing.claiming import Claimed
from relata.engine.messaging.mail.outgoing.mime import html_part
from relata.engine.messaging.mail.templates.wording import text_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound


async def keep_sent(work: Workspace, mail: Record, taken: Claimed, state: str) -> UUID:
    """The e-mail of a mail that has left, or may have; its id. work: the system's."""
    out, now = taken.outgoing, work.clock.now
    known = await work.first(EMAIL, message_id=out.message_id)
    if known is not None:
        await work.change(known, {"state": state})
        return known.id
    thread = await _thread(work, mail, taken)
    body = text_of(out.body)
    made = await work.create(
        EMAIL,
        {
            "subject": out.subject, "thread": thread, "mailbox": mail["mailbox"], "mailboxes": [mail["mailbox"]],
            "direction": "out", "state": state, "sent_at": now, "from_address": out.sender.address,
            "from_name": out.sender.name, "to_addresses": as_text(out.to), "cc_addresses": as_text(out.cc),
            "bcc_addresses": as_text(taken.blind), "text": body, "html": html_part(out)[:400_000],
            "sign_off": text_of(out.signature) if out.signature else None, "snippet": " ".join(body.split())[:200],
            "has_attachments": bool(taken.files), "is_seen": True, "message_id": out.message_id,
            "references": " ".join(out.references), "owner": mail["owner"],
        },
    )  # fmt: skip
    return made.id


async def _thread(work: Workspace, mail: Record, taken: Claimed) -> UUID:
    if mail["answers"] is not None and mail["manner"] != "forward":
        try:
            before = await work.get(EMAIL, mail["answers"])
            if before["thread"] is not None:
                thread = await work.get(EMAIL_THREAD, before["thread"])
                count = await work.count(EMAIL, thread=thread.id)
                await work.change(
                    thread, {"last_at": work.clock.now, "last_direction": "out", "messages": count + 1}
                )
                return thread.id
        except NotFound:
            pass
    made = await work.create(
        EMAIL_THREAD,
        {
            "subject": taken.outgoing.subject, "mailbox": mail["mailbox"], "mailboxes": [mail["mailbox"]],
            "state": "closed", "last_at": work.clock.now, "last_direction": "out", "messages": 1, "owner": mail["owner"],
        },
    )  # fmt: skip
    return made.id
