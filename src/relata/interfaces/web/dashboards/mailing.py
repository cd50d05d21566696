"""Sending a dashboard or report by mail again and again: the dialog, and what goes out already."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards.shelf import board
from relata.engine.reporting.reports.shelf import report
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.dashboards.asked import PLACE
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, formatter, record_id

Form = dict[str, list[str]]
_REPORT = "/report"


class MailLine(msgspec.Struct, frozen=True, kw_only=True):
    """One that goes out. problem: who did not get it, and why."""

    text: str
    note: str
    stop: str
    problem: str


class MailView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. submit: what the button says."""

    title: str
    action: str
    csrf: str
    lines: tuple[MailLine, ...]
    fields: tuple[FormField, ...]
    filters: str
    submit: str
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of mails, of dashboards and of reports."""

    async def show(
        request: Visit, place: str, key: str, error: Invalid | None = None, form: Form | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _view(work, request, place, key, error, form or {})
            return web.page(work, "web/dashboards/mail.html", view, status=422 if error else 200)

        return await web.within(request, build)

    async def keep(request: Visit, place: str, key: str) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> None:
            await work.create("report_schedule", await _values(work, place, key, form))

        try:
            await web.within(request, create, read_only=False)
        except Invalid as error:
            return await show(request, place, key, error, form)
        return await show(request, place, key)

    async def end(request: Visit, place: str, key: str, name: str) -> Response[bytes]:
        await web.within(request, lambda work: work.delete(("report_schedule", record_id(name))), read_only=False)
        return await show(request, place, key)

    @get(f"{PLACE}/{{key:str}}/mails")
    async def ask(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, PLACE, key)

    @post(f"{PLACE}/{{key:str}}/mails", status_code=200)
    async def add(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await keep(request, PLACE, key)

    @post(f"{PLACE}/{{key:str}}/mails/{{name:str}}/stop", status_code=200)
    async def stop(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        return await end(request, PLACE, key, name)

    @get(f"{_REPORT}/{{key:str}}/mails")
    async def ask_report(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, _REPORT, key)

    @post(f"{_REPORT}/{{key:str}}/mails", status_code=200)
    async def add_report(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await keep(request, _REPORT, key)

    @post(f"{_REPORT}/{{key:str}}/mails/{{name:str}}/stop", status_code=200)
    async def stop_report(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        return await end(request, _REPORT, key, name)

    return [ask, add, stop, ask_report, add_report, stop_report]


async def _name(work: Workspace, place: str, key: str) -> str:
    return (await board(work, key)).name if place == PLACE else (await report(work, key)).name


async def _values(work: Workspace, place: str, key: str, form: Form) -> dict[str, object]:
    """What was asked for as a record's values."""
    found = parse_id(key)
    if place == _REPORT and found is None:
        raise Invalid(_("Copy this report first; the copy can be mailed."), code="shipped_report")
    readers = [one for text in form.get("readers", ()) if (one := parse_id(text)) is not None]
    hour = _last(form, "hour")
    if not (hour.isascii() and hour.isdecimal() and int(hour[:4]) < 24):
        raise Invalid.of([Problem("range", _("An hour from 0 to 23."), "hour")])
    return {
        "name": await _name(work, place, key), "dashboard": found if place == PLACE else None,
        "report": found if place == _REPORT else None, "shipped": key if found is None else None,
        "filters": _last(form, "filters")[:1000] or None, "rhythm": _last(form, "rhythm"), "hour": int(hour),
        "weekday": _whole(form, "weekday"), "day": _whole(form, "day"), "readers": readers,
    }  # fmt: skip


async def _view(work: Workspace, request: Visit, place: str, key: str, error: Invalid | None, form: Form) -> MailView:
    found, words = parse_id(key), formatter(work)
    equal = {"dashboard": found} if found and place == PLACE else {"report": found} if found else {"shipped": key}
    known = await work.find("report_schedule", **equal)
    errors = {one.field: one.message for one in error.problems} if error else {}
    return MailView(
        title=_("“%(name)s” by mail") % {"name": await _name(work, place, key)}, action=f"{place}/{key}/mails",
        csrf=exchange(request).csrf_token(), submit=_("Send by mail"),
        lines=tuple([await _line(work, one, place, key, words) for one in known]),
        fields=tuple(msgspec.structs.replace(one, error=errors.get(one.name, "")) for one in _fields(form, words)),
        filters=_last(form, "filters") or _filters(request), error=error.message if error and not errors else "",
    )  # fmt: skip


async def _line(work: Workspace, one: Record, place: str, key: str, words: Formatter) -> MailLine:
    people: list[UUID] = list(one["readers"] or ())
    titles = await titles_of(work.unit, {"user": people})
    names = [titles.get(("user", person)) or _("Somebody") for person in people]
    rhythm = dict(_rhythms())[one["rhythm"]]
    next_at = one["next_at"]
    return MailLine(
        text=f"{rhythm}, {_('to me')}" + (f", {words.sequence(names)}" if names else ""),
        note=_("Next: %(when)s") % {"when": words.datetime(next_at)} if next_at else _("Paused"),
        stop=f"{place}/{key}/mails/{one.id}/stop", problem=one["last_error"] or "",
    )  # fmt: skip


def _rhythms() -> list[tuple[str, str]]:
    return [
        ("daily", _("Every day")), ("weekdays", _("Every working day")), ("weekly", _("Every week")),
        ("monthly", _("Every month")),
    ]  # fmt: skip


def _fields(form: Form, words: Formatter) -> tuple[FormField, ...]:
    days = [str(words.locale.days["stand-alone"]["wide"][at]) for at in range(7)]
    return (
        FormField(
            name="rhythm", label=_("How often"), kind="choice", value=_last(form, "rhythm") or "weekly", required=True,
            options=tuple(Option(value=value, label=label) for value, label in _rhythms()),
        ),
        FormField(
            name="weekday", label=_("Day of the week"), kind="choice", value=_last(form, "weekday") or "1",
            options=tuple(Option(value=str(at + 1), label=day) for at, day in enumerate(days)),
        ),
        FormField(
            name="day", label=_("Day of the month"), kind="choice", value=_last(form, "day") or "1",
            options=tuple(Option(value=str(at), label=str(at)) for at in range(1, 32)),
        ),
        FormField(name="hour", label=_("Hour"), kind="integer", value=_last(form, "hour") or "7", required=True,
                  minimum="0", maximum="23"),
        FormField(
            name="readers", label=_("Also to"), kind="links", value=(), source="/choose/user",
            help=_("Each gets the numbers that they may see, in their language and time zone."),
        ),
    )  # fmt: skip


def _filters(request: Visit) -> str:
    """Those of the page behind the dialog."""
    here = request.headers.get("hx-current-url", "")
    return here.partition("?")[2][:1000]


def _whole(form: Form, name: str) -> int:
    """A small number that was chosen; 1 for what is none, as the first choice is."""
    text = _last(form, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 1


def _last(form: Form, name: str) -> str:
    return (form.get(name) or [""])[-1].strip()
