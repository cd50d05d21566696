"""Guests are invited by mail, told of what changed, and heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from relata.engine.calendars.scheduling import Reply, read_replies
from relata.engine.metadata.module import action
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.modules.activities import contracts, errors
from relata.modules.activities.actions.being_invited import hear_organizer
from relata.modules.activities.actions.meeting_guard import TOLD
from relata.modules.activities.contracts import ATTENDEE, MEETING
from relata.modules.activities.rules import series

#: Answers for single ones of a series that are kept, the latest.
_MOST_SINGLE = 100


@action(
    contracts.InviteGuests,
    on=MEETING,
    label="Send invitations",
    help="Everybody who is to come gets an invitation by mail; later changes go to them by themselves.",
    offered='status = "planned" and empty(invited_by)',
    icon="mail",
)
async def invite_guests(work: Workspace, command: contracts.InviteGuests) -> int:
    """How many. The mails leave after the commit; the owner needs none."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    if meeting["invited_by"]:
        raise errors.NotOurMeeting
    told = 0
    for guest in await work.find(ATTENDEE, meeting=meeting.id, limit=500):
        if guest["email"] and guest["answer"] != "declined":
            await work.as_system().change((ATTENDEE, guest.id), {"to_send": "request"})
            told += 1
    if not told:
        raise errors.NobodyToInvite
    return told


async def tell_guests(work: Workspace, written: Sequence[Written]) -> None:
    """Who was invited hears of another time or place, and of a cancellation; a new time asks them anew."""
    for one in written:
        if one.before is None or not one.changed("sequence") or not any(one.changed(name) for name in TOLD):
            continue
        cancelled = one.after is None or one.new("status") == "cancelled"
        moved = any(one.changed(name) for name in ("starts_at", "ends_at", "rule"))
        for guest in await work.find(ATTENDEE, "invited_at != null", meeting=one.id, limit=500):
            values: dict[str, object] = {"to_send": "cancel" if cancelled else "request"}
            if moved and not cancelled and guest["answer"] != "declined":
                values["answer"] = "waiting"
            await work.change(guest, values)


@action(
    contracts.ApplyReply,
    on=MEETING,
    label="Take an answer",
    help="Notes what a guest answered by mail.",
    offered="false = true",
    icon="mail-check",
)
async def apply_reply(work: Workspace, command: contracts.ApplyReply) -> bool:
    """Whether it told something new: an answer to an older invitation, or from another address, does not."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    sender = command.sender.strip().lower()
    if meeting["invited_by"]:
        return await hear_organizer(work.as_system(), meeting, command.text, sender)
    heard = False
    for reply in read_replies(command.text):
        if reply.uid != meeting["uid"] or reply.sequence < (meeting["sequence"] or 0):
            continue
        is_single = await _is_single(work, meeting, reply)
        guest = await work.first(ATTENDEE, meeting=meeting.id, email=reply.email)
        if guest is None or not (is_single or reply.original == meeting["original_at"]):
            continue
        values = _unverified(guest, reply, sender) if reply.email != sender else _heard(work, guest, reply, is_single)
        await work.as_system().change((ATTENDEE, guest.id), values)
        heard = heard or reply.email == sender
    return heard


async def _is_single(work: Workspace, meeting: Record, reply: Reply) -> bool:
    """Whether it is about one of this series that is no meeting of its own."""
    if not meeting["rule"] or reply.original is None:
        return False
    if await work.first(MEETING, series=meeting.id, original_at=reply.original) is not None:
        return False
    found = series.series_from(meeting)
    return reply.original in series.occurrences(found, reply.original, reply.original + timedelta(seconds=1))


def _heard(work: Workspace, guest: Record, reply: Reply, is_single: bool) -> dict[str, object]:
    """What the answer changes. For one of a series the others stay as they were answered."""
    values: dict[str, object] = {
        "answered_at": work.clock.now, "comment": reply.comment or None, "sequence": reply.sequence,
        "proposed_at": reply.proposed[0] if reply.proposed else None,
        "proposed_until": reply.proposed[1] if reply.proposed else None,
        "proposed_for": reply.original if reply.proposed and is_single else None, "unverified": None,
    }  # fmt: skip
    if not is_single or reply.original is None:
        return {**values, "answer": reply.answer}
    known = guest["single_answers"] if isinstance(guest["single_answers"], dict) else {}
    latest = dict(sorted({**known, reply.original.isoformat(): reply.answer}.items())[-_MOST_SINGLE:])
    return {**values, "single_answers": latest}


def _unverified(guest: Record, reply: Reply, sender: str) -> dict[str, object]:
    answer = guest.object.all_fields["answer"].option(reply.answer)  # type: ignore[attr-defined]  # a choice
    words = _("“%(answer)s” came from %(sender)s, which is not the guest's address.")
    return {"unverified": words % {"answer": answer.title if answer else reply.answer, "sender": sender[:200]}}
