"""The history of several records as one: of those alone that the actor sees, each without the values that are hidden
from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.history import entries
from relata.engine.history.entries import Entry
from relata.engine.history.opening import opened
from relata.engine.workspace.titles import Titles, titles_of

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def seen_of(work: Workspace, records: Mapping[str, Sequence[UUID]]) -> Titles:
    """The titles of those that the actor sees, by object and id."""
    return await titles_of(work.unit, records) if records else {}


async def history_of(
    work: Workspace, records: Sequence[UUID], *, before: int | None, limit: int, actor: UUID | None = None,
    files: bool | None = None,
) -> list[Entry]:  # fmt: skip
    """What happened to these records, newest first; they must be seen (see `seen_of`). The rest narrows as in
    `entries.of_record`."""
    connection, schema = work.unit.connection, work.context.schema
    found = await entries.of_records(
        connection, schema, records, before=before, limit=limit, actor=actor, files=files
    )  # fmt: skip
    found = [one for one in found if one.object in work.registry.objects]
    found = await opened(connection, schema, work.context.sealer, found)
    return [work.without_hidden(work.registry.get(one.object), one) for one in found]


async def number_before(work: Workspace, records: Sequence[UUID], moment: datetime) -> int:
    """A number for `history_of(before=…)`: what happened to any of these before the moment is below it."""
    return await entries.number_before(work.unit.connection, work.context.schema, records, moment)
