"""A mail is taken up by one worker: what is to be sent, and why it may not go yet. Nothing goes out here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from relata.engine.files.attachments import Attachment
from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.outgoing.addresses import Recipient, recipients
from relata.engine.messaging.mail.outgoing.forwarding import forwarded_files
from relata.engine.messaging.mail.outgoing.mime import Outgoing, Quote
from relata.engine.messaging.mail.outgoing.objects import WAITING, WRITTEN
from relata.engine.messaging.mail.outgoing.privacy import watched
from relata.engine.messaging.mail.outgoing.recipient_rows import left_behind, made_for
from relata.engine.messaging.mail.outgoing.wire import Login
from relata.engine.workspace import attached
from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import reveal
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking

#: How long a mail waits when the mailbox has sent all that it may in a day.
PAUSE = timedelta(minutes=30)
DAY = timedelta(hours=24)
#: A mail to more people goes to all at once, and who opened it is not told apart.
MOST_APART = 30


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail in one worker's hands. attempt: the number of this taking up; whoever has another is not the one. rows: of
    several recipients. is_apart: each gets a copy of their own."""

    mail: UUID
    attempt: int
    login: Login
    outgoing: Outgoing
    blind: tuple[Recipient, ...]
    files: tuple[Attachment, ...]
    record: Record
    rows: tuple[Record, ...] = ()
    is_apart: bool = False

    @property
    def everybody(self) -> tuple[str, ...]:
        """All addresses."""
        people = (*self.outgoing.to, *self.outgoing.cc, *self.blind)
        return tuple(dict.fromkeys(one.address for one in people))


@dataclass(frozen=True, slots=True)
class Later:
    """It may not go before this moment."""

    at: datetime


#: The address at which a mail's recipient unsubscribes; "" for none.
StopAddress = Callable[[Workspace, Record, str], str]


async def claim(work: Workspace, key: UUID, stop_address: StopAddress) -> Claimed | Later | None:
    """Take the mail up. None where there is nothing to do: it was called back, has left, or can't go. work: the
    system's."""
    try:
        mail = await work.get(WRITTEN, key, lock=True)
    except NotFound:
        return None
    if mail["state"] == "sending":
        mail = await _left_behind(work, mail)
    if mail["state"] not in WAITING:
        return None
    now = work.clock.now
    if mail["send_at"] is not None and mail["send_at"] > now:
        return Later(mail["send_at"])
    try:
        mailbox = await work.get(MAILBOX, mail["mailbox"])
    except NotFound:
        await work.move(
            mail, to="failed", problem=_("The mailbox is gone."), remedy=_("Choose another one, and send it again.")
        )
        return None
    await work.lock(f"mailbox:{mailbox.id}")
    if await _sent_today(work, mailbox.id, now) >= (mailbox["daily_limit"] or 500):
        problem = _("The mailbox has sent all that it may in a day; the rest follows by itself.")
        await work.move(
            mail, to="queued", problem=problem, remedy=_("Raise its daily limit if its provider allows it.")
        )
        return Later(now + PAUSE)
    outgoing, blind = await _outgoing(work, mail, mailbox, stop_address)
    everybody = [one.address for one in (*outgoing.to, *outgoing.cc, *blind)]
    opens, clicks = await watched(work, mailbox, everybody)
    lines = {"to": tuple(outgoing.to), "cc": tuple(outgoing.cc), "bcc": blind}
    may_part = 1 < len(set(everybody)) <= MOST_APART
    rows = await made_for(work, mail.id, lines, opens if may_part else (), clicks if may_part else ())
    has_begun = any(row["handed_at"] is not None for row in rows)
    is_apart = bool(rows) and (has_begun or any(row["tracks_opens"] or row["tracks_clicks"] for row in rows))
    mail = await work.move(
        mail, to="sending", attempt=(mail["attempt"] or 0) + 1, message_id=outgoing.message_id,
        handed_at=mail["handed_at"] if has_begun else None,
        tracks_opens=bool(opens) and (is_apart or opens.issuperset(everybody)),
        tracks_clicks=bool(clicks) and (is_apart or clicks.issuperset(everybody)),
    )  # fmt: skip
    files = (*reversed(await attached.files_of(work, mail)), *await forwarded_files(work, mail.values))
    return Claimed(mail.id, mail["attempt"], login_of(mailbox), outgoing, blind, files, mail, rows, is_apart)


async def _left_behind(work: Workspace, mail: Record) -> Record:
    """A worker ended in the middle. Before the server was given the mail nothing can have gone out; after it, nobody
    can know, and it is never silently sent a second time."""
    remain = await left_behind(work, mail.id) if mail["handed_at"] is not None else True
    if remain:
        return await work.move(mail, to="queued")
    return await work.move(
        mail, to="uncertain", problem=_("The work ended while the server took the mail."), remedy=uncertain_remedy()
    )


def uncertain_remedy() -> str:
    """What to do about a mail of which nobody knows whether it went out."""
    return _("Ask the recipient, or look into the folder of sent mail. Then say whether it arrived, or send it again.")


async def _sent_today(work: Workspace, mailbox: UUID, now: datetime) -> int:
    since = Binary(">", Path(("handed_at",)), Literal((now - DAY).isoformat()))
    own = Binary("=", Path(("mailbox",)), Literal(str(mailbox)))
    return await work.count(WRITTEN, all_of([own, since]))


def login_of(mailbox: Record) -> Login:
    """How the mailbox's server for outgoing mail is reached."""
    return Login(
        mailbox["smtp_host"] or "", mailbox["smtp_port"] or 465, mailbox["smtp_security"] or "tls",
        mailbox["user_name"] or mailbox["address"], reveal(mailbox, "password") or "", mailbox["sign_in"] or "password",
    )  # fmt: skip


async def _outgoing(
    work: Workspace, mail: Record, mailbox: Record, stop_address: StopAddress
) -> tuple[Outgoing, tuple[Recipient, ...]]:
    to, cc, blind = (recipients(mail[name], name) for name in ("to_addresses", "cc_addresses", "bcc_addresses"))
    writer = await work.get("user", mail["owner"]) if mail["owner"] else None
    own_name = writer["name"] if writer is not None and not mailbox["is_shared"] else None
    name = mailbox["from_name"] or (str(own_name) if own_name else "")
    domain = mailbox["address"].rpartition("@")[2]
    references: Sequence[str] = ()
    quote = None
    with speaking(writer["language"] if writer is not None and writer["language"] else work.actor.locale):
        if mail["answers"] is not None:
            references, quote = await _before(work, mail)
        unsubscribe = stop_address(work, mail, to[0].address) if mail["mailing"] is not None and to else ""
        words = _("Unsubscribe")
    return Outgoing(
        message_id=f"{mail.id.hex}@{domain}",
        sender=Recipient(mailbox["address"], name),
        to=to,
        cc=cc,
        subject=mail["subject"] or "",
        body=mail["body"] or "",
        at=work.clock.now,
        signature=mailbox["signature"] or "",
        quote=quote,
        references=references,
        unsubscribe=unsubscribe,
        unsubscribe_words=words,
    ), blind


async def _before(work: Workspace, mail: Record) -> tuple[Sequence[str], Quote | None]:
    """The conversation so far, and what is quoted of it."""
    try:
        before = await work.get(EMAIL, mail["answers"])
    except NotFound:
        return (), None
    references = [*(before["references"] or "").split(), before["message_id"] or ""]
    who = before["from_name"] or before["from_address"] or ""
    when = f"{before['sent_at']:%Y-%m-%d %H:%M}" if before["sent_at"] else ""
    if mail["manner"] == "forward":
        head = "\n".join(
            [
                _("---------- Forwarded message ----------"),
                _("From: %(who)s") % {"who": f"{who} <{before['from_address'] or ''}>"},
                _("Date: %(when)s") % {"when": when},
                _("Subject: %(subject)s") % {"subject": before["subject"] or ""},
                "",
            ]
        )
        whole = "\n\n".join(part for part in (before["text"], before["sign_off"], before["quoted"]) if part)
        return references, Quote(head, whole, is_forward=True)
    head = _("%(who)s wrote on %(when)s:") % {"who": who, "when": when}
    return references, Quote(head, before["text"] or "")
