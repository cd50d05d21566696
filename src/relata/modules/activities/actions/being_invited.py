"""Somebody outside invites one of us: the answer goes back, and what was accepted stands in the calendar."""

from __future__ import annotations

from typing import Any

from relata.engine.calendars.invitations import Invited, invited
from relata.engine.calendars.scheduling import stays
from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors
from relata.modules.activities.actions.proposals import SETTLED
from relata.modules.activities.actions.taking import event_values, keep_event, keep_guests
from relata.modules.activities.contracts import ATTENDEE, MEETING

_ANSWERS = ("accepted", "tentative", "declined")


@action(
    contracts.AnswerInvitation,
    on="email",
    label="Answer an invitation",
    help="Puts what you are invited to into your calendar, and tells whoever invites you whether you come.",
    offered="false = true",
    icon="calendar-check",
)
async def answer_invitation(work: Workspace, command: contracts.AnswerInvitation) -> contracts.AnsweredInvitation:
    """The meeting is the person's own. Only who sent the mail is answered, so that nobody has us write to others."""
    email = await work.get("email", command.email)
    me = await work.as_system().get("user", work.actor.user) if work.actor.user else None
    mailbox = await work.get("mailbox", email["mailbox"]) if email["mailbox"] else None
    ours = {one.lower() for one in (me and me["email"], mailbox and mailbox["address"]) if one}
    found = invited(command.text, ours, work.clock.zone)
    if me is None or found is None or found.is_over or command.answer not in _ANSWERS:
        raise errors.NotInvited
    asker = found.item.organizer.email if found.item.organizer else ""
    if asker != (email["from_address"] or "").lower():
        raise errors.NotInvited
    before = await work.first(MEETING, uid=found.item.uid, invited_by=asker, original_at=None, owner=me.id)
    if before is not None and (before["sequence"] or 0) > found.item.sequence:
        raise errors.InvitationIsOld
    meeting = await _kept(work, before, found, me, asker, command.answer)
    own = await work.first(ATTENDEE, meeting=meeting.id, email=found.guest.email)
    values = {"answer": command.answer, "to_send": "reply", "answered_at": work.clock.now}
    if own is None:
        own = await work.create(ATTENDEE, {"meeting": meeting.id, "email": found.guest.email, "name": me["name"]})
    await work.as_system().change((ATTENDEE, own.id), values)
    return contracts.AnsweredInvitation(meeting.id)


async def _kept(
    work: Workspace, before: Record | None, found: Invited, me: Record, asker: str, answer: str
) -> Record:  # fmt: skip
    away = {one.original for one in found.others if one.original is not None and one.status == "cancelled"}
    values: dict[str, Any] = event_values(found.item, away) | {"invited_by": asker, "owner": me.id}
    values["status"] = "cancelled" if answer == "declined" else "planned"
    if before is not None and before["status"] == "cancelled" and answer != "declined":
        before = await work.move(before, to="planned")
    meeting, did = await keep_event(work.as_system(), before, values)
    if did == "created":
        await keep_guests(work.as_system(), meeting, found.item)
    return meeting


async def hear_organizer(work: Workspace, meeting: Record, text: str, sender: str) -> bool:
    """Who invited us calls it off, or changes it; whether that was news. work: the system's."""
    guests = await work.find(ATTENDEE, meeting=meeting.id, limit=500)
    ours = [one for one in guests if one["proposed_at"] is not None]
    if stays(text, meeting["uid"]) and sender == meeting["invited_by"] and ours:
        for one in ours:
            await work.change(one, SETTLED)
        return True
    found = invited(text, {one["email"] for one in guests if one["email"]}, meeting["zone"] or "UTC")
    if found is None or found.item.uid != meeting["uid"] or found.item.original is not None:
        return False
    if sender != meeting["invited_by"] or found.item.organizer is None or found.item.organizer.email != sender:
        return False
    if found.is_over:
        if meeting["status"] != "planned":
            return False
        await work.move(meeting, to="cancelled")
        return True
    if found.item.sequence <= (meeting["sequence"] or 0) or meeting["status"] != "planned":
        return False
    away = {one.original for one in found.others if one.original is not None and one.status == "cancelled"}
    await keep_event(work, meeting, event_values(found.item, away) | {"invited_by": sender, "owner": meeting["owner"]})
    for one in ours:
        await work.change(one, SETTLED)
    return True
