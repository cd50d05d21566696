"""What the workspace decides once: name, currency, region, time zone, language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import get_day_names, get_month_names
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.branding import logo_of
from relata.engine.workspace.context import ACCENTS
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.confirming import confirmation
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
    office,
    options,
    settled,
    status_of,
    text,
)
from relata.interfaces.web.settings.profile import languages, zones

_PLACE = "/settings/general"
_NAMES = ("name", "currency", "region", "zone", "language", "first_weekday", "fiscal_month", "accent")
_HOURS = tuple(f"hours.{day}" for day in range(7))


class GeneralPage(Page, frozen=True, kw_only=True):
    """Settings of the workspace. logo: its address, or ""."""

    fields: tuple[FormField, ...]
    hours: tuple[FormField, ...]
    logo: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            known = {
                name: last(form, name) if form is not None else str(getattr(work.settings, name)) for name in _NAMES
            }
            errors = errors_of(error)
            colours = _colours()
            fields = (
                text(
                    "name",
                    _("Name"),
                    known["name"],
                    errors,
                    required=True,
                    help=_("What the workspace is called, usually your company."),
                    max_length=120,
                ),
                text(
                    "currency",
                    _("Currency"),
                    known["currency"],
                    errors,
                    kind="choice",
                    required=True,
                    options=_currencies(known["currency"]),
                    help=_("What an amount without a currency means."),
                ),
                text(
                    "region",
                    _("Region"),
                    known["region"],
                    errors,
                    kind="choice",
                    required=True,
                    options=_regions(work.actor.locale),
                    help=_("Where a phone number without a country code belongs."),
                ),
                text("zone", _("Time zone"), known["zone"], errors, kind="choice", required=True, options=zones()),
                text(
                    "language",
                    _("Language"),
                    known["language"],
                    errors,
                    kind="choice",
                    required=True,
                    options=languages(known["language"]),
                ),
                text(
                    "first_weekday",
                    _("First day of the week"),
                    known["first_weekday"],
                    errors,
                    kind="choice",
                    required=True,
                    options=_numbered(get_day_names("wide", locale=work.actor.locale)),
                ),
                text(
                    "fiscal_month",
                    _("The business year begins in"),
                    known["fiscal_month"],
                    errors,
                    kind="choice",
                    required=True,
                    options=_numbered(get_month_names("wide", locale=work.actor.locale)),
                ),
                text(
                    "accent",
                    _("Colour"),
                    known["accent"],
                    errors,
                    kind="choice",
                    required=True,
                    options=options((name, colours[name]) for name in ACCENTS),
                    help=_("Of buttons and links, for everybody and on the page where people sign in."),
                ),
            )
            logo = logo_of(work.context)
            view = GeneralPage(
                **frame(web, request, work, _PLACE, error=error, known=(*_NAMES, *_HOURS)),
                fields=fields,
                hours=_hours(work, form, errors),
                logo=f"/logo?{logo.version}" if logo else "",
            )
            return web.page(work, "web/settings/general.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def save(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def attempt() -> str:
            wanted: dict[str, Any] = {name: last(form, name) for name in _NAMES if name in form}
            if any(name in form for name in _HOURS):
                wanted["hours"] = [last(form, name).replace(" ", "").replace("–", "-") for name in _HOURS]
            await (await office(web, request)).change_settings(wanted)
            return f"{_PLACE}?done=saved"

        return await settled(attempt, lambda error: show(request, form, error))

    return [page, save]


def _hours(work: Workspace, form: Form | None, errors: dict[str, str]) -> tuple[FormField, ...]:
    """From when until when, day by day, from Monday."""
    names = get_day_names("wide", locale=work.actor.locale)
    return tuple(
        text(
            name, names[day], last(form, name) if form is not None else work.settings.hours[day], errors,
            placeholder=_("Day off"), max_length=13,
        )
        for day, name in enumerate(_HOURS)
    )  # fmt: skip


def _numbered(names: Mapping[Any, str]) -> tuple[Option, ...]:
    """Days or months by their number, in the reader's language."""
    return options((str(at), names[at]) for at in sorted(names))


def _colours() -> dict[str, str]:
    return {
        "petrol": _("Petrol"),
        "blue": _("Blue"),
        "violet": _("Violet"),
        "magenta": _("Magenta"),
        "red": _("Red"),
        "orange": _("Orange"),
        "green": _("Green"),
        "graphite": _("Graphite"),
    }


def _currencies(chosen: str) -> tuple[Option, ...]:
    codes = [*CURRENCIES, *([chosen] if chosen and chosen not in CURRENCIES else [])]
    return options((code, code) for code in codes)


@cache
def _regions(locale: str) -> tuple[Option, ...]:
    names = Locale.parse(locale, sep="-").territories
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "EZ", "UN", "QO", "XA", "XB")
    ]
    return options(sorted(found, key=lambda pair: pair[1]))
