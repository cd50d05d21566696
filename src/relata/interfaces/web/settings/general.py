"""What the workspace decides once: name, currency, region, time zone, language."""

from __future__ import annotations

import calendar
from functools import cache

from babel import Locale
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.inputs import CURRENCIES
from relata.interfaces.web.settings.frame import (
    Form,
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
from relata.interfaces.web.settings.profile import FormPage, languages, zones

_PLACE = "/settings/general"
_NAMES = ("name", "currency", "region", "zone", "language", "first_weekday", "fiscal_month")


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            known = {
                name: last(form, name) if form is not None else str(getattr(work.settings, name)) for name in _NAMES
            }
            errors = errors_of(error)
            fields = (
                text(
                    "name",
                    "Name",
                    known["name"],
                    errors,
                    required=True,
                    help="What the workspace is called, usually your company.",
                    max_length=120,
                ),
                text(
                    "currency",
                    "Currency",
                    known["currency"],
                    errors,
                    kind="choice",
                    required=True,
                    options=_currencies(known["currency"]),
                    help="What an amount without a currency means.",
                ),
                text(
                    "region",
                    "Region",
                    known["region"],
                    errors,
                    kind="choice",
                    required=True,
                    options=_regions(),
                    help="Where a phone number without a country code belongs.",
                ),
                text("zone", "Time zone", known["zone"], errors, kind="choice", required=True, options=zones()),
                text(
                    "language",
                    "Language",
                    known["language"],
                    errors,
                    kind="choice",
                    required=True,
                    options=languages(known["language"]),
                ),
                text(
                    "first_weekday",
                    "First day of the week",
                    known["first_weekday"],
                    errors,
                    kind="choice",
                    required=True,
                    options=options((str(at), name) for at, name in enumerate(calendar.day_name)),
                ),
                text(
                    "fiscal_month",
                    "The business year begins in",
                    known["fiscal_month"],
                    errors,
                    kind="choice",
                    required=True,
                    options=options((str(at), calendar.month_name[at]) for at in range(1, 13)),
                ),
            )
            view = FormPage(
                **frame(web, request, work, _PLACE, error=error, known=_NAMES),
                action=_PLACE,
                submit="Save settings",
                fields=fields,
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

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
            await (await office(web, request)).change_settings(
                {name: last(form, name) for name in _NAMES if name in form}
            )
            return f"{_PLACE}?done=saved"

        return await settled(attempt, lambda error: show(request, form, error))

    return [page, save]


def _currencies(chosen: str) -> tuple[Option, ...]:
    codes = [*CURRENCIES, *([chosen] if chosen and chosen not in CURRENCIES else [])]
    return options((code, code) for code in codes)


@cache
def _regions() -> tuple[Option, ...]:
    names = Locale("en").territories
    found = [
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "EZ", "UN", "QO", "XA", "XB")
    ]
    return options(sorted(found, key=lambda pair: pair[1]))
