"""What stands below a mail and is not yet known of who wrote it: numbers and a job title, offered to be taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.messaging.mail.conversation import Said, conversation
from relata.engine.metadata.fields import Entry, Field, PersonName, Phones, Text
from relata.engine.transfer.signatures import Signature, read_signature
from relata.engine.ui.facts import is_editable
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _

_MOST = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """text: what would be written into the field; instead: what stands there now and would go, "" for nothing."""

    field: str
    label: str
    text: str
    instead: str
    value: Any


async def offers(work: Workspace, said: Said) -> tuple[Offer, ...]:
    """What the signature says of a person that this reader may change. Only where the name agrees or none is there, so
    that an assistant's number is not their boss's."""
    text = said.record["sign_off"]
    if said.known is None or said.record["direction"] != "in" or not text or said.record["is_auto_reply"]:
        return ()
    one = work.registry.get(said.known.object)
    if not isinstance(one.all_fields[one.title_field], PersonName):
        return ()
    found = read_signature(text)
    known = await work.get_many(one.name, [said.known.id])
    if not known or not _is_theirs(found, known[0]) or not await work.may(known[0], "change"):
        return ()
    made = [
        offer
        for field in one.fields
        if is_editable(work, one, field)
        for offer in _of_field(work, field, found, known[0])
    ]
    return tuple(made[:_MOST])


async def take(work: Workspace, thread: UUID, mail: UUID, field: str, text: str) -> Record:
    """Write one of the offers down; Conflict where it is none any more."""
    found = await conversation(work, thread)
    said = next((one for one in found.mails if one.record.id == mail), None)
    if said is None or said.known is None:
        raise NotFound(_("This mail does not exist."), hint=_("It may have been deleted."))
    offer = next((one for one in await offers(work, said) if (one.field, one.text) == (field, text)), None)
    if offer is None:
        raise Conflict(_("This was taken over already, or changed since."), code="no_offer")
    record = await work.get(said.known.object, said.known.id)
    return await work.change(record, {offer.field: offer.value})


def _is_theirs(found: Signature, record: Record) -> bool:
    last = (getattr(record[record.object.title_field], "last", "") or "").casefold()
    return not found.last or not last or found.last.casefold() == last


def _of_field(work: Workspace, field: Field, found: Signature, record: Record) -> list[Offer]:
    if isinstance(field, Phones):
        return _numbers(work, field, found, record[field.name] or ())
    if isinstance(field, Text) and field.name == "job_title" and found.job_title:
        now = record[field.name] or ""
        if now.casefold() != found.job_title.casefold() and len(found.job_title) <= (field.max_length or 160):
            return [Offer(field.name, field.title, found.job_title, now, found.job_title)]
    return []


def _numbers(work: Workspace, field: Phones, found: Signature, known: tuple[Entry, ...]) -> list[Offer]:
    made = []
    there = {entry.value for entry in known}
    for number, label in found.phones:
        try:
            parsed = field.parse([{"value": number, "label": label}], work.context.parsing)
        except Invalid:
            continue
        for entry in parsed or ():
            if entry.value not in there:
                there.add(entry.value)
                made.append(Offer(field.name, field.title, entry.value, "", (*known, entry)))
    return made
