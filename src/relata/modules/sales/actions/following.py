"""The next step at the press of a button."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import action
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import TASK
from relata.modules.sales import contracts, rules
from relata.modules.sales.contracts import OPPORTUNITY


@action(
    contracts.PlanFollowUp,
    on=OPPORTUNITY,
    label="Plan follow-up",
    help="Makes a task for the next working day to ask how things stand; it belongs to the deal's owner.",
    offered='status = "open"',
    icon="calendar-check",
)
async def plan_follow_up(work: Workspace, command: contracts.PlanFollowUp) -> None:
    """A second time on one day makes no second task."""
    deal = await work.get(OPPORTUNITY, command.opportunity)
    due_on = rules.next_working_day(work.clock.today)
    if await work.first(TASK, 'kind = "follow_up" and status = "open"', about=deal.id, due_on=due_on):
        return
    values = {"subject": f"Follow up: {deal['name']}"[:200], "kind": "follow_up", "due_on": due_on}
    held = {"about": AnyTarget(OPPORTUNITY, deal.id), "owner": deal["owner"] or work.actor.user, "team": deal["team"]}
    await work.create(TASK, values | held)
