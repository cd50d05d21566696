"""What a draft names, for guards: they come before the door has looked at the links."""

from __future__ import annotations

from uuid import UUID

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.modules.sales import errors


async def linked(work: Workspace, object_name: str, key: UUID, field: str) -> Record:
    """The record. LinkedIsGone, at the field, where it is not there, hidden or in the bin: else the answer would be
    that the record itself is not there."""
    try:
        return await work.get(object_name, key)
    except NotFound:
        raise errors.LinkedIsGone(work.registry.get(object_name).noun, field) from None
