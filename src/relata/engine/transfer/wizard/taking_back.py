"""Taking an import back: a bulk change that reads the import's rows in the log."""

from __future__ import annotations

from uuid import UUID

from relata.engine.jobs.queue import Queue
from relata.engine.transfer.bulk import running as bulk
from relata.engine.transfer.bulk.order import Order
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.transfer.wizard.running import mine
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _


async def undo(work: Workspace, queue: Queue, run: UUID) -> Record:
    """Begin it; the bulk change that does it. Conflict while the import runs, or where it was undone."""
    record = await mine(work, run)
    await work.lock(f"undo {run}")
    record = await work.as_system().get(IMPORT_RUN, run, lock=True)
    if record["status"] not in ("done", "cancelled", "failed"):
        raise Conflict(_("It is still running."), code="running", hint=_("Wait for its end, or cancel it first."))
    if record["undone_by"]:
        raise Conflict(_("It has been undone already."), code="undone", hint=_("Undo that undo to do it again."))
    made = await bulk.start(work, queue, Order(record["records_of"], "undo", imported=run))
    await work.as_system().change(record, {"undone_by": made.id})
    return made
