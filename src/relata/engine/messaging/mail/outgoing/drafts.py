"""What a person does with a mail that they write: keep it, have it sent, call it back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.outgoing.addresses import MOST, Recipient, recipients
from relata.engine.messaging.mail.outgoing.forwarding import forwarded_files
from relata.engine.messaging.mail.outgoing.mime import MAX_FILES_BYTES
from relata.engine.messaging.mail.outgoing.objects import STOP, WAITING, WRITTEN
from relata.engine.messaging.mail.templates.filling import MERGE
from relata.engine.workspace import attached
from relata.engine.workspace.attempts import attempt
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

#: The task; its arguments are the schema and the mail's id.
SEND_WRITTEN = "send_written_mail"
#: How long a mail can be called back.
HOLD = timedelta(seconds=10)
FIELDS = (
    "subject", "mailbox", "to_addresses", "cc_addresses", "bcc_addresses", "body", "about", "answers", "manner",
    "leaves_files",
)  # fmt: skip
ADDRESSES = ("to_addresses", "cc_addresses", "bcc_addresses")


async def mailboxes_of(work: Workspace) -> list[Record]:
    """From which addresses this person may write: their own first, then those of their teams."""
    found = [one for one in await work.find(MAILBOX, order="name") if one["smtp_host"] and one["state"] != "off"]
    return sorted(found, key=lambda one: (one["owner"] != work.actor.user or bool(one["is_shared"]), one["name"]))


async def save(work: Workspace, key: UUID, values: Mapping[str, Any]) -> Record:
    """The draft with this id, made at the first word. Addresses are kept as typed; `send` checks them. Conflict for a
    mail that is no draft any more."""
    known = {name: value for name, value in values.items() if name in FIELDS}
    if known.get("mailbox"):
        await work.get(MAILBOX, UUID(str(known["mailbox"])))
    try:
        draft = await work.get(WRITTEN, key, lock=True)
    except NotFound:
        async with attempt(work.unit):  # the id may be somebody else's; whoever catches that still has a transaction
            return await work.create(WRITTEN, known, record_id=key)
    if draft["state"] != "draft":
        raise Conflict(
            _("This mail is on its way, or has left."),
            code="not_a_draft",
            hint=_("Call it back first, if you still can."),
        )
    return await work.change(draft, known)


async def send(work: Workspace, queue: Queue, key: UUID, *, at: datetime | None = None) -> Record:
    """Have the draft sent: now, after a pause in which it can be called back, or at a moment. Invalid names what is
    missing at its field."""
    draft = await work.get(WRITTEN, key, lock=True)
    if draft["state"] != "draft":
        raise Conflict(_("This mail is on its way, or has left."), code="not_a_draft")
    await check(work, draft)
    now = work.clock.now
    if at is not None and at <= now:
        raise Invalid.of(
            [Problem("past", _("This moment has passed."), "send_at", _("Choose a later one, or send it now."))]
        )
    held = at is None
    due = at or now + HOLD
    moved = await work.move(draft, to="held" if held else "scheduled", send_at=due, problem=None, remedy=None)
    await enqueue(work, queue, moved.id, due)
    return moved


async def enqueue(work: Workspace, queue: Queue, key: UUID, at: datetime | None) -> None:
    """The job that sends it."""
    args = {"schema": work.context.schema, "mail": key}
    await queue.enqueue(work.unit.connection, SEND_WRITTEN, args, key=f"{work.context.schema}:{key}", run_at=at)


async def call_back(work: Workspace, key: UUID) -> Record:
    """A mail that waits becomes a draft again. Conflict when it has left."""
    mail = await work.get(WRITTEN, key, lock=True)
    if mail["state"] == "draft":
        return mail
    if mail["state"] not in (*WAITING, "failed") or (mail["state"] in WAITING and mail["handed_at"] is not None):
        raise Conflict(_("It is too late: this mail has left."), code="too_late")
    return await work.move(mail, to="draft", send_at=None, problem=None, remedy=None)


async def check(work: Workspace, draft: Record) -> tuple[Recipient, ...]:
    """Everybody who gets it; Invalid with all that keeps it from being sent."""
    problems: list[Problem] = []
    found: dict[str, Recipient] = {}
    for name in ADDRESSES:
        try:
            found |= {one.address: one for one in recipients(draft[name], name) if one.address not in found}
        except Invalid as error:
            problems.extend(error.problems)
    if not found and not problems:
        problems.append(
            Problem("required", _("Say who is to get it."), "to_addresses", _("Type a name or an address."))
        )
    if len(found) > MOST:
        message = _("At most %(most)s people get one mail.") % {"most": MOST}
        problems.append(Problem("too_many", message, "to_addresses", _("Choose them in a list, and write to each.")))
    problems.extend(await _of_mailbox(work, draft))
    problems.extend(await _of_files(work, draft))
    for name in ("subject", "body"):
        if not (draft[name] or "").strip():
            words = _("Give it a subject.") if name == "subject" else _("Write something first.")
            problems.append(Problem("required", words, name))
        elif open_field := MERGE.search(draft[name]):
            message = _("%(name)s still waits for a value.") % {"name": open_field[0][:80]}
            problems.append(Problem("missing_value", message, name, _("Write it yourself, or take it out.")))
    if problems:
        raise Invalid.of(problems)
    return tuple(found.values())


async def came_back_from(work: Workspace, draft: Record) -> list[str]:
    """Recipients whose servers said that nobody is there. Read with every right: who typed an address may know that."""
    typed: set[str] = set()
    for name in ADDRESSES:
        with suppress(Invalid):
            typed |= {one.address for one in recipients(draft[name], name)}
    found = [await work.as_system().first(STOP, address=one, reason="bounced") for one in sorted(typed)[:MOST]]
    return [one["address"] for one in found if one is not None]


async def _of_files(work: Workspace, draft: Record) -> list[Problem]:
    files = [*await attached.files_of(work, draft), *await forwarded_files(work, draft.values)]
    if sum(one.size for one in files) <= MAX_FILES_BYTES:
        return []
    message = _("All files of a mail together may have %(most)s MB.") % {"most": MAX_FILES_BYTES // 1_000_000}
    return [Problem("too_large", message, "body", _("Leave the forwarded files behind, or share a link instead."))]


async def _of_mailbox(work: Workspace, draft: Record) -> list[Problem]:
    if draft["mailbox"] is None:
        return [Problem("required", _("Choose from which address it goes."), "mailbox")]
    mailbox = await work.get(MAILBOX, draft["mailbox"])
    if not mailbox["smtp_host"] or mailbox["state"] == "off":
        message = _("Nothing can be sent from this address.")
        return [Problem("no_server", message, "mailbox", _("Name its server for outgoing mail in the settings."))]
    if draft["answers"] is not None:
        await work.get(EMAIL, draft["answers"])
    return []
