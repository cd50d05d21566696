"""Reading the log: the history of one record, and where each of its values came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. before, after: changed fields only, as the API shows values. source: import and row, key, flow."""

    id: int
    object: str
    record: UUID
    action: str
    at: datetime
    actor: UUID | None
    via: str
    source: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from."""

    at: datetime
    actor: UUID | None
    via: str
    source: dict[str, Any]


def entry_of(row: Row) -> Entry:
    """A row of id, object, record, action, at, actor, via, source, before, after as an entry."""
    key, name, record, action, at, actor, via, source, before, after = row
    return Entry(key, name, record, action, at, actor, via, source or {}, before or {}, after or {})


_COLUMNS = "id, object, record, action, at, actor, via, source, before, after"


async def of_record(
    connection: Connection,
    schema: str,
    record: UUID,
    *,
    before: int | None = None,
    limit: int = 50,
    actor: UUID | None = None,
    field: str = "",
    files: bool | None = None,
) -> list[Entry]:
    """The record's changes, newest first. before: an entry's id, for the next page. actor: of one person only. field:
    only those that set this field. files: only what happened to files, or only the rest."""
    narrower = _narrower(actor, field, files)
    rows = await connection.fetch(
        f"select {_COLUMNS} from {quoted(schema)}._change where record = %(record)s and action <> 'announced'"
        f" and id < %(before)s{narrower} order by id desc limit %(limit)s",
        {"record": record, "before": before or 2**62, "limit": limit, "actor": actor, "field": field},
    )
    return [entry_of(row) for row in rows]


#: Entries that are read first of each record but the first one.
_FEW = 4


async def of_records(
    connection: Connection,
    schema: str,
    records: Sequence[UUID],
    *,
    before: int | None = None,
    limit: int = 50,
    actor: UUID | None = None,
    files: bool | None = None,
) -> list[Entry]:
    """The changes of several records together, as `of_record` gives those of one. The index of each is asked for its
    latest, as many as the page holds of the first record, few of each other, and all again only where that leaves a
    doubt."""
    if len(records) == 1:
        return await of_record(connection, schema, records[0], before=before, limit=limit, actor=actor, files=files)
    inner = (
        f"select id from {quoted(schema)}._change where record = lane.value and action <> 'announced'"
        f" and id < %(before)s{_narrower(actor, '', files)} order by id desc limit lane.most"
    )
    # below the last entry of a record that has more, others may be missing: `doubt`
    sql = (
        "with found as materialized (select lane.value, lane.most, found.id from unnest(%(records)s::uuid[],"
        f" %(mosts)s::int[]) as lane(value, most) cross join lateral ({inner}) found),"
        " chosen as (select id from found order by id desc limit %(limit)s),"
        " ends as (select min(id) as id from found group by value, most having count(*) = most)"
        f" select {_COLUMNS}, (select max(ends.id) from ends) as doubt from {quoted(schema)}._change"
        " where id = any(array(select id from chosen)) order by id desc"
    )
    params = {"records": list(records), "before": before or 2**62, "actor": actor, "limit": limit}
    for most in (min(_FEW, limit), limit):
        mosts = [limit, *[most] * (len(records) - 1)]
        rows = await connection.fetch(sql, {**params, "mosts": mosts})
        if most == limit or not rows or rows[-1][-1] is None or rows[-1][0] >= rows[-1][-1]:
            break
    return [entry_of(row[:-1]) for row in rows]


def _narrower(actor: UUID | None, field: str, files: bool | None) -> str:
    narrower = ""
    if actor is not None:
        narrower += " and actor = %(actor)s"
    if field:
        narrower += " and (before ? %(field)s or after ? %(field)s)"
    if files is not None:
        narrower += (
            f" and action {'=' if files else '<>'} {'any' if files else 'all'}(array['file_added', 'file_removed'])"
        )
    return narrower


async def number_before(connection: Connection, schema: str, records: Sequence[UUID], moment: datetime) -> int:
    """One more than the last entry of any of these records before the moment, 1 where there is none."""
    row = await connection.fetch_one(
        "select max(found.id) + 1 from unnest(%s::uuid[]) as lane(value) cross join lateral (select id from"
        f" {quoted(schema)}._change where record = lane.value and at < %s order by id desc limit 1) found",
        (list(records), moment),
    )
    return int(row[0]) if row and row[0] else 1


async def provenance(connection: Connection, schema: str, record: UUID) -> dict[str, Provenance]:
    """For each field that was ever set: the latest change that set it."""
    rows = await connection.fetch(
        "select distinct on (key) key, at, actor, via, source from ("
        f"select id, at, actor, via, source, jsonb_object_keys(after) as key from {quoted(schema)}._change"
        " where record = %(record)s and after is not null and action <> 'announced') changes order by key, id desc",
        {"record": record},
    )
    return {row[0]: Provenance(row[1], row[2], row[3], row[4] or {}) for row in rows}
