"""What is remembered of each merge: who became whom, what was chosen (as ids, never as values), and which rows of the
log say what it did. An old id answers with the new as long as this stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.foundation.ids import new_id

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

MIGRATIONS = (
    Migration(
        "2026_11_22_merges",
        """
        create table {schema}._merge (
            id uuid primary key, number bigint generated always as identity, object text not null, target uuid not null,
            others uuid[] not null, choices jsonb not null, rules jsonb not null, files jsonb not null default '{}',
            first_change bigint not null, last_change bigint not null default 0, at timestamptz not null default now(),
            by uuid, undone_at timestamptz, undone_by uuid, again uuid);
        create index _merge_target on {schema}._merge (target) where undone_at is null;
        create index _merge_others on {schema}._merge using gin (others);
        """,
        workspace=True,
    ),
)
_COLUMNS = (
    "id, number, object, target, others, choices, rules, files, first_change, last_change, at, by, undone_at, undone_by"
)
#: Merges of merges that are followed to their end.
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Merge:
    """others: became `target`. choices: by field the id of the record whose value was chosen. files: whose they were.
    first_change, last_change: between them its rows of the log lie."""

    id: UUID
    number: int
    object: str
    target: UUID
    others: list[UUID]
    choices: dict[str, str]
    rules: dict[str, str]
    files: dict[str, str]
    first_change: int
    last_change: int
    at: datetime
    by: UUID | None
    undone_at: datetime | None
    undone_by: UUID | None

    @property
    def records(self) -> set[UUID]:
        """All of them."""
        return {self.target, *self.others}


def marked(work: Workspace, merge: UUID) -> Actor:
    """The actor whose rows in the log say that they belong to this merge."""
    actor = work.unit.actor
    return actor.through(actor.via, **{**actor.source, "merge": str(merge)})


async def begin(
    work: Workspace, target: Record, others: Sequence[Record], choices: Mapping[str, str], rules: Mapping[str, str]
) -> UUID:
    """Note a merge before it happens, and give the files of the others to the target."""
    connection, space = work.unit.connection, quoted(work.context.schema)
    merge, ids = new_id(), [other.id for other in others]
    rows = await connection.fetch(f"select id, record from {space}._file where record = any(%(ids)s)", {"ids": ids})
    if rows:
        await connection.execute(
            f"update {space}._file set record = %(target)s where record = any(%(ids)s)",
            {"target": target.id, "ids": ids},
        )
    await connection.execute(
        f"insert into {space}._merge (id, object, target, others, choices, rules, files, first_change, by)"
        " values (%(id)s, %(object)s, %(target)s, %(others)s, %(choices)s::jsonb, %(rules)s::jsonb, %(files)s::jsonb,"
        f" (select coalesce(max(id), 0) from {space}._change), %(by)s)",
        {
            "id": merge, "object": target.object.name, "target": target.id, "others": ids,
            "choices": _json(dict(choices)), "rules": _json(dict(rules)),
            "files": _json({str(file): str(record) for file, record in rows}), "by": work.unit.actor.user,
        },
    )  # fmt: skip
    return merge


async def conclude(work: Workspace, merge: UUID) -> None:
    """Note where its rows in the log end."""
    space = quoted(work.context.schema)
    await work.unit.connection.execute(
        f"update {space}._merge set last_change = (select coalesce(max(id), 0) from {space}._change) where id = %(id)s",
        {"id": merge},
    )


async def merge_of(work: Workspace, merge: UUID) -> Merge | None:
    """One of them."""
    rows = await _read(work, "id = %(id)s", {"id": merge})
    return rows[0] if rows else None


async def standing_after(work: Workspace, merge: Merge) -> list[Merge]:
    """Merges of the object that came later and stand, the oldest first."""
    return await _read(
        work, "object = %(object)s and number > %(number)s and undone_at is null",
        {"object": merge.object, "number": merge.number},
    )  # fmt: skip


async def merges_into(work: Workspace, object_name: str, target: UUID) -> list[Merge]:
    """What was merged into a record and stands, the latest first."""
    found = await _read(
        work, "object = %(object)s and target = %(target)s and undone_at is null",
        {"object": object_name, "target": target},
    )  # fmt: skip
    return found[::-1]


async def answers_for(work: Workspace, object_name: str, record: UUID) -> UUID | None:
    """The record that an old id stands for by now; None where it was never merged."""
    current = record
    for _step in range(_DEEPEST):
        row = await work.unit.connection.fetch_one(
            f"select target from {quoted(work.context.schema)}._merge where others @> array[%(id)s::uuid]"
            " and object = %(object)s and undone_at is null order by number desc limit 1",
            {"id": current, "object": object_name},
        )
        if row is None:
            break
        current = row[0]
    return None if current == record else current


async def note_undone(work: Workspace, merge: UUID) -> None:
    """It stands no more."""
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._merge set undone_at = now(), undone_by = %(by)s where id = %(id)s",
        {"id": merge, "by": work.unit.actor.user},
    )


async def _read(work: Workspace, where: str, params: dict[str, Any]) -> list[Merge]:
    rows = await work.unit.connection.fetch(
        f"select {_COLUMNS} from {quoted(work.context.schema)}._merge where {where} order by number", params
    )
    return [Merge(*row) for row in rows]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
