"""Being told when a metric passes a mark: the dialog on its card."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards.periods import labels
from relata.engine.reporting.metrics.catalogue import metric
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.dashboards.asked import PLACE
from relata.interfaces.web.dashboards.mailing import MailLine, MailView
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, formatter, record_id

_ALERTS = f"{PLACE}/metrics/{{key:str}}/alerts"
Form = dict[str, list[str]]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of alerts."""

    async def show(request: Visit, key: str, error: Invalid | None = None, form: Form | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = await metric(work, key)
            errors = {each.field: each.message for each in error.problems} if error else {}
            fields = tuple(
                msgspec.structs.replace(
                    each, error=errors.get(each.name, ""), value=_last(form or {}, each.name) or each.value
                )
                for each in _fields()
            )
            view = MailView(
                title=_("Tell me about “%(name)s”") % {"name": one.title}, action=f"{PLACE}/metrics/{key}/alerts",
                csrf=exchange(request).csrf_token(), filters="", fields=fields, submit=_("Tell me"),
                lines=tuple(_line(each, key, formatter(work)) for each in await work.find("metric_alert", metric=key)),
                error=error.message if error and not errors else "",
            )  # fmt: skip
            return web.page(work, "web/dashboards/mail.html", view, status=422 if error else 200)

        return await web.within(request, build)

    @get(_ALERTS)
    async def ask(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key)

    @post(_ALERTS, status_code=200)
    async def add(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> None:
            way = _last(form, "way")
            values = {"metric": key, "way": way, "period": _last(form, "period") or None,
                      "mark": _number(_last(form, "mark")) if way != "unusual" else None,
                      "grain": _last(form, "grain") or "month"}  # fmt: skip
            await work.create("metric_alert", values)

        try:
            await web.within(request, create, read_only=False)
        except Invalid as error:
            return await show(request, key, error, form)
        return await show(request, key)

    @post(_ALERTS + "/{name:str}/stop", status_code=200)
    async def stop(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: work.delete(("metric_alert", record_id(name))), read_only=False)
        return await show(request, key)

    return [ask, add, stop]


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or abs(found) > 10**14:
        raise Invalid.of([Problem("number", _("Write a number, such as 25."), "mark")])
    return found


def _line(one: Record, key: str, words: Formatter) -> MailLine:
    told = {"mark": words.number(one["mark"])} if one["mark"] is not None else {}
    way = {
        "above": _("Above %(mark)s"), "below": _("Below %(mark)s"),
        "unusual": _("Unusual: %(each)s") % {"each": _grains().get(one["grain"] or "month", "")},
    }[one["way"]]  # fmt: skip
    read_at = one["read_at"]
    note = _("Read %(when)s") % {"when": words.relative(read_at)} if read_at else _("Read within the hour")
    period = labels().get(one["period"] or "", "") if told else ""
    return MailLine(
        text=" · ".join(part for part in (way % told if told else way, period) if part),
        note=_("Passed. %(note)s") % {"note": note} if one["state"] == "raised" else note,
        stop=f"{PLACE}/metrics/{key}/alerts/{one.id}/stop", problem=one["problem"] or "",
    )  # fmt: skip


def _grains() -> dict[str, str]:
    return {"day": _("Each day"), "week": _("Each week"), "month": _("Each month"), "quarter": _("Each quarter")}


def _fields() -> tuple[FormField, ...]:
    spans = tuple(Option(value=name, label=label) for name, label in labels().items())
    return (
        FormField(
            name="way", label=_("When it is"), kind="choice", value="below", required=True,
            options=(
                Option(value="below", label=_("Below the mark")), Option(value="above", label=_("Above the mark")),
                Option(value="unusual", label=_("Far from what is usual")),
            ),
        ),
        FormField(
            name="mark", label=_("Mark"), value="",
            help=_("Percent as 25, a time in days. Not needed for what is unusual."),
        ),
        FormField(
            name="period", label=_("Period"), kind="choice", value="this_month",
            options=(Option(value="", label=_("All time")), *spans),
        ),
        FormField(
            name="grain", label=_("Unusual is asked of"), kind="choice", value="month",
            options=tuple(Option(value=name, label=label) for name, label in _grains().items()),
            help=_("The last full one is compared with those before it."),
        ),
    )  # fmt: skip


def _last(form: Form, name: str) -> str:
    return (form.get(name) or [""])[-1].strip()
