"""A guest would rather come at another time (iTIP COUNTER): the meeting moves there, or stays and says so."""

from __future__ import annotations

from uuid import UUID

from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors
from relata.modules.activities.contracts import ATTENDEE, MEETING

_OFFERED = 'status = "planned" and exists(guests, proposed_at != null)'


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
    values = {**_SETTLED, **({} if guest["proposed_for"] else {"answer": "accepted"})}
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
    await work.as_system().change((ATTENDEE, guest.id), {**_SETTLED, "to_send": "refuse"})


_SETTLED: dict[str, object] = {"proposed_at": None, "proposed_until": None, "proposed_for": None}


async def _proposed(work: Workspace, meeting: UUID, guest: UUID) -> tuple[Record, Record]:
    found = await work.get(MEETING, meeting, lock=True)
    who = await work.get(ATTENDEE, guest)
    if who["meeting"] != found.id or who["proposed_at"] is None:
        raise errors.NothingProposed
    return found, who
