"""A guest would rather come at another time (iTIP COUNTER): the meeting moves there, or stays and says so. Where we are
the guests, whoever invites us is asked."""

from __future__ import annotations

from uuid import UUID

from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors
from relata.modules.activities.contracts import ATTENDEE, MEETING

_OFFERED = 'status = "planned" and invited_by = null and exists(guests, proposed_at != null)'


@action(
    contracts.AcceptProposal,
    on=MEETING,
    label="Accept the other time",
    help="Moves the meeting to what a guest proposed; everybody who was invited is asked anew.",
    offered=_OFFERED,
    icon="calendar-check",
)
async def accept_proposal(work: Workspace, command: contracts.AcceptProposal) -> None:
    """Who proposed it comes, without being asked."""
    meeting, guest = await _proposed(work, command.meeting, command.guest)
    start, end = guest["proposed_at"], guest["proposed_until"]
    if guest["proposed_for"] is not None:
        await work.run(contracts.MoveOccurrence(meeting.id, guest["proposed_for"], to=start, until=end))
    else:
        lasts = meeting["ends_at"] - meeting["starts_at"]
        await work.change(meeting, {"starts_at": start, "ends_at": end or start + lasts})
    values = {**SETTLED, **({} if guest["proposed_for"] else {"answer": "accepted"})}
    await work.as_system().change((ATTENDEE, guest.id), values)


@action(
    contracts.RefuseProposal,
    on=MEETING,
    label="Keep the time",
    help="The guest who proposed another time is told by mail that the meeting stays where it is.",
    offered=_OFFERED,
    icon="calendar-x",
)
async def refuse_proposal(work: Workspace, command: contracts.RefuseProposal) -> None:
    """Their answer stays what it was."""
    _meeting, guest = await _proposed(work, command.meeting, command.guest)
    await work.as_system().change((ATTENDEE, guest.id), {**SETTLED, "to_send": "refuse"})


@action(
    contracts.ProposeTime,
    on=MEETING,
    label="Propose another time",
    help="Whoever invites you is asked by mail; the meeting stays where it is until they move it.",
    offered='status = "planned" and invited_by != null and rule = null',
    icon="calendar-clock",
)
async def propose_time(work: Workspace, command: contracts.ProposeTime) -> None:
    """For one of ours who answered the invitation. Perhaps they come to the time that stands."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    own = await work.first(ATTENDEE, "answered_at != null", meeting=meeting.id) if meeting["invited_by"] else None
    if own is None or meeting["rule"] or meeting["status"] != "planned":
        raise errors.NothingToPropose
    if command.to <= work.clock.now or command.to == meeting["starts_at"]:
        raise errors.ProposedTimeIsWrong
    values: dict[str, object] = {
        "proposed_at": command.to, "proposed_until": command.to + (meeting["ends_at"] - meeting["starts_at"]),
        "answer": "tentative", "to_send": "counter",
    }  # fmt: skip
    await work.as_system().change((ATTENDEE, own.id), values)


SETTLED: dict[str, object] = {"proposed_at": None, "proposed_until": None, "proposed_for": None}


async def _proposed(work: Workspace, meeting: UUID, guest: UUID) -> tuple[Record, Record]:
    found = await work.get(MEETING, meeting, lock=True)
    who = await work.get(ATTENDEE, guest)
    if found["invited_by"] or who["meeting"] != found.id or who["proposed_at"] is None:
        raise errors.NothingProposed
    return found, who
