"""The bytes of an export, in pieces: what is streamed where it is short, and kept where it is long."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path

from relata.engine.files.store import FileStore
from relata.engine.query.request import Query
from relata.engine.transfer.exporting import Progress, export_records
from relata.engine.transfer.packing import pack
from relata.engine.transfer.parquet_export import export_parquet
from relata.engine.ui.exports.wish import Wish, query_of, sheet_of
from relata.engine.ui.listing import asked_by, shown_paths
from relata.engine.ui.sheets import Sheet, check_and_log, csv_of, lines_of, xlsx_of
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace

_PIECE_BYTES = 256 * 1024
#: Without it spreadsheets guess the letters of CSV wrong.
_MARK = b"\xef\xbb\xbf"


async def written(
    door: Door, key: str, who: Who, store: FileStore, wish: Wish, progress: Progress | None = None
) -> AsyncGenerator[bytes, None]:
    """Each form as its own screen and API write it; the log says who exported what. Raises Denied and Invalid before
    the first piece. What has to be made as a whole lies in a temporary file meanwhile."""
    if wish.form == "parquet":
        query = await door.run(key, who, lambda work: _columns(work, wish), via="export", read_only=True)
        async for block in export_parquet(door, key, who, query, progress=progress):
            yield block
    elif wish.form == "zip":
        with tempfile.TemporaryDirectory(prefix="relata-export-") as folder:
            query, place = replace(query_of(wish), fields=()), Path(folder) / "records.zip"
            await pack(door, key, who, store, query, place, history=wish.history, inner=wish.inner, progress=progress)
            async for piece in _pieces(place):
                yield piece
    elif wish.form == "xlsx":
        made = await xlsx_of(door, key, who, await _sheet(door, key, who, wish), progress=progress)
        try:
            async for piece in _pieces(made):
                yield piece
        finally:
            await asyncio.to_thread(made.unlink, missing_ok=True)
    elif wish.is_shown:
        sheet = await _sheet(door, key, who, wish)
        head = _MARK if wish.form == "csv" else b""
        async for text in (csv_of if wish.form == "csv" else lines_of)(door, key, who, sheet, progress=progress):
            yield head + text.encode()
            head = b""
    else:
        async for text in export_records(door, key, who, query_of(wish), wish.form, progress=progress):
            yield text.encode()


async def _columns(work: Workspace, wish: Wish) -> Query:
    if not wish.is_shown:
        return query_of(wish)
    one = work.readable_object(wish.object)
    return asked_by(work, one, wish.state, None, shown_paths(work, one, wish.fields))


async def _sheet(door: Door, key: str, who: Who, wish: Wish) -> Sheet:
    async def take(work: Workspace) -> Sheet:
        sheet = sheet_of(work, wish)
        await check_and_log(work, sheet)
        return sheet

    return await door.run(key, who, take, via="export")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece
