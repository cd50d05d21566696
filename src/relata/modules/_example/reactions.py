"""What happens when something was announced. A worker runs it at least once, so a second time must do no harm."""

from __future__ import annotations

from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Reaction
from relata.engine.workspace.workspace import Workspace
from relata.modules._example.contracts import GADGET
from relata.modules.activities.contracts import TASK


async def remind_of_gadget(work: Workspace, change: Change) -> None:
    """A task to ask for it on the day by which it should be back, unless there is one or it came back already."""
    gadget = await work.get(GADGET, change.record)
    due_on, name = gadget["due_on"], gadget["name"]
    subject = f"Ask for {name}"
    if due_on is None or await work.first(TASK, subject=subject, due_on=due_on):
        return
    about = AnyTarget(GADGET, gadget.id)
    held = {"owner": gadget["owner"], "team": gadget["team"]}
    await work.create(TASK, {"subject": subject, "due_on": due_on, "about": about} | held)


REACTIONS = (Reaction("GadgetLent", "remind_of_gadget", remind_of_gadget),)
