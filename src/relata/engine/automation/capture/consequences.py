"""A form that is written can be found by its key."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.automation.capture.names import FORM
from relata.engine.automation.capture.tables import keep_place
from relata.engine.metadata.module import Consequence
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.workspace import Workspace


async def keep_address(work: Workspace, written: Sequence[Written]) -> None:
    """New ones and those out of the bin; what lies in the bin is found and not shown."""
    for one in written:
        if one.before is None and one.after is not None:
            await keep_place(work.unit.connection, one.after["key"], work.context.id, one.id)


CONSEQUENCES = (Consequence(FORM, keep_address),)
