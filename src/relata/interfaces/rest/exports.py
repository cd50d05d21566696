"""Whole lists as files, streamed page by page; and all that is kept of one record, with what points at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from relata.engine.formula import Binary, Literal
from relata.engine.formula import Path as FieldPath
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer.exporting import FORMATS, export_records
from relata.engine.transfer.packing import packed
from relata.engine.transfer.parquet_export import MEDIA_TYPE, export_parquet
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Unavailable
from relata.interfaces.rest import parameters
from relata.interfaces.rest.answers import Stream
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.listing import PARAMETERS as LISTED

#: The parameters of an export.
PARAMETERS = {
    "format": "csv, jsonl or parquet; csv if left out. CSV without `fields` is what an import brings back.",
    "after": "Of an export that broke off, the id in its last whole line: what follows comes, without a header.",
    **{name: LISTED[name] for name in ("where", "order", "fields", "deleted")},
}
_TYPES = {
    "parquet": MEDIA_TYPE,
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
}


async def export_list(call: Call) -> Stream:
    """Every record that the filter finds."""
    found = parameters.read(call.query, tuple(PARAMETERS))
    form = parameters.one_of(found, "format", (*FORMATS, "parquet")) or "csv"
    object_name = await call.read(lambda work: _name(call, work))
    query = Query(
        object_name, parameters.expression(found.get("where")), parse_order(found.get("order", "")),
        parameters.listed(found, "fields"), deleted=parameters.yes(found, "deleted"),
    )  # fmt: skip
    if form == "parquet":
        blocks = export_parquet(call.door, await call.key(), Caller(call.credentials), query)
        return Stream(
            200, _headers(_TYPES[form], f"{call.names['plural']}.{form}"), _behind(await anext(blocks), blocks)
        )
    after = parameters.identifier(found, "after")
    pieces = export_records(call.door, await call.key(), Caller(call.credentials), query, form, after=after)
    first = await anext(pieces, "")  # what refuses it does so before the answer begins
    name = f"{call.names['plural']}.{form}"
    return Stream(200, _headers(_TYPES[form], name), _encoded(first, pieces))


async def export_record(call: Call) -> Stream:
    """A ZIP of one record: its values and history, what points at it, the files of all."""
    call.parameters()
    if call.store is None:
        raise Unavailable("There are no files here.", hint="Ask whoever runs this installation.")

    async def read(work: Workspace) -> Query:
        one = call.readable(work)
        record = await work.get(one.name, call.record_id(one))
        return Query(one.name, Binary("=", FieldPath(("id",)), Literal(str(record.id))))

    query = await call.read(read)
    pieces = await packed(call.door, await call.key(), Caller(call.credentials), call.store, query, history=True)
    return Stream(200, _headers("application/zip", f"{query.object}.zip"), pieces)


async def _name(call: Call, work: Workspace) -> str:
    return call.readable(work).name


async def _behind(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece


async def _encoded(head: str, rest: AsyncIterator[str]) -> AsyncIterator[bytes]:
    yield head.encode()
    async for piece in rest:
        yield piece.encode()


def _headers(media_type: str, name: str) -> list[tuple[str, str]]:
    return [("content-type", media_type), ("content-disposition", f'attachment; filename="{name}"')]
