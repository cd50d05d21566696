"""A mail that is no draft any more: how far it has come, and what can still be done."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response

from relata.engine.messaging.mail.outgoing.objects import WAITING
from relata.engine.messaging.mail.outgoing.recipient_rows import rows_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.writing.form import PLACE, FilesView, files_of

_MEANINGS = {"sent": "good", "uncertain": "warning", "failed": "bad", "bounced": "bad"}
_OF_RECIPIENTS = {"sent": "good", "uncertain": "warning", "refused": "bad", "bounced": "bad"}


class Offer(msgspec.Struct, frozen=True):
    """A button: what it posts to."""

    label: str
    icon: str
    post: str
    meaning: str = ""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One of several who get the mail."""

    address: str
    name: str
    role: str
    state: str
    meaning: str
    problem: str
    opened_at: datetime | None
    clicked_at: datetime | None
    replied_at: datetime | None


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """The mail. asks_again: seconds after which the page looks again; 0 for never."""

    title: str
    key: str
    path: str
    csrf: str
    state: str
    meaning: str
    to: str
    cc: str
    bcc: str
    subject: str
    body: str
    sent_at: datetime | None
    send_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    replied_at: datetime | None
    problem: str
    remedy: str
    files: FilesView
    people: tuple[Recipient, ...]
    offers: tuple[Offer, ...]
    asks_again: int
    conversation: str
    about: str
    shell: Shell


async def status_page(web: Web, request: Visit, work: Workspace, mail: Record) -> Response[bytes]:
    """The page of a mail that waits, has left or could not."""
    shell = web.shell(request, work)
    state = mail.object.choice("state").option(mail["state"])
    label = state.title if state else mail["state"]
    path, actions = f"{PLACE}/{mail.id}", f"/written_emails/{mail.id}/actions"
    offers: list[Offer] = []
    if mail["state"] in WAITING and mail["handed_at"] is None:
        offers.append(Offer(_("Call back"), "undo-2", f"{path}/undo"))
    if mail["state"] == "uncertain":
        offers.append(Offer(_("It has arrived"), "check", f"{actions}/confirm_mail"))
    if mail["state"] in ("uncertain", "failed"):
        offers.append(Offer(_("Write it again"), "pencil", f"{actions}/write_again"))
    conversation = ""
    if mail["email"] is not None:
        email = await work.first("email", id=mail["email"])
        if email is not None and email["thread"] is not None:
            conversation = f"/email_threads/{email['thread']}"
    waits = 0
    if mail["state"] in ("held", "sending"):
        left = (mail["send_at"] - work.clock.now).total_seconds() if mail["send_at"] else 0
        waits = max(2, min(int(left) + 2, 15))
    due = mail["send_at"].astimezone(ZoneInfo(work.actor.zone)) if mail["send_at"] else None
    about = mail["about"]
    people = tuple([_recipient(one) for one in await rows_of(work, mail.id)])
    view = StatusView(
        title=mail["subject"] or _("E-mail"), key=str(mail.id), path=path, csrf=shell.csrf, state=label,
        meaning=_MEANINGS.get(mail["state"], "information"), to=mail["to_addresses"] or "",
        cc=mail["cc_addresses"] or "", bcc=mail["bcc_addresses"] or "", subject=mail["subject"] or "",
        body=mail["body"] or "", sent_at=mail["sent_at"], send_at=due if mail["state"] in WAITING else None,
        opened_at=mail["opened_at"], clicked_at=mail["clicked_at"], replied_at=mail["replied_at"],
        problem=mail["problem"] or "", remedy=mail["remedy"] or "", files=await files_of(work, mail.id, shell.csrf),
        people=people, offers=tuple(offers), asks_again=waits, conversation=conversation,
        about=f"/{work.registry.get(about.object).path}/{about.id}" if about else "", shell=shell,
    )  # fmt: skip
    return web.page(work, "web/writing/status.html", view)


def _recipient(row: Record) -> Recipient:
    role, state = (row.object.choice(name).option(row[name]) for name in ("role", "state"))
    return Recipient(
        address=row["address"], name=row["name"] or "", role=role.title if role and row["role"] != "to" else "",
        state=state.title if state else row["state"], meaning=_OF_RECIPIENTS.get(row["state"], "information"),
        problem=row["problem"] or "", opened_at=row["opened_at"], clicked_at=row["clicked_at"],
        replied_at=row["replied_at"],
    )  # fmt: skip
