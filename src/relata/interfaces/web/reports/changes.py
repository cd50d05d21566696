"""What changed between two days: the picture of a report's first number on its way, and each record behind a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from relata.engine.reporting.prompts import answered
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.reports.shelf import Report
from relata.engine.reporting.waterfalls import Bar, Waterfall, waterfall
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import draw
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.charts.series import Chart, Mark, Series
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.words import number_words
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.reports.pages import PLACE, answers_of, query_of

#: So many records of each bar stand on the page.
_MOST = 100
_WIDE, _NARROW = Size(840, 300), Size(360, 260)


class ChangedRecord(msgspec.Struct, frozen=True):
    """A record behind a bar. before, after: "" where it did not count."""

    title: str
    href: str
    before: str
    after: str
    difference: str


class ChangeBar(msgspec.Struct, frozen=True, kw_only=True):
    """A bar. id: of its records on the page. more: how many of them have no room."""

    id: str
    label: str
    value: str
    records: tuple[ChangedRecord, ...]
    count: int
    more: int


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """The page. error: why there is no picture."""

    shell: Shell
    key: str
    name: str
    crumbs: tuple[Crumb, ...]
    since: str
    until: str
    latest: str
    told: str = ""
    picture: Markup | None = None
    small: Markup | None = None
    bars: tuple[ChangeBar, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    kept: tuple[tuple[str, str], ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the page."""

    @get(f"{PLACE}/{{key:str}}/changes")
    async def changes(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = await shelf.report(work, key)
            view = await _view(web, request, work, found)
            return web.page(work, "web/reports/changes.html", view, status=422 if view.error else 200)

        return await web.within(request, show)

    return [changes]


async def _view(web: Web, request: Visit, work: Workspace, found: Report) -> Changes:
    query = query_of(request)
    answers = answers_of(found.definition, query)
    today = work.clock.today
    since = _text(query, "since") or (today - timedelta(days=30)).isoformat()
    until = _text(query, "until")
    plain = Changes(
        shell=web.shell(request, work, "reports"), key=found.key, name=found.name, since=since, until=until,
        latest=(today - timedelta(days=1)).isoformat(),
        crumbs=(
            Crumb(label=_("Reports"), href=PLACE), Crumb(label=found.name, href=f"{PLACE}/{found.key}"),
            Crumb(label=_("What changed"), href=""),
        ),
        kept=tuple((name, value) for name, values in query.items() if name.startswith("v:") for value in values),
    )  # fmt: skip
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until) if until else None
    except ValueError:
        return msgspec.structs.replace(plain, error=_("Choose a day that is over."))
    try:
        told = await waterfall(work, found.definition, first, last, answered(work, found.definition, answers))
    except RelataError as error:
        return msgspec.structs.replace(plain, error=f"{error.message} {error.hint or ''}".strip())
    return _drawn(plain, told, formatter(work), work.registry.get(told.object).path)


def _text(query: Mapping[str, Sequence[str]], name: str) -> str:
    return "".join(query.get(name, ())[:1]).strip()[:20]


def _drawn(plain: Changes, told: Waterfall, words: Formatter, path: str) -> Changes:
    def written(value: Decimal, is_short: bool = False) -> str:
        return number_words(told.measure, value, words, is_short=is_short)

    labels = [_label(bar, told, words) for bar in told.bars]
    marks = tuple(
        Mark(
            value=float(bar.value), text=_signed(bar, written(bar.value, True)), note=written(bar.value),
            href=f"#bar-{at}" if bar.parts else "",
        )
        for at, bar in enumerate(told.bars)
    )  # fmt: skip
    change = told.bars[-1].value - told.bars[0].value
    title = _("%(what)s: %(change)s") % {
        "what": told.measure.label, "change": ("+" if change > 0 else "") + written(change),
    }  # fmt: skip
    chart = Chart(
        kind="waterfall", title=title, series=(Series(label=title, marks=marks),), categories=tuple(labels),
        empty=_("No records"),
    )  # fmt: skip
    wide, small = (draw(chart, lambda value: written(Decimal(str(value)), True), size) for size in (_WIDE, _NARROW))
    bars = tuple(
        ChangeBar(
            id=f"bar-{at}", label=labels[at], value=_signed(bar, written(bar.value)), count=len(bar.parts),
            more=max(len(bar.parts) - _MOST, 0),
            records=tuple(
                ChangedRecord(
                    part.title, f"/{path}/{part.id}", written(part.before) if part.before is not None else "",
                    written(part.after) if part.after is not None else "",
                    ("+" if part.difference > 0 else "") + written(part.difference),
                )
                for part in bar.parts[:_MOST]
            ),
        )
        for at, bar in enumerate(told.bars)
        if bar.parts
    )  # fmt: skip
    return msgspec.structs.replace(
        plain, told=title, picture=wide, small=small, bars=bars, notes=tuple(note.text for note in told.notes)
    )


def _label(bar: Bar, told: Waterfall, words: Formatter) -> str:
    if bar.kind == "start":
        return words.date(told.since)
    if bar.kind == "end":
        return words.date(told.until) if told.until is not None else _("Now")
    return bar.label


def _signed(bar: Bar, text: str) -> str:
    return f"+{text}" if bar.value > 0 and bar.kind not in ("start", "end") else text
