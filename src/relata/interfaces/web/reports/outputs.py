"""A report as a file: every group with its figures as plain numbers, for people who go on in a spreadsheet. What has
more groups than a screen shows leaves whole, one line for each group, after one has shown who one is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import BinaryIO
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.reporting.asking import MAX_GROUPS
from relata.engine.reporting.every_group import every_group
from relata.engine.reporting.reports import shelf
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.exporting import large_export
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.reports.answers import result_of
from relata.interfaces.web.reports.files import MEDIA_TYPES, file_of, pieces_of
from relata.interfaces.web.reports.pages import PLACE, answers_of, query_of
from relata.interfaces.web.reports.past_days import past_day
from relata.interfaces.web.reports.sheet import sheet_of

_Answered = Callable[[Visit, str, str], Awaitable[Stream | Response[bytes]]]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of files."""

    async def answered(request: Visit, key: str, form: str) -> Stream | Response[bytes]:
        async def count(work: Workspace) -> int:
            if not work.actor.rights.permits("export_records"):
                return 0  # refused below
            report = await shelf.report(work, key)
            answers = answers_of(report.definition, query_of(request))
            result = await result_of(work, report.definition, answers, past_day(work, query_of(request)).day)
            return MAX_GROUPS if result.is_whole else MAX_GROUPS + 1

        fields = await posted(request) if request.method == "POST" else {}
        if asked := await large_export(web, request, fields, lambda: web.within(request, count)):
            return asked

        async def read(work: Workspace) -> tuple[str, BinaryIO]:
            if not work.actor.rights.permits("export_records"):
                raise Denied(_("You may not export records."), code="denied_export")
            report = await shelf.report(work, key)
            answers, day = answers_of(report.definition, query_of(request)), past_day(work, query_of(request)).day
            result = await result_of(work, report.definition, answers, day)
            words = formatter(work)
            if result.is_whole:
                file = await file_of(form, report.name, sheet_of(result, words), words)
            else:
                every = await every_group(work, report.definition, result, answers=answers, as_on=day)
                file = await file_of(form, report.name, every, words)
            await work.log(result.object, UUID(int=0), "exported", after={"report": report.name})
            return report.name, file

        name, file = await web.within(request, read, read_only=False, via="export")
        return Stream(pieces_of(file), media_type=MEDIA_TYPES[form], headers=_named(name, form))

    return [handler for form in MEDIA_TYPES for handler in _handlers(form, answered)]


def _handlers(form: str, answered: _Answered) -> tuple[HTTPRouteHandler, HTTPRouteHandler]:
    address = f"{PLACE}/{{key:str}}/export.{form}"

    @get(address)
    async def file(request: Visit, key: FromPath[str]) -> Stream | Response[bytes]:
        return await answered(request, key, form)

    @post(address, status_code=200)
    async def confirmed(request: Visit, key: FromPath[str]) -> Stream | Response[bytes]:
        return await answered(request, key, form)

    return file, confirmed


def _named(name: str, ending: str) -> dict[str, str]:
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in " -") else "_" for letter in name)
    return {"content-disposition": f'attachment; filename="{plain.strip() or "report"}.{ending}"'}
