"""Records as they are compared, kept beside them: written from the current rows, read by number or by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from relata.engine.matching.blocking import keys_of
from relata.engine.matching.features import Prepared
from relata.engine.matching.shapes import Shape, shape_of
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[str | list[str] | None])
_ASIDE_KB = 16384
_WRITE = """
    insert into {schema}._match as known (record, object, keys, prepared)
    select new.record, %(object)s, new.keys::integer[], new.prepared
    from unnest(%(records)s::uuid[], %(keys)s::text[], %(prepared)s::bytea[]) as new(record, keys, prepared)
    on conflict (record) do update set keys = excluded.keys, prepared = excluded.prepared
    where known.prepared is distinct from excluded.prepared
"""


class Kept(NamedTuple):
    """Of so many records: their keys as texts of arrays, and their prepared values packed."""

    keys: list[str]
    prepared: list[bytes]


def packed(prepared: Prepared) -> bytes:
    """As it is stored."""
    return _encoder.encode(prepared)


def unpacked(stored: bytes) -> Prepared:
    """As it is compared."""
    return _decoder.decode(stored)


async def keep(connection: Connection, tables: Tables, one: Object, ids: Iterable[UUID]) -> int:
    """Bring what is kept to what these records are now; how many are there. Deleted ones go, and their pairs."""
    wanted = sorted(set(ids))
    rows = await current(connection, tables, one, "id = any(%(ids)s)", {"ids": wanted})
    gone = sorted(set(wanted) - {row[0] for row in rows})
    if gone:
        await forget(connection, tables.schema, gone)
    kept = made(one, [row[1:] for row in rows])
    await write(connection, tables.schema, one, [row[0] for row in rows], kept)
    return len(rows)


async def current(
    connection: Connection, tables: Tables, one: Object, where: str, params: dict[str, object], tail: str = ""
) -> list[Row]:
    """Id and columns of living records."""
    columns = [column.name(name) for name, field in shape_of(one).fields.items() for column in field.columns()]
    return await connection.fetch(
        f"select {', '.join(map(quoted, ('id', *columns)))} from {quoted(tables.schema)}.{quoted(one.name)}"
        f" where deleted_at is null and {where} {tail}",
        params,
    )


def made(one: Object, rows: Sequence[Sequence[Any]]) -> Kept:
    """What is kept of these rows of `current`, without their ids. Asks nobody, so that another process may do it."""
    shape = shape_of(one)
    prepared = [prepared_row(shape, row) for row in rows]
    keys = [f"{{{','.join(map(str, keys_of(shape.features, each, of=one.name)))}}}" for each in prepared]
    return Kept(keys, [packed(each) for each in prepared])


async def write(connection: Connection, schema: str, one: Object, ids: Sequence[UUID], kept: Kept) -> None:
    """Keep what was made of these records."""
    if ids:
        await connection.execute(
            _WRITE.format(schema=quoted(schema)),
            {"object": one.name, "records": list(ids), "keys": kept.keys, "prepared": kept.prepared},
        )


async def put_keys_aside(connection: Connection, schema: str, *, begins: bool) -> None:
    """While a million records are kept, their keys go into the index in their order, some megabytes at a time, and not
    each to a page of its own. A look at what is alike takes some hundredths of a second longer until it ends."""
    index = f"{quoted(schema)}._match_keys"
    if begins:
        await connection.execute(f"alter index {index} set (fastupdate = on, gin_pending_list_limit = {_ASIDE_KB})")
    else:
        await connection.execute(f"alter index {index} set (fastupdate = off)")
        await connection.execute("select gin_clean_pending_list(%(index)s::regclass)", {"index": index})


async def forget(connection: Connection, schema: str, ids: Sequence[UUID]) -> None:
    """Nothing of these records is kept; what was decided about them stays, for when they come back."""
    space, params = quoted(schema), {"ids": list(ids)}
    await connection.execute(f"delete from {space}._match where record = any(%(ids)s)", params)
    await connection.execute(
        f"delete from {space}._match_pair where state = 'open' and (one = any(%(ids)s) or other = any(%(ids)s))", params
    )


def prepared_row(shape: Shape, cells: Sequence[Any]) -> Prepared:
    """The values of a row of `current`, without its id."""
    values = {}
    for name, field, start, end in shape.places:
        own = tuple(cells[start:end])
        if any(cell is not None for cell in own):
            values[name] = field.from_columns(own)
    return shape.prepared(values)
