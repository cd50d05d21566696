"""The buttons: put somebody on a list, count a segment, end an affiliation."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties import contracts, errors, queries, rules


@action(
    contracts.AddToList,
    on=contracts.STATIC_LIST,
    label="Add to list",
    help="Puts an account or a contact on the list; one that is on it already stays as it is.",
    icon="list-plus",
)
async def add_to_list(work: Workspace, command: contracts.AddToList) -> Record:
    """The member, whether it is new or was there."""
    static_list = await work.get(contracts.STATIC_LIST, command.static_list)
    chosen = command.account or command.contact
    if chosen is None or (command.account and command.contact):
        raise errors.NotForThisList(static_list["holds"])
    kind = contracts.ACCOUNT if command.account else contracts.CONTACT
    member = await work.get(kind, chosen)

    rules.check_fits_list(static_list["holds"], kind)

    known = await work.first(contracts.LIST_MEMBER, static_list=static_list.id, member=member.id)
    values = {"static_list": static_list.id, "member": AnyTarget(kind, member.id), "note": command.note or None}
    return known or await work.create(contracts.LIST_MEMBER, values)


@action(
    contracts.CountSegment,
    on=contracts.SEGMENT,
    label="Count",
    help="Says how many records the segment holds now, of those that you may see.",
    icon="hash",
)
async def count_segment(work: Workspace, command: contracts.CountSegment) -> int:
    """The number itself; nothing is stored, so nothing goes stale."""
    segment = await work.get(contracts.SEGMENT, command.segment)
    return await queries.segment_size(work, segment)


@action(
    contracts.EndAffiliation,
    on=contracts.AFFILIATION,
    label="End affiliation",
    help="Notes that the person no longer has this role, and since when.",
    offered="ends_on is null",
    icon="user-minus",
)
async def end_affiliation(work: Workspace, command: contracts.EndAffiliation) -> None:
    """Today unless a day is given; a day before the start is refused."""
    affiliation = await work.get(contracts.AFFILIATION, command.affiliation, lock=True)
    ended_on = command.ended_on or work.clock.today

    rules.check_period(affiliation["starts_on"], ended_on)

    await work.change(affiliation, {"ends_on": ended_on})
    event = contracts.AffiliationEnded(affiliation.id, affiliation["contact"], affiliation["account"], ended_on)
    await work.announce(event, about=affiliation)
