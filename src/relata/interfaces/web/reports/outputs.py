"""A report as a file: every group with its figures as plain numbers, for people who go on in a spreadsheet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.reporting.reports import shelf
from relata.engine.reporting.result import Result
from relata.engine.transfer.exporting import written
from relata.engine.transfer.formula_guard import guarded
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.reports.answers import result_of
from relata.interfaces.web.reports.pages import PLACE, answers_of, query_of
from relata.interfaces.web.reports.past_days import past_day
from relata.interfaces.web.reports.sheet import Sheet, sheet_of, workbook

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINES = 500


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of files."""

    async def found(request: Visit, key: str) -> tuple[str, Sheet]:
        async def read(work: Workspace) -> tuple[str, Sheet]:
            if not work.actor.rights.permits("export_records"):
                raise Denied(_("You may not export records."), code="denied_export")
            report = await shelf.report(work, key)
            answers = answers_of(report.definition, query_of(request))
            result: Result = await result_of(work, report.definition, answers, past_day(work, query_of(request)).day)
            await work.log(result.object, UUID(int=0), "exported", after={"report": report.name})
            return report.name, sheet_of(result, formatter(work))

        return await web.within(request, read, read_only=False, via="export")

    @get(f"{PLACE}/{{key:str}}/export.csv")
    async def csv(request: Visit, key: FromPath[str]) -> Stream:
        name, sheet = await found(request, key)
        return Stream(_pieces(sheet), media_type=_CSV, headers=_named(name, "csv"))

    @get(f"{PLACE}/{{key:str}}/export.xlsx")
    async def xlsx(request: Visit, key: FromPath[str]) -> Response[bytes]:
        name, sheet = await found(request, key)
        return Response(workbook(name, sheet), media_type=_XLSX, headers=_named(name, "xlsx"))

    return [csv, xlsx]


def _named(name: str, ending: str) -> dict[str, str]:
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in " -") else "_" for letter in name)
    return {"content-disposition": f'attachment; filename="{plain.strip() or "report"}.{ending}"'}


async def _pieces(sheet: Sheet) -> AsyncIterator[bytes]:
    """With a byte order mark, without which spreadsheets guess the letters wrong."""
    yield b"\xef\xbb\xbf"
    for block in _blocks(sheet):
        yield written(block).encode()


def _blocks(sheet: Sheet) -> Iterator[list[list[str]]]:
    lines = [[guarded(head) for head in sheet.heads]]
    for line in sheet.lines:
        lines.append([guarded(str(cell)) if cell is not None else "" for cell in line])
        if len(lines) >= _LINES:
            yield lines
            lines = []
    yield lines
