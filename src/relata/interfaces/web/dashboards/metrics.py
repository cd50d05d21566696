"""The metrics of a workspace: what each counts, since when, and how one takes a definition over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.definition import Definition, Picture
from relata.engine.reporting.definition import write as write_definition
from relata.engine.reporting.metrics.catalogue import adopt, lacking, metric, metrics
from relata.engine.reporting.metrics.metric import BETTER, Metric
from relata.engine.reporting.reports.shelf import lines, report
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import FormField, Option, Shell
from relata.interfaces.web.dashboards.asked import PLACE
from relata.interfaces.web.dashboards.editing import BoardDialog
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, formatter, redirect

_METRICS = f"{PLACE}/metrics"
Form = dict[str, list[str]]


class MetricLine(msgspec.Struct, frozen=True, kw_only=True):
    """One metric in the list. counts: of what, in words; where: its filter as it is kept. edit: "" for who may not."""

    title: str
    key: str
    help: str
    counts: str
    where: str
    version: str
    edit: str
    history: str


class LackLine(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that can't be counted yet. needs: what is missing."""

    title: str
    help: str
    needs: str


class MetricsView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    lines: tuple[MetricLine, ...]
    may_make: bool
    lacking: tuple[LackLine, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of metrics."""

    @get(_METRICS)
    async def everything(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = sorted((await metrics(work)).values(), key=lambda one: one.title.casefold())
            may_make = bool(work.actor.rights.level(work.registry.get("metric"), "create"))
            view = MetricsView(
                shell=web.shell(request, work, "dashboards"), may_make=may_make,
                lines=tuple(_line(work, one, formatter(work), may_make=may_make) for one in found),
                lacking=tuple(
                    LackLine(title=one.title, help=one.advice, needs=one.lack)
                    for one in lacking(work) if one.key not in {each.key for each in found}
                ),
            )  # fmt: skip
            return web.page(work, "web/dashboards/metrics.html", view)

        return await web.within(request, show)

    @get(f"{_METRICS}/new")
    async def ask_new(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return await _dialog(web, request, work, None, {}, None)

        return await web.within(request, show)

    @post(f"{_METRICS}/new")
    async def make(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> str:
            body = await _counted(work, _last(form, "report"))
            if body is None:
                raise Invalid.of([Problem("required", _("Choose the report that counts it."), "report")])
            await work.create("metric", {**_texts(form), "key": _last(form, "key"), "body": write_definition(body)})
            return _METRICS

        return await _kept(request, create, None, form)

    @get(f"{_METRICS}/{{key:str}}/edit")
    async def ask(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return await _dialog(web, request, work, await metric(work, key), {}, None)

        return await web.within(request, show)

    @post(f"{_METRICS}/{{key:str}}/edit")
    async def change(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def keep(work: Workspace) -> str:
            record = await adopt(work, key)
            body = await _counted(work, _last(form, "report"))
            values = _texts(form) | {"why": _last(form, "why") or None}
            await work.change(record, values | ({"body": write_definition(body)} if body is not None else {}))
            return _METRICS

        return await _kept(request, keep, key, form)

    async def _kept(
        request: Visit, keep: Callable[[Workspace], Awaitable[str]], key: str | None, form: Form
    ) -> Response[bytes]:
        try:
            return redirect(await web.within(request, keep, read_only=False), request)
        except Invalid as error:
            problem = error

        async def again(work: Workspace) -> Response[bytes]:
            return await _dialog(web, request, work, await metric(work, key) if key else None, form, problem)

        return await web.within(request, again)

    return [everything, ask_new, make, ask, change]


def _line(work: Workspace, one: Metric, words: Formatter, *, may_make: bool) -> MetricLine:
    target = work.registry.get(one.definition.object)
    version = ""
    if one.changes:
        since = words.date(one.changes[-1].until)
        version = _("Definition %(n)s, since %(day)s") % {"n": one.version, "day": since}
    return MetricLine(
        title=one.title, key=one.key, help=one.advice, counts=target.title_plural, where=one.definition.where,
        version=version, edit=f"{_METRICS}/{one.key}/edit" if may_make else "",
        history=f"/metrics/{one.id}/history" if one.id else "",
    )  # fmt: skip


async def _counted(work: Workspace, key: str) -> Definition | None:
    """How a report counts, without its groups; None for no report."""
    if not key:
        return None
    found = (await report(work, key)).definition
    return msgspec.structs.replace(found, rows=(), columns=(), picture=Picture(kind="number"))


def _texts(form: Form) -> dict[str, object]:
    better, least = _last(form, "better"), _last(form, "least")
    return {
        "name": _last(form, "name"), "description": _last(form, "description") or None,
        "better": better if better in BETTER else "neither",
        "least": int(least) if least.isascii() and least.isdecimal() and len(least) < 7 else 0,
    }  # fmt: skip


async def _dialog(
    web: Web, request: Visit, work: Workspace, one: Metric | None, form: Form, error: Invalid | None
) -> Response[bytes]:
    kept, shipped = await lines(work)
    reports = tuple(Option(value=each.key, label=each.name) for each in (*kept, *shipped))
    first = Option(value="", label=_("As it is counted now") if one else _("Choose a report"))
    fields = [
        FormField(name="name", label=_("Name"), value=one.title if one else "", required=True, max_length=120),
        FormField(
            name="key", label=_("Key"), value="", required=True, max_length=80,
            help=_("How reports and dashboards refer to it, such as sales.upsell_rate."),
        ),
        FormField(name="description", label=_("What it says"), kind="long_text", value=one.advice if one else ""),
        FormField(
            name="report", label=_("Counted as in the report"), kind="choice", value="", options=(first, *reports),
            help=_("Its first figure without its groups, with its filter and its day."),
        ),
        FormField(
            name="better", label=_("Good news is"), kind="choice", value=one.better if one else "up",
            options=(
                Option(value="up", label=_("Higher")), Option(value="down", label=_("Lower")),
                Option(value="neither", label=_("Neither")),
            ),
        ),
        FormField(
            name="least", label=_("Shaky below so many records"), kind="integer",
            value=str(one.least if one else 10), minimum="0",
        ),
        FormField(
            name="why", label=_("Why it is counted otherwise"), value="", max_length=300,
            help=_("Stands on charts at the day of the change."),
        ),
    ]  # fmt: skip
    gone = "key" if one else "why"
    typed = {name: values[-1] for name, values in form.items() if values}
    errors = {each.field: f"{each.message} {each.hint or ''}".strip() for each in error.problems} if error else {}
    shown = tuple(
        msgspec.structs.replace(each, value=typed.get(each.name, each.value), error=errors.get(each.name, ""))
        for each in fields
        if each.name != gone
    )
    rest = "" if error is None or set(errors) & {each.name for each in shown} else error.message
    view = BoardDialog(
        title=_("Metric"), action=f"{_METRICS}/{one.key}/edit" if one else f"{_METRICS}/new",
        csrf=exchange(request).csrf_token(), submit=_("Save"), fields=shown, error=rest,
    )  # fmt: skip
    return web.page(work, "web/dashboards/dialog.html", view, status=422 if error else 200)


def _last(form: Form, name: str) -> str:
    return (form.get(name) or [""])[-1].strip()
