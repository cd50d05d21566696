"""The rows behind some changes, with what decides who sees them and what they link to: one statement per object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from relata.engine.live.subscription import Touched
from relata.engine.metadata.fields import AnyLink, Field, Link
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import WorkspaceContext

#: In the log: what a record's screens do not show.
_SILENT = ("announced", "purged")


@dataclass(frozen=True, slots=True)
class TouchedRow:
    """A change with its record as it is now. about: the records it links to, by the field that does."""

    object: Object
    touched: Touched
    owner: UUID | None
    team: UUID | None
    readers: tuple[int, ...]
    about: tuple[tuple[Field, UUID], ...]


async def rows_of(
    connection: Connection, context: WorkspaceContext, touched: Iterable[Touched]
) -> tuple[TouchedRow, ...]:
    """The rows that are still there. Of several changes of one record the last one counts, but what any of them took
    away is kept."""
    wanted: dict[tuple[str, UUID], Touched] = {}
    for change in touched:
        if change.object in context.registry.objects and change.action not in _SILENT:
            key = change.object, change.record
            wanted[key] = _joined(wanted[key], change) if key in wanted else change
    found: list[TouchedRow] = []
    for name in dict.fromkeys(name for name, _ in wanted):
        ids = [record for other, record in wanted if other == name]
        found.extend(await _of_object(connection, context, context.registry.get(name), ids, wanted))
    return tuple(found)


def _joined(first: Touched, last: Touched) -> Touched:
    """Two changes of one record as one: what was made and changed at once was made."""
    return replace(
        last,
        action="created" if (first.action, last.action) == ("created", "changed") else last.action,
        owner_was=first.owner_was or last.owner_was,
        team_was=first.team_was or last.team_was,
    )


async def _of_object(
    connection: Connection,
    context: WorkspaceContext,
    one: Object,
    ids: list[UUID],
    wanted: dict[tuple[str, UUID], Touched],
) -> list[TouchedRow]:
    links = [field for field in one.fields if isinstance(field, (Link, AnyLink)) and field.stored]
    columns = "".join(f", {quoted(field.name)}" for field in links)
    rows = await connection.fetch(
        f"select id, owner, team, readers{columns} from {quoted(context.schema)}.{quoted(one.name)} where id = any(%s)",
        (ids,),
    )
    return [
        TouchedRow(
            one, wanted[one.name, row[0]], row[1], row[2], tuple(row[3]),
            tuple((field, target) for field, target in zip(links, row[4:], strict=True) if target is not None),
        )
        for row in rows
    ]  # fmt: skip
