"""A mail to several people of whom is noted who opens it goes to each apart: the same mail with the same Message-ID,
only the picture and the links differ. Each copy is marked before it is handed over and written down after, so that a
death at any point leaves a true answer for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from relata.engine.messaging.mail.outgoing.claiming import Claimed, uncertain_remedy
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.outgoing.outcome import Outcome, Taken, refusal, sent_but_for
from relata.engine.messaging.mail.outgoing.recipient_objects import RECIPIENT
from relata.engine.messaging.mail.outgoing.wire import Envelope, MailboxTransport
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, RelataError
from relata.foundation.i18n import gettext as _

#: A server that refuses so many one after the other is left alone until the next attempt.
_MOST_TROUBLES = 2
#: As an outcome calls it, and as a recipient's row does.
_STATES = {"sent": "sent", "uncertain": "uncertain", "failed": "refused", "queued": "waiting"}
_OUTCOMES = {"sent": "sent", "bounced": "sent", "uncertain": "uncertain", "refused": "failed"}


async def send_each(
    door: Door, key: str, taken: Claimed, transport: MailboxTransport, content: Callable[[Record], bytes]
) -> Outcome:
    """Hand their copies to the server, one after the other; what came of all of them. Raises Taken."""
    found: list[tuple[str, Outcome]] = []
    troubles = 0
    ended: Outcome | None = None
    for row in taken.rows:
        if row["state"] != "waiting":
            found.append((row["address"], Outcome(_OUTCOMES[row["state"]], row["problem"] or "")))
            continue
        if ended is None:
            outcome, is_for_all = await _send_one(door, key, taken, transport, row, content(row))
            troubles = troubles + 1 if outcome.state == "queued" else 0
            ended = outcome if is_for_all or troubles >= _MOST_TROUBLES else None
        else:
            outcome = ended
        await _write_down(door, key, row, outcome)
        found.append((row["address"], outcome))
    return _together(found)


async def _send_one(
    door: Door, key: str, taken: Claimed, transport: MailboxTransport, row: Record, content: bytes
) -> tuple[Outcome, bool]:
    """What came of it, and whether it would come of the others, too."""

    async def mark(work: Workspace) -> None:
        mail = await work.get(WRITTEN, taken.mail, lock=True)
        own = await work.get(RECIPIENT, row.id, lock=True)
        if mail["state"] != "sending" or mail["attempt"] != taken.attempt or own["handed_at"] is not None:
            raise Taken
        await work.change(own, {"handed_at": work.clock.now})
        if mail["handed_at"] is None:
            await work.change(mail, {"handed_at": work.clock.now})

    async def before() -> None:
        await door.run(key, None, mark, via="automation")

    envelope = Envelope(taken.outgoing.sender.address, (row["address"],), content)
    try:
        return sent_but_for((await transport.send(taken.login, envelope, before)).refused), False
    except Taken:
        raise
    except RelataError as error:
        return refusal(error, taken.attempt), isinstance(error, Denied)


async def _write_down(door: Door, key: str, row: Record, outcome: Outcome) -> None:
    async def run(work: Workspace) -> None:
        await note(work, row.id, outcome)

    await door.run(key, None, run, via="automation")


async def note(work: Workspace, row: UUID, outcome: Outcome) -> None:
    """What became of it at one recipient. work: the system's."""
    state = _STATES[outcome.state]
    values: dict[str, Any] = {"state": state, "problem": outcome.problem[:500] or None}
    if state == "sent":
        values["sent_at"] = work.clock.now
    if state == "waiting":
        values["handed_at"] = None
    await work.change((RECIPIENT, row), values)


def _together(found: Sequence[tuple[str, Outcome]]) -> Outcome:
    has_left = any(one.state in ("sent", "uncertain") for _who, one in found)
    by_state = {state: [(who, one) for who, one in found if one.state == state] for state in _STATES}
    if waiting := by_state["queued"]:
        return Outcome("queued", waiting[0][1].problem, _("It is tried again by itself."), has_left)
    if unknown := by_state["uncertain"]:
        names = ", ".join(who for who, _one in unknown[:5])
        words = _("Nobody knows whether %(names)s got it.") % {"names": names}
        return Outcome("uncertain", words, uncertain_remedy(), has_left)
    if by_state["sent"]:
        return sent_but_for([(who, one.problem) for who, one in by_state["failed"]])
    return by_state["failed"][0][1]
