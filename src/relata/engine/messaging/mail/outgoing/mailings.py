"""One mail to many: who gets it, who does not and why, and then a mail of their own for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from relata.engine.formula import Binary, Literal, Node, Path, all_of, any_of, parse
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.outgoing.addresses import Recipient, address_of
from relata.engine.messaging.mail.outgoing.drafts import HOLD, SEND_WRITTEN
from relata.engine.messaging.mail.outgoing.objects import MAILING, STOP, WRITTEN
from relata.engine.messaging.mail.outgoing.people import email_field
from relata.engine.messaging.mail.templates.rendering import Letter, letters, missing_words
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: Of one mailing; more is for tools that are made for it.
MOST = 2000
_BATCH = 400


@dataclass(frozen=True, slots=True)
class Sending:
    """Somebody who gets it, and what."""

    record: UUID
    recipient: Recipient
    letter: Letter


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who does not. reason: stable; why: in words."""

    record: UUID
    title: str
    reason: str
    why: str


@dataclass(slots=True)
class Plan:
    """What a mailing would do."""

    sends: list[Sending] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def reasons(self) -> dict[str, list[LeftOut]]:
        """Those who do not get it, by why."""
        found: dict[str, list[LeftOut]] = {}
        for one in self.left_out:
            found.setdefault(one.why, []).append(one)
        return found


async def plan(work: Workspace, one: Object, ids: Sequence[UUID] | None, where: str, subject: str, body: str) -> Plan:
    """Who would get this of the chosen records, or of all that a filter finds. Invalid for merge fields that are wrong,
    for nobody, and for too many."""
    field_of = email_field(one)
    if field_of is None or not work.actor.readable(one, field_of):
        raise Invalid(_("These records have no e-mail address."), code="no_address")
    people = await _chosen(work, one, ids, where)
    made, unwilling = Plan(), await _unwilling(work, one, [key for key, _recipient in people])
    stopped = await _stopped(work, [recipient.address for _key, recipient in people if recipient.address])
    seen: set[str] = set()
    willing: list[tuple[UUID, Recipient]] = []
    for key, who in people:
        why = _why_not(who, key in unwilling, who.address in stopped, who.address in seen)
        if why is not None:
            made.left_out.append(LeftOut(key, who.name or who.address, *why))
            continue
        seen.add(who.address)
        willing.append((key, who))
    texts = await letters(work, subject, body, one.name, [key for key, _who in willing]) if willing else []
    for (key, who), text in zip(willing, texts, strict=True):
        if text.missing:
            made.left_out.append(LeftOut(key, who.name or who.address, "missing_value", missing_words(text.missing)))
        else:
            made.sends.append(Sending(key, who, text))
    return made


def _why_not(who: Recipient, unwilling: bool, stopped: bool, twice: bool) -> tuple[str, str] | None:
    if not who.address:
        return "no_address", _("There is no e-mail address.")
    if unwilling:
        return "unwilling", _("No e-mail is wanted.")
    if stopped:
        return "stopped", _("The address is stopped.")
    return ("twice", _("Somebody else has the same address.")) if twice else None


async def start(
    work: Workspace, queue: Queue, one: Object, ids: Sequence[UUID] | None, where: str, *, subject: str, body: str,
    mailbox: UUID,
) -> Record:  # fmt: skip
    """Have it sent; the mailing. Everybody is looked at anew."""
    box = await work.get(MAILBOX, mailbox)
    if not box["smtp_host"] or box["state"] == "off":
        message = _("Nothing can be sent from this address.")
        raise Invalid.of([Problem("no_server", message, "mailbox", _("Choose another one."))])
    made = await plan(work, one, ids, where, subject, body)
    if not made.sends:
        raise Invalid.of([Problem("nobody", _("Nobody of them can get this mail."), None, _("See why below."))])
    mailing = await work.create(MAILING, {"subject": subject, "body": body, "mailbox": mailbox, "object": one.name})
    due = work.clock.now + HOLD
    trusted = Workspace(work.unit, trusted=True)
    for start_at in range(0, len(made.sends), _BATCH):
        rows = [
            {
                "subject": sending.letter.subject, "body": sending.letter.body, "mailbox": mailbox,
                "to_addresses": str(sending.recipient), "about": AnyTarget(one.name, sending.record), "state": "queued",
                "send_at": due, "mailing": mailing.id,
            }
            for sending in made.sends[start_at : start_at + _BATCH]
        ]  # fmt: skip
        outcomes = await trusted.create_many(WRITTEN, rows)
        schema = work.context.schema
        await queue.enqueue_many(
            work.unit.connection,
            [
                NewJob(SEND_WRITTEN, {"schema": schema, "mail": each.id}, f"{schema}:{each.id}", due)
                for each in outcomes if each.id is not None
            ],
        )  # fmt: skip
    return mailing


async def call_back_all(work: Workspace, mailing: UUID) -> int:
    """Throw away those of its mails that have not left; how many."""
    found = await work.find(WRITTEN, 'state in ("queued", "held", "scheduled")', mailing=mailing, limit=500)
    count = 0
    while found:
        for mail in found:
            await Workspace(work.unit, trusted=True).move(mail, to="draft", send_at=None, problem=None, remedy=None)
            await work.delete((WRITTEN, mail.id))
            count += 1
        found = await work.find(WRITTEN, 'state in ("queued", "held", "scheduled")', mailing=mailing, limit=500)
    return count


async def _chosen(work: Workspace, one: Object, ids: Sequence[UUID] | None, where: str) -> list[tuple[UUID, Recipient]]:
    """The records with their main address, "" for none, in a steady order."""
    field_of, title = email_field(one), one.all_fields[one.title_field]
    assert field_of is not None
    shown = ("id", field_of.name, *((one.title_field,) if work.actor.readable(one, title) else ()))
    found: list[tuple[UUID, Recipient]] = []
    parts: list[Node | None]
    if ids is not None:
        chunks = [ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH)]
        parts = [any_of(Binary("=", Path(("id",)), Literal(str(key))) for key in chunk) for chunk in chunks]
    else:
        parts = [parse(where) if where else None]
    for part in parts:
        after = ""
        while True:
            query = Query(one.name, part, parse_order("created_at"), shown, _BATCH, after)
            page = await work.query(query)
            for row in page.rows:
                values = page.shape.values(row)
                entries = values[field_of.name]
                address = address_of(entries[0].value) if entries and not isinstance(entries, str) else None
                name = title.to_columns(values.get(one.title_field))[0] if values.get(one.title_field) else ""
                found.append((values["id"], Recipient(address or "", str(name or "").replace('"', ""))))
            if len(found) > MOST:
                message = _("At most %(most)s records get one mailing.") % {"most": f"{MOST:,}"}
                raise Invalid(message, code="too_many", hint=_("Choose fewer of them."))
            after = page.next
            if not after:
                break
    return found


async def _unwilling(work: Workspace, one: Object, ids: Sequence[UUID]) -> set[UUID]:
    """Those who do not want mail, or whose company does not; asked with every right, since nobody may write to them
    just because they can't see it."""
    field_of = email_field(one)
    if field_of is None or not field_of.unless or not ids:
        return set()
    system, found = work.as_system(), set[UUID]()
    for at in range(0, len(ids), _BATCH):
        own = any_of(Binary("=", Path(("id",)), Literal(str(key))) for key in ids[at : at + _BATCH])
        where = all_of([own, parse(field_of.unless)])
        page = await system.query(Query(one.name, where, fields=("id",), limit=_BATCH, few=True))
        found |= {row[0] for row in page.rows}
    return found


async def _stopped(work: Workspace, addresses: Sequence[str]) -> set[str]:
    system, found = work.as_system(), set[str]()
    for at in range(0, len(addresses), _BATCH):
        chunk = addresses[at : at + _BATCH]
        where = any_of(Binary("=", Path(("address",)), Literal(address)) for address in chunk)
        page = await system.query(Query(STOP, where, fields=("address",), limit=_BATCH, few=True))
        found |= {page.shape.values(row)["address"] for row in page.rows}
    return found
