"""Keeping the index: from the current rows, set by set, behind the writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

import msgspec

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.search.indexed import column_names, folded_text, indexed_fields
from relata.engine.search.words import codes_of, title_words
from relata.engine.storage.database import Connection, Database, Row
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

#: An older version never replaces a newer one, so a rebuild may run while people work.
_WRITE = """
    insert into {schema}._search as known (record, object, version, title, texts, codes)
    select new.record, %(object)s, new.version, new.title, new.texts, new.codes
    from jsonb_to_recordset(%(entries)s::jsonb)
        as new(record uuid, version bigint, title text, texts jsonb, codes integer[])
    on conflict (record) do update set version = excluded.version, title = excluded.title, texts = excluded.texts,
        codes = excluded.codes
    where known.version <= excluded.version and known.texts is distinct from excluded.texts
"""

TablesOf = Callable[[Connection, str], Awaitable[Tables]]


async def index_records(connection: Connection, tables: Tables, one: Object, ids: Iterable[UUID]) -> int:
    """Bring the index to what these records are now; how many are in it. Deleted ones leave it."""
    wanted = sorted(set(ids))
    fields = indexed_fields(one)
    columns = [name for field in fields.values() for name in column_names(field)]
    rows = await connection.fetch(
        f"select {', '.join(map(quoted, ('id', 'version', *columns)))} from {quoted(tables.schema)}.{quoted(one.name)}"
        " where id = any(%(ids)s) and deleted_at is null order by id",
        {"ids": wanted},
    )
    gone = sorted(set(wanted) - {row[0] for row in rows})
    if gone:
        await connection.execute(
            f"delete from {quoted(tables.schema)}._search where record = any(%(gone)s)", {"gone": gone}
        )
    if rows:
        # One document: as arrays of texts, escaping every quotation mark in them took a quarter of the time (measured).
        entries = msgspec.json.encode([entry_of(one, fields, row) for row in rows]).decode()
        await connection.execute(_WRITE.format(schema=quoted(tables.schema)), {"entries": entries, "object": one.name})
    return len(rows)


async def reindex(database: Database, tables: Tables, one: Object, *, batch: int = 1000) -> int:
    """Index all records of an object anew, a transaction per batch, and drop what is no record any more; how many."""
    last, total = UUID(int=0), 0
    while True:
        async with database.transaction() as connection:
            rows = await connection.fetch(
                f"select id from {quoted(tables.schema)}.{quoted(one.name)} where id > %(last)s and deleted_at is null"
                " order by id limit %(batch)s",
                {"last": last, "batch": batch},
            )
            if not rows:
                break
            total += await index_records(connection, tables, one, [row[0] for row in rows])
            last = rows[-1][0]
    async with database.transaction() as connection:
        await connection.execute(
            f"delete from {quoted(tables.schema)}._search s where object = %(object)s and not exists (select 1"
            f" from {quoted(tables.schema)}.{quoted(one.name)} t where t.id = s.record and t.deleted_at is null)",
            {"object": one.name},
        )
    return total


def keeping_up(tables_of: TablesOf) -> Subscriber:
    """The dispatcher's subscriber that maintains the index. tables_of: the tables of a schema."""

    async def follow(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        tables = await tables_of(connection, schema)
        for name, ids in _touched(tables, changes).items():
            await index_records(connection, tables, tables.registry.objects[name], ids)

    return follow


def _touched(tables: Tables, changes: Sequence[Change]) -> dict[str, set[UUID]]:
    """Records whose entry may differ now, by object."""
    found: dict[str, set[UUID]] = {}
    for change in changes:
        one = tables.registry.objects.get(change.object)
        if one is None or change.action in ("announced", "configured"):
            continue
        if change.action == "changed" and not change.after.keys() & indexed_fields(one).keys():
            continue
        found.setdefault(one.name, set()).add(change.record)
    return found


def entry_of(one: Object, fields: dict[str, Field], row: Row) -> dict[str, object]:
    """A row of the index, from `id`, `version` and the columns of the indexed fields."""
    texts: dict[str, str] = {}
    codes: set[int] = set()
    place = 2
    for name, field in fields.items():
        count = len(field.columns())
        folded = folded_text(field, field.from_columns(tuple(row[place : place + count])))
        place += count
        if folded:
            texts[name] = folded
            codes |= codes_of(one.name, name, folded)
    title = title_words(texts.get(one.title_field, ""))
    return {"record": row[0], "version": row[1], "title": title, "texts": texts, "codes": list(codes)}
