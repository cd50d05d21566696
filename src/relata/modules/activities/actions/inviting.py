"""Guests are invited by mail, told of what changed, and heard."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.calendars.scheduling import read_replies
from relata.engine.metadata.module import action
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors
from relata.modules.activities.actions.meeting_guard import TOLD
from relata.modules.activities.contracts import ATTENDEE, MEETING


@action(
    contracts.InviteGuests,
    on=MEETING,
    label="Send invitations",
    help="Everybody who is to come gets an invitation by mail; later changes go to them by themselves.",
    offered='status = "planned"',
    icon="mail",
)
async def invite_guests(work: Workspace, command: contracts.InviteGuests) -> int:
    """How many. The mails leave after the commit; the owner needs none."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
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
    heard = False
    for reply in read_replies(command.text):
        is_this = reply.uid == meeting["uid"] and reply.original == meeting["original_at"]
        if not is_this or reply.email != sender or reply.sequence < (meeting["sequence"] or 0):
            continue
        guest = await work.first(ATTENDEE, meeting=meeting.id, email=sender)
        if guest is None:
            continue
        await work.as_system().change(
            (ATTENDEE, guest.id),
            {
                "answer": reply.answer, "answered_at": work.clock.now, "comment": reply.comment or None,
                "proposed_at": reply.proposed[0] if reply.proposed else None, "sequence": reply.sequence,
            },
        )  # fmt: skip
        heard = True
    return heard
