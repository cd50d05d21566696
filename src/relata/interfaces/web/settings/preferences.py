"""Personal preferences: looks, formats, where one starts, keys. Kept with the person; looks are mirrored in cookies."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.identity.preferences import CHOICES, Preferences
from relata.engine.workspace import people
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.inputs import CURRENCIES
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    options,
    settled,
    status_of,
    text,
)

_PLACE = "/settings/appearance"
_SAMPLE = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
_FORM = ("dates", "times", "numbers", "currency", "start_page", "shortcuts")
_LOOKS = ("theme", "density")


class PreferencesPage(Page, frozen=True, kw_only=True):
    """Looks, which change as one presses them, and a form for the rest."""

    fields: tuple[FormField, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = PreferencesPage(
                **frame(web, request, work, _PLACE, error=error, known=_FORM), fields=_fields(work, form, error)
            )
            return web.page(work, "web/settings/appearance.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def save(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            wanted = {name: last(form, name) for name in _FORM if name != "shortcuts" and name in form}
            await people.change_preferences(work, {**wanted, "shortcuts": last(form, "shortcuts") == "true"})
            return f"{_PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, form, error)
        )

    @post(f"{_PLACE}/looks")
    async def look(request: Visit) -> Response[bytes]:
        form = await posted(request)
        wanted = {name: last(form, name) for name in _LOOKS if name in form}
        await web.within(request, lambda work: people.change_preferences(work, wanted), read_only=False)
        return Response(b"", status_code=204)

    return [page, save, look]


def _fields(work: Workspace, form: Form | None, error: Refused | None) -> tuple[FormField, ...]:
    liked = work.actor.preferences
    errors = errors_of(error)
    known = msgspec.structs.asdict(liked) if form is None else {name: last(form, name) for name in _FORM}
    as_language = _("As the language: %(example)s")

    def choice(name: str, label: str) -> FormField:
        usual = as_language % {"example": _sample(work, name, "")}
        return text(
            name, label, known[name], errors, kind="choice", placeholder=usual,
            options=options((value, _sample(work, name, value)) for value in CHOICES[name] if value),
        )  # fmt: skip

    return (
        choice("dates", _("Dates")),
        choice("times", _("Times")),
        choice("numbers", _("Numbers")),
        text(
            "currency", _("Currency"), known["currency"], errors, kind="choice",
            placeholder=_("As the workspace (%(currency)s)") % {"currency": work.settings.currency},
            options=options((code, code) for code in dict.fromkeys((*CURRENCIES, known["currency"])) if code),
            help=_("Totals are told in it, and amounts beside their own, at the exchange rates of the workspace."),
        ),
        text(
            "start_page", _("Start page"), known["start_page"], errors, placeholder="/",
            help=_("Where you arrive after signing in, such as /tasks. Empty: the home page."),
        ),
        text(
            "shortcuts", _("Keyboard shortcuts"), known["shortcuts"] in (True, "true"), errors, kind="boolean",
            help=_("Single keys, such as c for new. Ctrl-K always works."),
        ),
    )  # fmt: skip


def _sample(work: Workspace, name: str, value: str) -> str:
    """How it would be written."""
    liked = msgspec.structs.replace(Preferences(), **{name: value})
    formatter = Formatter(
        work.actor.locale, "UTC", _SAMPLE, numbers=liked.numbers, dates=liked.dates, clock=liked.times
    )
    if name == "numbers":
        return formatter.number(1234567.89, 2)
    return formatter.date(_SAMPLE) if name == "dates" else formatter.time(_SAMPLE)
