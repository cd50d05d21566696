"""What can be done with a mail after it was sent off: buttons, endpoints, steps."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.messaging.mail.outgoing.addresses import as_text, recipients
from relata.engine.messaging.mail.outgoing.drafts import ADDRESSES, call_back
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.outgoing.recipient_rows import forget, rows_of
from relata.engine.metadata.module import action
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _


class CallBackMail(msgspec.Struct, frozen=True):
    """written_email: the mail."""

    written_email: UUID


class ConfirmMail(msgspec.Struct, frozen=True):
    """written_email: the mail."""

    written_email: UUID


class WriteAgain(msgspec.Struct, frozen=True):
    """written_email: the mail."""

    written_email: UUID


@action(
    CallBackMail, on=WRITTEN, label="Call back", offered='state in ("held", "scheduled", "queued")', icon="undo-2",
    help="It does not go out, and is a draft again.",
)  # fmt: skip
async def call_back_mail(work: Workspace, command: CallBackMail) -> None:
    await call_back(work, command.written_email)


@action(
    ConfirmMail, on=WRITTEN, label="It has arrived", offered='state = "uncertain"', icon="check",
    help="You have found out that it was sent.",
)  # fmt: skip
async def confirm_mail(work: Workspace, command: ConfirmMail) -> None:
    mail = await work.get(WRITTEN, command.written_email, lock=True)
    if mail["state"] != "uncertain":
        raise Conflict(_("There is no doubt about this mail."), code="not_uncertain")
    await work.move(mail, to="sent", problem=None, remedy=None, sent_at=mail["handed_at"])
    for row in await rows_of(work, mail.id):
        if row["state"] == "uncertain":
            await work.as_system().change(row, {"state": "sent", "problem": None, "sent_at": mail["handed_at"]})
    if mail["email"] is not None:
        await work.as_system().change(("email", mail["email"]), {"state": "sent"})


@action(
    WriteAgain, on=WRITTEN, label="Write it again", offered='state in ("uncertain", "failed")', icon="pencil",
    help="It becomes a draft that you can change and send, without those who surely got it. If it did arrive, it comes"
    " twice.",
)  # fmt: skip
async def write_again(work: Workspace, command: WriteAgain) -> None:
    mail = await work.get(WRITTEN, command.written_email, lock=True)
    if mail["state"] not in ("uncertain", "failed"):
        raise Conflict(_("This mail is a draft, or was sent."), code="not_failed")
    got_it = set(await forget(work.as_system(), mail.id))
    lines = {
        name: as_text(one for one in recipients(mail[name], name) if one.address not in got_it) or None
        for name in (ADDRESSES if got_it else ())
    }
    await work.move(mail, to="draft", problem=None, remedy=None, send_at=None, handed_at=None, email=None, **lines)


ACTIONS = (call_back_mail, confirm_mail, write_again)
