"""Assigning records that are there already: by the rules when somebody asks, out of a queue, or because it got late."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.automation.assignment.deciding import Asked, Deciding, Decision
from relata.engine.automation.assignment.keeping import end_earlier, keep, values_of
from relata.engine.automation.assignment.rules_of import Named, rules_of
from relata.engine.automation.assignment.values import Item
from relata.engine.rules.assignment import Target
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied
from relata.foundation.i18n import gettext as _


async def assign(work: Workspace, object_name: str, ids: Sequence[UUID]) -> list[Decision]:
    """Ask all active rules about these records and give each to whom they say; where they say nothing, it stays. The
    decisions come in the order of the records' ids. Denied for a record that the actor may not change."""
    one = work.readable_object(object_name)
    records = await work.get_many(object_name, ids, lock=True)
    for record in records:
        if not await work.may(record, "change"):
            raise Denied(_("You may see this %(noun)s, but not change it.") % {"noun": one.noun}, code="denied_change")
    deciding = Deciding(work, one, rules_of(work.context, one), is_real=True)
    decisions = await deciding.decide([Item(record.id, record.values) for record in records])
    await deciding.keep()
    await _apply(deciding, records, decisions)
    return decisions


async def hand_over(work: Workspace, record: Record, rule: Named, to: Target, word: str) -> bool:
    """Give a record to somebody else for a reason of its own, such as `escalated`; False where they are not to be
    had. No new clock runs."""
    deciding = Deciding(work, record.object, (), is_real=True)
    asked = Asked(rule.name, rule.label, word)
    found = await deciding.find(to, asked)
    if found is None:
        return False
    decision = Decision(Item(record.id, record.values), found, rule, [asked])
    await _apply(deciding, [record], [decision], clocks=False)
    return True


async def take(work: Workspace, assignment: UUID) -> Record:
    """Make a record that waits in a queue the actor's own. Conflict where somebody was faster, Denied for who is not a
    member of the queue."""
    everything = work.as_system()
    waiting = await everything.get("assignment", assignment, lock=True)
    about, me = waiting["about"], work.actor.user
    record = await work.get(about.object, about.id)
    if me is None:
        raise Denied(_("Only a person can take a record."), code="denied_take")
    if waiting["state"] != "waiting":
        raise Conflict(_("Somebody has taken this already."), code="taken", hint=_("Look at who owns it now."))
    queue = await everything.get("queue", waiting["queue"]) if waiting["queue"] else None
    if (queue is None or me not in (queue["members"] or ())) and not await work.may(record, "change"):
        raise Denied(_("You are not a member of this queue."), code="denied_take", hint=_("Ask who manages people."))
    taken = await everything.change(record, {"owner": me, "team": work.actor.main_team or record["team"]})
    await everything.change(waiting, {"state": "taken", "person": me, "taken_by": me, "taken_at": work.clock.now})
    for clock in await everything.find("response_clock", "met_at is null and ended_at is null", about=about.id):
        await everything.change(clock, {"person": me})
    return taken


async def _apply(
    deciding: Deciding, records: Sequence[Record], decisions: Sequence[Decision], *, clocks: bool = True
) -> None:
    everything, one = deciding.work.as_system(), deciding.object
    made = [(record, found) for record, found in zip(records, decisions, strict=True) if found.to is not None]
    await end_earlier(deciding.work, one.name, [record.id for record, __ in made], clocks=clocks)
    for record, found in made:
        await everything.change(record, await values_of(deciding, found))
    await keep(deciding, [found for __, found in made], clocks=clocks)
