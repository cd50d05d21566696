"""Promises: taken from notes and tasks, kept or broken."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import action
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import NOTE, TASK
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts, errors
from relata.modules.sales.contracts import LEAD, OPPORTUNITY, PROMISE

_ABOUT = (OPPORTUNITY, ACCOUNT, CONTACT, LEAD)


@action(
    contracts.KeepPromise,
    on=PROMISE,
    label="Kept",
    help="Notes that it was done, today or on the day that you name.",
    offered='status != "kept"',
    icon="check",
)
async def keep_promise(work: Workspace, command: contracts.KeepPromise) -> None:
    """One that is kept already stays as it is."""
    promise = await work.get(PROMISE, command.promise, lock=True)
    if promise["status"] != "kept":
        await work.move(promise, to="kept", kept_on=command.kept_on or work.clock.today)


@action(
    contracts.BreakPromise,
    on=PROMISE,
    label="Broken",
    help="Notes that it will not be done.",
    offered='status = "open"',
    icon="x",
)
async def break_promise(work: Workspace, command: contracts.BreakPromise) -> None:
    """The note is kept beside what was noted before."""
    promise = await work.get(PROMISE, command.promise, lock=True)
    if promise["status"] == "open":
        words = [text for text in (promise["note"], command.note) if text]
        await work.move(promise, to="broken", note="\n".join(words) or None)


@action(
    contracts.PromiseFromNote,
    on=NOTE,
    label="Note a promise",
    help="Writes down what one side said it would do, as this note has it.",
    icon="handshake",
    inputs={"what": "promise.subject", "made_by": "promise.made_by", "due_on": "promise.due_on"},
)
async def promise_from_note(work: Workspace, command: contracts.PromiseFromNote) -> None:
    """About what the note is about."""
    note = await work.get(NOTE, command.note)
    subject = command.what or note["subject"] or ""
    await _promise(work, note, subject=subject, made_by=command.made_by, due_on=command.due_on)


@action(
    contracts.PromiseFromTask,
    on=TASK,
    label="Note as promise",
    help="Writes down that the other side counts on this task, or that we count on theirs.",
    icon="handshake",
    inputs={"made_by": "promise.made_by"},
)
async def promise_from_task(work: Workspace, command: contracts.PromiseFromTask) -> None:
    """A second time makes no second promise."""
    task = await work.get(TASK, command.task, lock=True)
    if await work.ids(PROMISE, {"source": task.id}, limit=1):
        return
    await _promise(work, task, subject=task["subject"], made_by=command.made_by, due_on=task["due_on"])


async def _promise(work: Workspace, source: Record, **values: Any) -> None:
    about = source["about"]
    if about is None or about.object not in _ABOUT:
        raise errors.PromiseAboutNothing
    given = {
        "about": about,
        "person": source["owner"] or work.actor.user,
        "source": AnyTarget(source.object.name, source.id),
    }
    await work.create(PROMISE, values | given)


async def check_promise(work: Workspace, draft: Draft) -> None:
    """The day on which it was kept stands as long as it is."""
    if draft.changed("status") or draft.is_new:
        draft.set("kept_on", (draft["kept_on"] or work.clock.today) if draft["status"] == "kept" else None)
