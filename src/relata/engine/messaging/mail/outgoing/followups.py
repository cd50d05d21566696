"""What comes back to a mail that was sent: an answer, a report that it was not delivered, its own copy from the folder
of sent mail."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from relata.engine.history.feed import Change
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.outgoing.addresses import address_of, recipients
from relata.engine.messaging.mail.outgoing.objects import STOP, WRITTEN
from relata.engine.messaging.mail.outgoing.people import email_field
from relata.engine.messaging.mail.outgoing.recipient_rows import rows_of, settle
from relata.engine.messaging.mail.parsing.automatic import is_no_address
from relata.engine.metadata.module import Reaction, Schedule
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: Of one mail's references that are looked at, the latest.
_MOST = 20
ADDRESSES = ("to_addresses", "cc_addresses", "bcc_addresses")


async def note_followup(work: Workspace, change: Change) -> None:
    """An e-mail came. work: the system's."""
    try:
        email = await work.get(EMAIL, change.record)
    except NotFound:
        return
    if email["direction"] == "out":
        await _found_again(work, email)
    elif email["is_bounce"]:
        await _came_back(work, email)
    elif not email["is_auto_reply"]:
        await _answered(work, email)


async def _found_again(work: Workspace, email: Record) -> None:
    """A mail of which nobody knew lies in the folder of sent mail: it was sent."""
    for mail in await _written(work, [email["message_id"] or ""]):
        if mail["state"] == "uncertain" and mail["email"] != email.id and await _was_one(work, mail):
            await work.move(mail, to="sent", problem=None, remedy=None, sent_at=email["sent_at"], email=email.id)
            await settle(work, mail.id, "sent", {})
            await work.change(email, {"state": "sent"})


async def settle_uncertain(work: Workspace) -> None:
    """A mail of which nobody knew is found on its server: it was sent. work: the system's."""
    waiting = {mail["email"]: mail for mail in await work.find(WRITTEN, state="uncertain", limit=500) if mail["email"]}
    if not waiting:
        return
    rows = await work.unit.connection.fetch(
        f"select distinct email from {quoted(work.context.schema)}._mail_message where email = any(%s)",
        (list(waiting),),
    )
    for (key,) in rows:
        mail = waiting[key]
        if not await _was_one(work, mail):
            continue
        await work.move(mail, to="sent", problem=None, remedy=None, sent_at=mail["handed_at"])
        await settle(work, mail.id, "sent", {})
        await work.change((EMAIL, key), {"state": "sent"})


async def _was_one(work: Workspace, mail: Record) -> bool:
    """Whether the server was given it once, for all: of copies to each apart, one that is found says nothing of the
    others."""
    return all(row["handed_at"] is None for row in await rows_of(work, mail.id))


async def _came_back(work: Workspace, email: Record) -> None:
    """A server says that somebody did not get a mail. Only recipients of the mail count: a report can name anybody."""
    known = [email["bounced_message_id"] or "", *(email["references"] or "").split()]
    for mail in await _written(work, known):
        if mail["handed_at"] is None or mail["state"] == "draft":
            continue
        everybody = [one.address for name in ADDRESSES for one in recipients(mail[name], name)]
        before = [one.address for one in recipients(mail["bounced_addresses"], "bounced_addresses")]
        failed = _failed(email, everybody)
        fresh = {address: code for address, code in failed.items() if address not in before}
        if not fresh:
            continue
        await _note_rows(work, mail, email, fresh)
        if mail["state"] in ("sent", "uncertain", "bounced"):
            await _note_bounce(work, mail, email, [*before, *fresh])
        for address, code in fresh.items():
            if is_no_address(code) or mail["mailing"] is not None:
                await stop(work, address, "bounced")


def _failed(email: Record, everybody: Sequence[str]) -> dict[str, str]:
    """Recipients whom the report names, with its codes; the only one of the mail where it names nobody."""
    found: dict[str, str] = {}
    for line in (email["bounced_addresses"] or "").split("\n"):
        text, _space, code = line.rpartition(" ")
        address = address_of(text)
        if address is not None and address in everybody:
            found[address] = code
        elif address is None and len(everybody) == 1:
            found[everybody[0]] = code
    return found


async def _note_bounce(work: Workspace, mail: Record, email: Record, gone: list[str]) -> None:
    why = (email["bounced_reason"] or "").strip() or _("The recipient's server did not take it.")
    if gone:
        why = _("Not to %(names)s: %(why)s") % {"names": ", ".join(gone[-5:]), "why": why}
    values = {
        "problem": why[:500], "remedy": _("Check the address, and write again."), "bounced_addresses": ", ".join(gone),
        "bounced_at": email["sent_at"] or work.clock.now,
    }  # fmt: skip
    if mail["state"] == "bounced":
        await work.change(mail, values)
    else:
        await work.move(mail, to="bounced", **values)
    sent = await work.first(EMAIL, id=mail["email"]) if mail["email"] is not None else None
    if sent is not None and sent["state"] != "bounced":
        await work.change(sent, {"state": "bounced"})


async def _note_rows(work: Workspace, mail: Record, email: Record, fresh: Collection[str]) -> None:
    why = (email["bounced_reason"] or "").strip()[:500] or None
    for row in await rows_of(work, mail.id):
        if row["address"] in fresh:
            at = email["sent_at"] or work.clock.now
            await work.change(row, {"state": "bounced", "bounced_at": at, "problem": why})


async def stop(work: Workspace, address: str, reason: str) -> None:
    """The address gets no mailings any more."""
    if await work.first(STOP, address=address) is None:
        await work.create(STOP, {"address": address, "reason": reason, "owner": None})


async def stop_address(work: Workspace, mail: Record, reason: str) -> None:
    """Nobody sends mailings to the recipient of this mail any more."""
    for one in recipients(mail["to_addresses"], "to_addresses"):
        await stop(work, one.address, reason)


async def unsubscribe(work: Workspace, key: UUID) -> None:
    """The recipient of a mail wants no more mailings: their address is stopped, and their record says so. Once or
    often is the same. work: the system's."""
    mail = await work.get(WRITTEN, key, deleted=None)
    await stop_address(work, mail, "unsubscribed")
    about = mail["about"]
    if about is None or about.object not in work.registry.objects:
        return
    field = email_field(work.registry.get(about.object))
    if field is None or not field.stop:
        return
    with contextlib.suppress(NotFound):
        record = await work.get(about.object, about.id)
        if not record[field.stop]:
            await work.change(record, {field.stop: True})


async def _answered(work: Workspace, email: Record) -> None:
    for mail in await _written(work, (email["references"] or "").split()[-_MOST:]):
        at = email["sent_at"] or work.clock.now
        if mail["replied_at"] is None:
            await work.change(mail, {"replied_at": at})
        for row in await rows_of(work, mail.id):
            if row["address"] == email["from_address"] and row["replied_at"] is None:
                await work.change(row, {"replied_at": at})


async def _written(work: Workspace, message_ids: Iterable[str]) -> list[Record]:
    wanted = dict.fromkeys(one.strip("<>") for one in message_ids if one)
    found = []
    for one in wanted:
        found += await work.find(WRITTEN, message_id=one, limit=2)
    return found


SCHEDULES = (
    Schedule(
        "settle_uncertain_mails", "* * * * *", settle_uncertain,
        "Looks whether mails of which nobody knows were sent lie on their servers.",
    ),
)  # fmt: skip
REACTIONS = (Reaction(f"{EMAIL}.created", "note_mail_followup", note_followup),)
