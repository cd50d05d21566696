"""A list as a file: what is shown, in the columns that are shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import BinaryIO
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.query.request import Query
from relata.engine.transfer.parquet_export import MEDIA_TYPE as PARQUET
from relata.engine.transfer.parquet_export import export_parquet
from relata.engine.ui.listing import asked_by, shown_paths, total
from relata.engine.ui.sheets import Sheet, check_and_log, csv_of, lines_of, xlsx_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.looks import shown_by

#: More records than this leave only after the person has shown once more who they are.
LARGE = 5_000
_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_JSON_LINES = "application/jsonl; charset=utf-8"
_PIECE_BYTES = 64 * 1024


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of exports. A large one asks who one is first; the answer comes as a form to the same address."""

    async def found(work: Workspace, request: Visit, plural: str) -> Sheet:
        shown = await shown_by(work, request, work.registry.by_path(plural))
        if request.query_params.get("at") and shown.day is None:
            raise Invalid(_("Choose a day that is over."), code="as_on", field="at")
        one = shown.object
        columns = shown.paths or work.layout(one.name).columns
        return Sheet(one.name, shown.state, search_condition(work, one, shown.words), columns)

    async def sheet_of(request: Visit, plural: str, *, logs: bool = True) -> Sheet | Response[bytes]:
        async def count(work: Workspace) -> int:
            sheet = await found(work, request, plural)
            if not work.actor.rights.permits("export_records"):
                return 0  # refused below
            return await total(work, work.readable_object(sheet.object), sheet.state, sheet.fixed)

        form = await posted(request) if request.method == "POST" else {}
        if asked := await large_export(web, request, form, lambda: web.within(request, count)):
            return asked

        async def take(work: Workspace) -> Sheet:
            sheet = await found(work, request, plural)
            if logs:
                await check_and_log(work, sheet)
            return sheet

        return await web.within(request, take, read_only=False, via="export")

    async def as_csv(request: Visit, plural: str) -> Stream | Response[bytes]:
        sheet = await sheet_of(request, plural)
        if isinstance(sheet, Response):
            return sheet
        key, who = await _where(web, request)
        return _file(_encoded(csv_of(web.door, key, who, sheet)), f"{plural}.csv", _CSV)

    async def as_xlsx(request: Visit, plural: str) -> Stream | Response[bytes]:
        sheet = await sheet_of(request, plural)
        if isinstance(sheet, Response):
            return sheet
        key, who = await _where(web, request)
        path = await xlsx_of(web.door, key, who, sheet)
        file = path.open("rb")
        path.unlink()  # gone as soon as nobody reads it any more
        return _file(_read(file), f"{plural}.xlsx", _XLSX)

    @get("/{plural:str}/export.csv")
    async def csv(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_csv(request, plural)

    @post("/{plural:str}/export.csv", status_code=200)
    async def confirmed_csv(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_csv(request, plural)

    @get("/{plural:str}/export.xlsx")
    async def xlsx(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_xlsx(request, plural)

    @post("/{plural:str}/export.xlsx", status_code=200)
    async def confirmed_xlsx(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_xlsx(request, plural)

    async def as_lines(request: Visit, plural: str) -> Stream | Response[bytes]:
        sheet = await sheet_of(request, plural)
        if isinstance(sheet, Response):
            return sheet
        key, who = await _where(web, request)
        return _file(_bare(lines_of(web.door, key, who, sheet)), f"{plural}.jsonl", _JSON_LINES)

    @get("/{plural:str}/export.jsonl")
    async def lines(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_lines(request, plural)

    @post("/{plural:str}/export.jsonl", status_code=200)
    async def confirmed_lines(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_lines(request, plural)

    async def as_parquet(request: Visit, plural: str) -> Stream | Response[bytes]:
        sheet = await sheet_of(request, plural, logs=False)
        if isinstance(sheet, Response):
            return sheet

        async def asked(work: Workspace) -> Query:
            one = work.readable_object(sheet.object)
            return asked_by(work, one, sheet.state, sheet.fixed, shown_paths(work, one, sheet.columns))

        query = await web.within(request, asked)
        pieces = export_parquet(web.door, *await _where(web, request), query)
        return _file(_begun(await anext(pieces), pieces), f"{plural}.parquet", PARQUET)

    @get("/{plural:str}/export.parquet")
    async def parquet(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_parquet(request, plural)

    @post("/{plural:str}/export.parquet", status_code=200)
    async def confirmed_parquet(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        return await as_parquet(request, plural)

    return [csv, confirmed_csv, xlsx, confirmed_xlsx, lines, confirmed_lines, parquet, confirmed_parquet]


async def large_export(
    web: Web, request: Visit, form: Mapping[str, list[str]], count: Callable[[], Awaitable[int]]
) -> Response[bytes] | None:
    """The question who one is, before more than `LARGE` records leave; None to go on. count: how many they are, asked
    only of those whose confirmation is old."""
    if web.person(request).is_fresh or await count() <= LARGE:
        return None
    return await confirmation(web, request, form)


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


async def _begun(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What was refused before the first piece is told in words, not as a broken file."""
    yield first
    async for piece in rest:
        yield piece


async def _bare(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece.encode()


async def _read(file: BinaryIO) -> AsyncIterator[bytes]:
    """The file piece by piece."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _file(pieces: AsyncIterator[bytes], name: str, media_type: str) -> Stream:
    return Stream(pieces, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})
