"""A list as a file: what is shown, in the columns that are shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import BinaryIO
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.ui.sheets import Sheet, check_and_log, csv_of, xlsx_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.looks import shown_by

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE_BYTES = 64 * 1024


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of exports."""

    async def sheet_of(request: Visit, plural: str) -> Sheet:
        async def find(work: Workspace) -> Sheet:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            one = shown.object
            columns = shown.paths or work.layout(one.name).columns
            sheet = Sheet(one.name, shown.state, search_condition(work, one, shown.words), columns)
            await check_and_log(work, sheet)
            return sheet

        return await web.within(request, find, read_only=False, via="export")

    @get("/{plural:str}/export.csv")
    async def as_csv(request: Visit, plural: FromPath[str]) -> Stream:
        sheet = await sheet_of(request, plural)
        key, who = await _where(web, request)
        pieces = csv_of(web.door, key, who, sheet)
        return _file(_encoded(pieces), f"{plural}.csv", _CSV)

    @get("/{plural:str}/export.xlsx")
    async def as_xlsx(request: Visit, plural: FromPath[str]) -> Stream:
        sheet = await sheet_of(request, plural)
        key, who = await _where(web, request)
        path = await xlsx_of(web.door, key, who, sheet)
        file = path.open("rb")
        path.unlink()  # gone as soon as nobody reads it any more
        return _file(_read(file), f"{plural}.xlsx", _XLSX)

    return [as_csv, as_xlsx]


async def _where(web: Web, request: Visit) -> tuple[str, UUID | None]:
    """The workspace and the person."""
    credentials = web.person(request)
    assert credentials.workspace is not None
    return await web.door.key_of(credentials.workspace), credentials.user


async def _encoded(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """With a byte order mark, without which spreadsheets guess the letters wrong."""
    yield b"\xef\xbb\xbf"
    async for piece in pieces:
        yield piece.encode()


async def _read(file: BinaryIO) -> AsyncIterator[bytes]:
    """The file piece by piece."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _file(pieces: AsyncIterator[bytes], name: str, media_type: str) -> Stream:
    return Stream(pieces, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})
