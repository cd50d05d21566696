"""The buttons: complete or reopen a task, log a call."""

from __future__ import annotations

from relata.engine.automation.working_time import shift_days
from relata.engine.automation.working_time.reading import calendar_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import action
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, rules
from relata.modules.parties.contracts import CONTACT


@action(
    contracts.CompleteTask,
    on=contracts.TASK,
    label="Complete",
    help="Marks the task as done; one that is done already stays as it is.",
    offered='status in ("open", "in_progress")',
    icon="check",
)
async def complete_task(work: Workspace, command: contracts.CompleteTask) -> None:
    """A cancelled task is refused."""
    task = await work.get(contracts.TASK, command.task, lock=True)
    if task["status"] == "done":
        return

    rules.check_can_complete(task["status"])

    await work.move(task, to="done")
    await work.announce(contracts.TaskCompleted(task.id), about=task)


@action(
    contracts.ReopenTask,
    on=contracts.TASK,
    label="Reopen",
    help="Puts a done or cancelled task back among the open ones.",
    offered='status in ("done", "cancelled")',
    icon="rotate-ccw",
)
async def reopen_task(work: Workspace, command: contracts.ReopenTask) -> None:
    """A new day for it may come with it."""
    task = await work.get(contracts.TASK, command.task, lock=True)
    values = {} if command.due_on is None else {"due_on": command.due_on}
    await work.move(task, to="open", **values)


@action(
    contracts.LogCall,
    on=CONTACT,
    label="Log call",
    help="Writes down a call with the contact, and makes a task to follow up if you name a day for it.",
    icon="phone-call",
)
async def log_call(work: Workspace, command: contracts.LogCall) -> contracts.LoggedCall:
    """Call and follow-up belong to the person who logs."""
    contact = await work.get(CONTACT, command.contact)
    about = AnyTarget(CONTACT, contact.id)
    call = await work.create(
        contracts.CALL,
        {
            "subject": command.subject,
            "outcome": command.outcome,
            "direction": command.direction,
            "at": command.at or work.clock.now,
            "duration": command.duration,
            "summary": command.summary or None,
            "about": about,
            "contact": contact.id,
        },
    )
    task = None
    if command.follow_up_on is not None:
        values = {"subject": command.subject, "kind": "follow_up", "due_on": command.follow_up_on, "about": about}
        task = await work.create(contracts.TASK, values)
    await work.announce(contracts.CallLogged(call.id, contact.id, command.outcome), about=call)
    return contracts.LoggedCall(call.id, task.id if task else None)


@action(
    contracts.FollowUpCall,
    on=contracts.CALL,
    label="Follow up",
    help="Makes a task of what is to be done after the call, on the record that the call was about.",
    icon="calendar-plus",
)
async def follow_up_call(work: Workspace, command: contracts.FollowUpCall) -> contracts.LoggedCall:
    """The task belongs to who makes it."""
    call = await work.get(contracts.CALL, command.call)
    contact = AnyTarget(CONTACT, call["contact"]) if call["contact"] else AnyTarget(contracts.CALL, call.id)
    due = command.due_on or shift_days(await calendar_of(work, work.actor.user), work.clock.today, 1)
    subject = command.next_step or call["subject"]
    values = {"subject": subject[:200], "kind": "follow_up", "due_on": due, "about": call["about"] or contact}
    return contracts.LoggedCall(call.id, (await work.create(contracts.TASK, values)).id)
