"""Records as they are compared, kept beside them: written from the current rows, read by number or by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
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
_WRITE = """
    insert into {schema}._match as known (record, object, keys, prepared)
    select new.record, %(object)s, new.keys::integer[], new.prepared
    from unnest(%(records)s::uuid[], %(keys)s::text[], %(prepared)s::bytea[]) as new(record, keys, prepared)
    on conflict (record) do update set keys = excluded.keys, prepared = excluded.prepared
    where known.prepared is distinct from excluded.prepared
"""


class Kept(NamedTuple):
    """Of so many records: their ids, their keys as texts of arrays, and their prepared values packed."""

    records: list[UUID]
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
    await write(connection, tables.schema, one, made(one, rows))
    return len(rows)


async def current(
    connection: Connection, tables: Tables, one: Object, where: str, params: dict[str, object], tail: str = ""
) -> list[Row]:
    """Id and columns of living records, as `write` takes them."""
    columns = [column.name(name) for name, field in shape_of(one).fields.items() for column in field.columns()]
    return await connection.fetch(
        f"select {', '.join(map(quoted, ('id', *columns)))} from {quoted(tables.schema)}.{quoted(one.name)}"
        f" where deleted_at is null and {where} {tail}",
        params,
    )


def made(one: Object, rows: Sequence[Row]) -> Kept:
    """What is kept of these rows of `current`. Asks nobody, so that another process may do it."""
    shape = shape_of(one)
    prepared = [prepared_row(shape, row) for row in rows]
    keys = [f"{{{','.join(map(str, keys_of(shape.features, each, of=one.name)))}}}" for each in prepared]
    return Kept([row[0] for row in rows], keys, [packed(each) for each in prepared])


async def write(connection: Connection, schema: str, one: Object, kept: Kept) -> None:
    """Keep what was made."""
    if kept.records:
        await connection.execute(
            _WRITE.format(schema=quoted(schema)),
            {"object": one.name, "records": kept.records, "keys": kept.keys, "prepared": kept.prepared},
        )


async def forget(connection: Connection, schema: str, ids: Sequence[UUID]) -> None:
    """Nothing of these records is kept; what was decided about them stays, for when they come back."""
    space, params = quoted(schema), {"ids": list(ids)}
    await connection.execute(f"delete from {space}._match where record = any(%(ids)s)", params)
    await connection.execute(
        f"delete from {space}._match_pair where state = 'open' and (one = any(%(ids)s) or other = any(%(ids)s))", params
    )


def prepared_row(shape: Shape, row: Row) -> Prepared:
    """The values of a row of `current`."""
    values, place = {}, 1
    for name, field in shape.fields.items():
        count = len(field.columns())
        cells = tuple(row[place : place + count])
        place += count
        if any(cell is not None for cell in cells):
            values[name] = field.from_columns(cells)
    return shape.prepared(values)
