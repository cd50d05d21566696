"""A sender is shown the door from where their mail is read."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.messaging.mail.mailbox_objects import MAIL_RULE, MAILBOX
from relata.engine.messaging.mail.overview import require_change
from relata.engine.metadata.module import action
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _


class BlockSender(msgspec.Struct, frozen=True):
    """email_thread: the conversation; who wrote in it last is meant. whole_domain: everybody there, too."""

    email_thread: UUID
    whole_domain: bool = False


@action(
    BlockSender, on=EMAIL_THREAD, label="Block the sender", icon="user-x", offered='last_direction = "in"',
    help="New mail from them stays out of this mailbox; what is here stays. It is a rule of the mailbox that can go.",
)  # fmt: skip
async def block_sender(work: Workspace, command: BlockSender) -> None:
    """By a rule of the mailbox, once; the conversation is closed."""
    thread = await work.get(EMAIL_THREAD, command.email_thread)
    mailbox = await work.get(MAILBOX, thread["mailbox"])
    await require_change(work, mailbox)
    latest = await work.first(EMAIL, thread=thread.id, direction="in", order="-sent_at")
    address = (latest["from_address"] or "") if latest is not None else ""
    pattern = address.rpartition("@")[2] if command.whole_domain else address
    if not pattern:
        raise Conflict(_("Nobody wrote in this conversation whom one could block."), code="no_sender")
    if await work.first(MAIL_RULE, mailbox=mailbox.id, pattern=pattern, does="block") is None:
        await work.create(MAIL_RULE, {"mailbox": mailbox.id, "pattern": pattern, "does": "block"})
    if thread["state"] != "closed":
        await work.change(thread, {"state": "closed"})
