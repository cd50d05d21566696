"""Data quality: how good the records of each object are, how that moves, where it is bad, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from relata.engine.metadata.object import Object
from relata.engine.reporting import field_uses
from relata.engine.reporting.adoption.summary import IDLE_SHARE, filled
from relata.engine.reporting.quality.measuring import FRESH_DAYS, Line, Quality, measure, shared
from relata.engine.reporting.quality.parts import Part, past
from relata.engine.reporting.quality.trend import Day, days, keep_day, watched
from relata.engine.reporting.quality.uniqueness import unique_share, unique_shares
from relata.engine.transfer.bulk.fixes import FIXES, offered
from relata.engine.workspace.field_reads import DAYS as UNREAD_DAYS
from relata.engine.workspace.field_reads import unread
from relata.engine.workspace.permissions import require
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.uses import uses_of_field
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import draw
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.charts.series import Chart, Mark, Series
from relata.interfaces.html.view_values import Column
from relata.interfaces.web.asked import Asked
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings.frame import Page, frame

_PLACE = "/settings/quality"
_TREND_DAYS = 90
_GROUPS_SHOWN = 25


class ObjectLine(msgspec.Struct, frozen=True, kw_only=True):
    """One object with its latest figures. spark: how its completeness moved."""

    label: str
    href: str
    day: Day
    spark: Markup


class QualityPage(Page, frozen=True, kw_only=True):
    """All objects. measured: the day of the figures; None where nothing was measured yet."""

    lines: tuple[ObjectLine, ...]
    columns: tuple[Column, ...]
    measured: date | None


class FieldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field that should be filled in. href: the records that lack it. alone: the share of values that no other record
    has, 0-100. spark: how its share moved."""

    label: str
    share: float
    lacking: int
    href: str
    breaking: int
    alone: float | None
    spark: Markup


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with the records that break it."""

    label: str
    message: str
    breaking: int
    href: str
    edit: str


class GroupLine(msgspec.Struct, frozen=True, kw_only=True):
    """The records of one owner or source. href: these records."""

    label: str
    href: str
    line: Line
    unique: float | None
    spark: Markup


class FixLine(msgspec.Struct, frozen=True, kw_only=True):
    """A way to tidy up. what: as the bulk bar says it."""

    label: str
    help: str
    what: str


class IdleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field that nothing uses, and that hardly anybody fills in, or that nobody asks for. share: of the records that
    have it, 0-100."""

    label: str
    href: str
    share: float
    is_unread: bool


class ObjectQualityPage(Page, frozen=True, kw_only=True):
    """One object. too_slow: it has too many records to be measured while somebody waits. by: owner or created_via."""

    action: str
    bulk: str
    too_slow: bool
    records: int
    figures: tuple[tuple[str, str, float | None, str], ...]
    trend: Markup
    fields: tuple[FieldLine, ...]
    rules: tuple[RuleLine, ...]
    new_rule: str
    group_columns: tuple[Column, ...]
    shares: tuple[GroupLine, ...]
    by: str
    fixes: tuple[FixLine, ...]
    idle: tuple[IdleLine, ...]
    fresh_days: int = FRESH_DAYS
    unread_days: int = UNREAD_DAYS


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""

    @get(_PLACE)
    async def overview(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            kept = await days(work, work.clock.today - timedelta(days=_TREND_DAYS))
            lines = tuple(
                ObjectLine(
                    label=one.title_plural, href=f"{_PLACE}/{one.name}", day=kept[one.name][-1],
                    spark=_spark(one, kept[one.name]),
                )
                for one in watched(work)
                if one.name in kept
            )  # fmt: skip
            view = QualityPage(
                **frame(web, request, work, _PLACE),
                lines=lines,
                columns=(
                    Column(name="object", label=_("Object")),
                    Column(name="records", label=_("Records"), align="end"), *_share_columns(),
                    Column(name="unique", label=_("Unique"), align="end"),
                    Column(name="trend", label=_("Complete, %(days)s days") % {"days": _TREND_DAYS}),
                ),
                measured=max((line.day.day for line in lines), default=None),
            )  # fmt: skip
            return web.page(work, "web/settings/quality.html", view)

        return await web.within(request, build)

    @post(f"{_PLACE}/measure")
    async def now(request: Visit) -> Response[bytes]:
        async def count(work: Workspace) -> None:
            require(work, "manage_objects")
            await keep_day(work.as_system())

        await web.within(request, count, read_only=False)
        return redirect(_PLACE, request)

    @get(f"{_PLACE}/{{name:str}}")
    async def one_object(request: Visit, name: FromPath[str]) -> Response[bytes]:
        by = "created_via" if request.query_params.get("by") == "source" else "owner"

        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            one = work.readable_object(name)
            return web.page(work, "web/settings/quality_object.html", await _page(web, request, work, one, by))

        return await web.within(request, build)

    return [overview, now, one_object]


async def _page(web: Web, request: Visit, work: Workspace, one: Object, by: str) -> ObjectQualityPage:
    kept = (await days(work, work.clock.today - timedelta(days=_TREND_DAYS))).get(one.name, ())
    try:
        found = await measure(work, one, by)
        idle = await _idle(work, one)
    except LimitReached:
        found, idle = None, ()
    unique = await unique_share(work.as_system(), one, found.total.records) if found else None
    return ObjectQualityPage(
        **frame(web, request, work, _PLACE, one.title_plural),
        action=f"{_PLACE}/{one.name}",
        bulk=f"/{one.path}/bulk",
        too_slow=found is None,
        records=found.total.records if found else 0,
        figures=_figures(one, found, unique) if found else (),
        trend=_trend(kept),
        fields=await _fields(work, one, found) if found else (),
        rules=_rules(one, found) if found else (),
        new_rule=f"/settings/objects/{one.name}/rules/new",
        group_columns=(
            Column(name="group", label=_("Owner") if by == "owner" else _("Source")),
            Column(name="records", label=_("Records"), align="end"), *_share_columns(),
            Column(name="unique", label=_("Unique"), align="end"),
            Column(name="trend", label=_("Complete, %(days)s days") % {"days": _TREND_DAYS}),
        ),
        shares=await _groups(work, one, found, by) if found else (),
        by=by,
        fixes=tuple(
            FixLine(label=_(FIXES[each].label), help=_(FIXES[each].help), what=f"fix:{each}")
            for each in offered(work, one)
        ),
        idle=idle,
    )  # fmt: skip


def _share_columns() -> tuple[Column, ...]:
    return (
        Column(name="complete", label=_("Complete"), align="end"), Column(name="valid", label=_("Valid"), align="end"),
        Column(name="fresh", label=_("Fresh"), align="end"),
    )  # fmt: skip


def _figures(one: Object, found: Quality, unique: float | None) -> tuple[tuple[str, str, float | None, str], ...]:
    """Label, what it says, share, and the records behind it."""
    duplicates = "" if unique is None else f"/{one.path}/duplicates"
    return (
        (_("Complete"), _("Fields that should be filled in, and are"), found.total.complete, ""),
        (_("Valid"), _("Records that keep to every rule"), found.total.valid, ""),
        (
            _("Fresh"), _("Changed within %(days)s days") % {"days": FRESH_DAYS}, found.total.fresh,
            Asked("", found.stale).address(one),
        ),
        (_("Unique"), _("Records without a likely double"), unique, duplicates),
    )  # fmt: skip


async def _fields(work: Workspace, one: Object, found: Quality) -> tuple[FieldLine, ...]:
    kept = await past(work, one, "field", work.clock.today - timedelta(days=_TREND_DAYS))
    try:
        alone = await shared(work, one, [each.field for each in found.fields])
    except LimitReached:
        alone = {}
    lines = [
        FieldLine(
            label=each.field.title, share=each.share, lacking=each.of - each.filled,
            href=Asked("", each.lacking).address(one), breaking=each.breaking, alone=alone.get(each.field.name),
            spark=_small(each.field.title, kept.get(each.field.name, ())),
        )
        for each in found.fields
        if each.share is not None
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda line: line.share))


def _rules(one: Object, found: Quality) -> tuple[RuleLine, ...]:
    return tuple(
        RuleLine(
            label=each.rule.title, message=each.rule.words, breaking=each.breaking,
            href=Asked("", each.where).address(one),
            edit=f"/settings/objects/{one.name}/rules/{each.rule.name}",
        )
        for each in sorted(found.rules, key=lambda each: -each.breaking)
    )  # fmt: skip


async def _groups(work: Workspace, one: Object, found: Quality, by: str) -> tuple[GroupLine, ...]:
    lines = found.groups[:_GROUPS_SHOWN]
    people = [line.key for line in lines if isinstance(line.key, UUID)]
    names = await titles_of(work.unit, {"user": people})
    part: Part = "created_via" if by == "created_via" else "owner"
    kept = await past(work, one, part, work.clock.today - timedelta(days=_TREND_DAYS))
    unique = await unique_shares(work.as_system(), one, by, {line.key: line.records for line in lines})
    return tuple(
        GroupLine(
            label=(names.get(("user", line.key), "") if isinstance(line.key, UUID) else str(line.key or ""))
            or _("Nobody"),
            href=Asked("", f'{by} = "{line.key}"' if line.key else f"{by} = null").address(one),
            line=line, unique=unique.get(line.key), spark=_small(_("Complete"), kept.get(str(line.key or ""), ())),
        )
        for line in lines
    )  # fmt: skip


async def _idle(work: Workspace, one: Object) -> tuple[IdleLine, ...]:
    count, fields = await filled(work, one)
    nobody, everything = await unread(work, one) or set(), work.as_system()
    return tuple([
        IdleLine(
            label=one.all_fields[name].title, href=f"/settings/objects/{one.name}/fields/{name}",
            share=number / count * 100, is_unread=number * 100 >= count * IDLE_SHARE,
        )
        for name, number in fields
        if count and (number * 100 < count * IDLE_SHARE or name in nobody)
        and not one.all_fields[name].hidden and not uses_of_field(work.context, one, one.all_fields[name])
        and not await field_uses.uses_of_field(everything, one.name, name)
    ])  # fmt: skip


def _spark(one: Object, kept: Sequence[Day]) -> Markup:
    return _small(_("Complete: %(objects)s") % {"objects": one.title_plural}, [(day.day, day.complete) for day in kept])


def _small(title: str, kept: Sequence[tuple[date, float | None]]) -> Markup:
    """A line without axes; nothing for a single day."""
    chart = Chart(
        kind="spark", title=title,
        series=(Series(label=_("Complete"), marks=tuple(Mark(value=value) for _day, value in kept)),),
        categories=tuple(day.isoformat() for day, _value in kept),
    )  # fmt: skip
    return draw(chart, lambda value: f"{value:.0f}", Size(120, 28)) if len(kept) > 1 else Markup("")


def _trend(kept: Sequence[Day]) -> Markup:
    if len(kept) < 2:
        return Markup("")
    named = (
        (_("Complete"), [day.complete for day in kept]), (_("Valid"), [day.valid for day in kept]),
        (_("Fresh"), [day.fresh for day in kept]), (_("Unique"), [day.unique for day in kept]),
    )  # fmt: skip
    series = tuple(
        Series(
            label=label,
            marks=tuple(Mark(value=value, text="" if value is None else f"{value:.0f} %") for value in values),
        )
        for label, values in named
        if any(value is not None for value in values)
    )
    chart = Chart(
        kind="line", title=_("How it moved"), series=series,
        categories=tuple(day.day.isoformat() for day in kept),
    )  # fmt: skip
    return draw(chart, lambda value: f"{value:.0f} %", Size(720, 240))
