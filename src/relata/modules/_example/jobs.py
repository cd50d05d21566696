"""What happens by the clock."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Schedule
from relata.engine.workspace.workspace import Workspace
from relata.modules._example import queries
from relata.modules._example.contracts import GADGET
from relata.modules.activities.contracts import NOTE


async def note_overdue(work: Workspace) -> None:
    """A note on each overdue gadget, once."""
    for gadget in await queries.overdue(work):
        due_on, holder = gadget["due_on"], gadget["lent_to"]
        values = {"subject": f"Overdue since {due_on}", "body": f"{holder} still has it."}
        if not await work.first(NOTE, subject=values["subject"], about=gadget.id):
            await work.create(NOTE, values | {"about": AnyTarget(GADGET, gadget.id), "owner": gadget["owner"]})


SCHEDULES = (Schedule("note_overdue_gadgets", "0 6 * * 1-5", note_overdue, "Notes on gadgets that should be back."),)
