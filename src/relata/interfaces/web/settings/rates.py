"""What other currencies are worth: the rates that hold, and new ones from a day on. Each is an ordinary record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.rates import EXCHANGE_RATE
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
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

_PLACE = "/settings/rates"
_NAMES = ("currency", "rate", "valid_from")
_MOST = 300


class RateLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rate. state: "now", "later" or "past"."""

    id: str
    href: str
    currency: str
    rate: Decimal
    day: date
    state: str


class RatesPage(Page, frozen=True, kw_only=True):
    """The rates, the latest first, and the form for another."""

    base: str
    rates: tuple[RateLine, ...]
    fields: tuple[FormField, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            view = RatesPage(
                **frame(web, request, work, _PLACE, error=error, known=_NAMES), base=work.settings.currency,
                rates=await _lines(work), fields=_fields(work, form, errors_of(error)),
            )  # fmt: skip
            return web.page(work, "web/settings/rates.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def add(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def make(work: Workspace) -> str:
            require(work, "manage_objects")
            values = {name: last(form, name) for name in _NAMES}
            await work.create(EXCHANGE_RATE.name, {**values, "base": work.settings.currency})
            return f"{_PLACE}?done=created"

        return await settled(
            lambda: web.within(request, make, read_only=False), lambda error: show(request, form, error)
        )

    @post(f"{_PLACE}/{{key:str}}/remove")
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def delete(work: Workspace) -> str:
            require(work, "manage_objects")
            await work.delete((EXCHANGE_RATE.name, record_id(key)))
            return f"{_PLACE}?done=removed"

        return await settled(
            lambda: web.within(request, delete, read_only=False), lambda error: show(request, None, error)
        )

    return [page, add, remove]


async def _lines(work: Workspace) -> tuple[RateLine, ...]:
    found = await work.find(EXCHANGE_RATE.name, base=work.settings.currency, order="currency,-valid_from", limit=_MOST)
    known: set[str] = set()
    lines = []
    for one in found:
        begun = one["valid_from"] <= work.clock.today
        state = "later" if not begun else "past" if one["currency"] in known else "now"
        if begun:
            known.add(one["currency"])
        lines.append(
            RateLine(
                id=str(one.id), href=f"/{EXCHANGE_RATE.path}/{one.id}", currency=one["currency"], rate=one["rate"],
                day=one["valid_from"], state=state,
            )
        )  # fmt: skip
    return tuple(lines)


def _fields(work: Workspace, form: Form | None, errors: dict[str, str]) -> tuple[FormField, ...]:
    own = work.settings.currency
    given = {name: last(form, name) if form is not None else "" for name in _NAMES}
    return (
        text(
            "currency", _("Currency"), given["currency"] or next(one for one in CURRENCIES if one != own), errors,
            kind="choice", required=True, options=options((one, one) for one in CURRENCIES if one != own),
        ),
        text(
            "rate", _("One unit in %(currency)s") % {"currency": own}, _number(given["rate"]), errors, kind="decimal",
            required=True, help=_("Such as 0.92, if one is worth 92 hundredths."),
        ),
        text(
            "valid_from", _("From"), given["valid_from"] or work.clock.today.isoformat(), errors, kind="date",
            required=True, help=_("The day from which the rate holds, until the next one."),
        ),
    )  # fmt: skip


def _number(typed: str) -> Decimal | str:
    try:
        return Decimal(typed)
    except InvalidOperation:
        return typed
