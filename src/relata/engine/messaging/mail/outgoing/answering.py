"""A new mail from what is there: about a record, or as an answer to an e-mail."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.outgoing.addresses import Recipient, as_text, recipients
from relata.engine.messaging.mail.outgoing.drafts import mailboxes_of
from relata.engine.messaging.mail.outgoing.people import people_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

_RE = re.compile(r"^\s*(?:(?:re|aw|sv|antw|ref|tr|fwd?|wg|rv)\s*(?:\[\d+\])?\s*:\s*)+", re.I)
MANNERS = ("reply", "reply_all", "forward")


async def begin_about(work: Workspace, about: AnyTarget | None) -> dict[str, Any]:
    """The values of a mail about a record: to the first of its people."""
    boxes = await mailboxes_of(work)
    values: dict[str, Any] = {"mailbox": boxes[0].id if boxes else None, "manner": "new"}
    if about is None:
        return values
    record = await work.get(about.object, about.id)
    people = await people_of(work, record)
    return {**values, "about": about, "to_addresses": as_text([people[0].recipient]) if people else ""}


async def begin_answer(work: Workspace, email: UUID, manner: str) -> dict[str, Any]:
    """The values of an answer: to whom the e-mail wants it, from the mailbox in which it lies."""
    before = await work.get(EMAIL, email)
    own = {one["address"] for one in await work.find(MAILBOX)}
    mailbox = before["mailbox"] if before["mailbox"] is not None and await _sends(work, before["mailbox"]) else None
    if mailbox is None:
        boxes = await mailboxes_of(work)
        mailbox = boxes[0].id if boxes else None
    subject = _RE.sub("", before["subject"] or "").strip()
    values: dict[str, Any] = {
        "mailbox": mailbox, "answers": before.id, "manner": manner if manner in MANNERS else "reply",
        "subject": f"{'Fwd' if manner == 'forward' else 'Re'}: {subject}"[:255],
    }  # fmt: skip
    if manner == "forward":
        return values
    to = _people(before, "to_addresses") if before["direction"] == "out" else _author(before)
    values["to_addresses"] = as_text(to)
    if manner == "reply_all":
        known = own | {one.address for one in to}
        others = [*_people(before, "to_addresses"), *_people(before, "cc_addresses")]
        values["cc_addresses"] = as_text(one for one in others if one.address not in known)
    return values


async def _sends(work: Workspace, mailbox: UUID) -> bool:
    found = await work.first(MAILBOX, id=mailbox)
    return found is not None and bool(found["smtp_host"]) and found["state"] != "off"


def _author(before: Record) -> list[Recipient]:
    wanted = _people(before, "reply_to")
    return wanted or [Recipient(before["from_address"] or "", before["from_name"] or "")]


def _people(before: Record, name: str) -> list[Recipient]:
    try:
        return list(recipients(before[name], name))
    except Invalid:  # what came from outside may be written in any way
        return []
