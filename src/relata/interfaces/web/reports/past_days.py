"""Reports of a past day: which day the address asks for, and the page of the records behind a number of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.reporting.looking_back import behind
from relata.engine.reporting.result import Result
from relata.engine.reporting.running import run
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.words import key_words, value_words
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.ground import Visit, Web, formatter

#: So many records stand on the page.
_MOST = 500


class PastDay(msgspec.Struct, frozen=True, kw_only=True):
    """What the address says. day: None for now, or where it says none. latest: the last one that is over."""

    text: str = ""
    day: date | None = None
    latest: str = ""
    error: str = ""


class PastRecord(msgspec.Struct, frozen=True):
    """A record as it was."""

    title: str
    href: str
    cells: tuple[str, ...]
    figures: tuple[str, ...]


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """The page. more: how many records had no room."""

    shell: Shell
    title: str
    crumbs: tuple[Crumb, ...]
    day: date
    heads: tuple[str, ...]
    figures: tuple[str, ...]
    records: tuple[PastRecord, ...]
    more: int


def past_day(work: Workspace, query: Mapping[str, Sequence[str]]) -> PastDay:
    """Of `as_on`."""
    text = "".join(query.get("as_on", ())[:1]).strip()[:20]
    latest = work.clock.today - timedelta(days=1)
    if not text:
        return PastDay(latest=latest.isoformat())
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day > latest:
        return PastDay(text=text, latest=latest.isoformat(), error=_("Choose a day that is over."))
    return PastDay(text=text, day=day, latest=latest.isoformat())


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the page."""

    @get("/report/behind")
    async def records_then(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            query = request.query_params
            past = past_day(work, {"as_on": query.getall("as_on", [])})
            if past.day is None:
                raise Invalid(past.error or _("Choose a day that is over."), code="as_on", field="as_on")
            definition = behind(work, query.get("object", ""), query.get("where", ""))
            result = await run(work, definition, as_on=past.day)
            return web.page(work, "web/reports/behind.html", _view(web, request, work, result, past.day))

        return await web.within(request, show)

    return [records_then]


def _view(web: Web, request: Visit, work: Workspace, result: Result, day: date) -> Behind:
    words, one = formatter(work), work.registry.get(result.object)
    title = _("%(nouns)s as on %(day)s") % {"nouns": one.title_plural, "day": words.date(day)}
    return Behind(
        shell=web.shell(request, work, "reports"), title=title, day=day,
        crumbs=(Crumb(label=_("Reports"), href="/report"), Crumb(label=title, href="")),
        heads=(one.title, *(level.label for level in result.row_levels[1:])),
        figures=tuple(measure.label for measure in result.measures),
        records=tuple(_record(result, row, words, one.path) for row in result.row_leaves[:_MOST]),
        more=max(len(result.row_leaves) - _MOST, 0),
    )  # fmt: skip


def _record(result: Result, row: int, words: Formatter, path: str) -> PastRecord:
    first, *others = result.rows[row].keys
    figures = tuple(value_words(measure, result.value(row, 0, at), words) for at, measure in enumerate(result.measures))
    return PastRecord(
        key_words(first, words), f"/{path}/{first.id}", tuple(key_words(one, words) for one in others), figures
    )
