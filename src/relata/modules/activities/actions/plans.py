"""Putting a task off, and starting a plan: its tasks about a record, each on its working day."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.working_time import shift_days
from relata.engine.automation.working_time.reading import calendar_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors
from relata.modules.activities.contracts import PLAN, PLAN_PART, TASK
from relata.modules.parties.contracts import ACCOUNT, CONTACT


@action(
    contracts.SnoozeTask,
    on=TASK,
    label="Put off",
    help="To another day; without one, to the next day on which you work.",
    offered='status in ("open", "in_progress")',
    icon="alarm-clock",
)
async def snooze_task(work: Workspace, command: contracts.SnoozeTask) -> None:
    """Counted from today, not from the day that is over."""
    task = await work.get(TASK, command.task, lock=True)
    day = command.until or shift_days(await calendar_of(work, task["owner"]), work.clock.today, 1)
    await work.change(task, {"due_on": day})


@action(
    contracts.StartPlan,
    on=PLAN,
    label="Start",
    help="Makes the tasks of the plan about a record.",
    offered="is_active",
    icon="circle-play",
)
async def start_plan(work: Workspace, command: contracts.StartPlan) -> list[UUID]:
    """The tasks, in the order of the plan."""
    record = await work.get(command.about_object, command.about)
    return await _start(work, command, record)


@action(
    contracts.StartAccountPlan,
    on=ACCOUNT,
    label="Start a plan",
    help="Makes the tasks of an activity plan about this account.",
    icon="list-tree",
    inputs={"activity_plan": "task.plan"},
)
async def start_account_plan(work: Workspace, command: contracts.StartAccountPlan) -> list[UUID]:
    """The tasks, in the order of the plan."""
    record = await work.get(ACCOUNT, command.account)
    return await _start(work, contracts.StartPlan(command.activity_plan, ACCOUNT, record.id, command.start_on), record)


@action(
    contracts.StartContactPlan,
    on=CONTACT,
    label="Start a plan",
    help="Makes the tasks of an activity plan about this contact.",
    icon="list-tree",
    inputs={"activity_plan": "task.plan"},
)
async def start_contact_plan(work: Workspace, command: contracts.StartContactPlan) -> list[UUID]:
    """The tasks, in the order of the plan."""
    record = await work.get(CONTACT, command.contact)
    return await _start(work, contracts.StartPlan(command.activity_plan, CONTACT, record.id, command.start_on), record)


async def _start(work: Workspace, command: contracts.StartPlan, record: Record) -> list[UUID]:
    plan = await work.get(PLAN, command.activity_plan)
    parts = await work.find(PLAN_PART, plan=plan.id, order="offset_days,created_at", limit=100)
    if not parts or not plan["is_active"]:
        raise errors.PlanIsEmpty
    start = command.start_on or work.clock.today
    made: dict[UUID, UUID] = {}
    for part in _in_order(parts):
        owner = part["assignee"] or command.owner or work.actor.user
        due = shift_days(await calendar_of(work, owner), start, part["offset_days"] or 0)
        values = {
            "subject": part["subject"], "kind": part["kind"], "priority": part["priority"], "plan": plan.id,
            "description": part["description"], "due_on": due, "about": AnyTarget(record.object.name, record.id),
        }  # fmt: skip
        if owner is not None:
            values["owner"] = owner
        if part["after"] in made:
            values["blocked_by"] = [made[part["after"]]]
        made[part.id] = (await work.create(TASK, {k: v for k, v in values.items() if v is not None})).id
    return list(made.values())


def _in_order(parts: list[Record]) -> list[Record]:
    """Those first that others wait for; a circle stays in the order of the days."""
    placed: dict[UUID, Record] = {}
    left = list(parts)
    while left:
        ready = [one for one in left if one["after"] is None or one["after"] in placed] or left[:1]
        placed |= {one.id: one for one in ready}
        left = [one for one in left if one.id not in placed]
    return list(placed.values())
