"""One's own calendar and address book in other programs: addresses and passwords that are shown once, and revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.calendars.feeds import SCOPE as CALENDAR
from relata.engine.identity.keys import ApiKey
from relata.engine.workspace import api_keys
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.calendar_feeds import PLACE
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings import subscribing
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, options, status_of, text
from relata.interfaces.web.settings.subscribing import OBJECT, Subscribed, subscribed

_HERE = "/settings/connections"
#: The scope of a key that opens the address book (`interfaces/rest/carddav`).
BOOK = "address_book:read"
_NAMES = ("name", "kind", "calendar_name", "address")


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """An address or password in the list."""

    id: str
    name: str
    kind: str
    icon: str
    created: datetime
    used: datetime | None


class ConnectionsPage(Page, frozen=True, kw_only=True):
    """The list, and the form. address, password, server: what was just made, shown this once."""

    connected: tuple[Connected, ...]
    fields: tuple[FormField, ...]
    address: str = ""
    password: str = ""
    server: str = ""
    subscribed: tuple[Subscribed, ...] = ()
    subscribing: tuple[FormField, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, form: Form | None = None, error: Refused | None = None, made: tuple[str, str] = ("", "")
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            kind, secret = made
            is_calendar = kind == "calendar"
            view = ConnectionsPage(
                **frame(web, request, work, _HERE, error=error, known=_NAMES),
                connected=tuple(_connected(await api_keys.list_keys(work))),
                fields=_fields(form or {}, errors_of(error)),
                subscribed=await subscribed(work),
                subscribing=subscribing.fields(form or {}, errors_of(error)) if OBJECT in work.registry.objects else (),
                address=f"{web.address}{PLACE}/{secret}/meetings.ics" if is_calendar else "",
                password=secret if kind == "book" else "",
                server=f"{web.address}/carddav/" if kind == "book" else "",
            )
            headers = {"cache-control": "no-store"}
            return web.page(work, "web/settings/connections.html", view, status=status_of(error), headers=headers)

        return await web.within(request, build)

    @get(_HERE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_HERE)
    async def create(request: Visit) -> Response[bytes]:
        form = await posted(request)
        if asked := await confirmation(web, request, form):
            return asked
        kind = last(form, "kind")

        async def make(work: Workspace) -> str:
            if kind not in ("calendar", "book"):
                raise Invalid(_("Choose what it is for."), code="required", field="kind")
            scope = CALENDAR if kind == "calendar" else BOOK
            return (await api_keys.create_key(work, last(form, "name"), scopes=(scope,)))[1]

        try:  # no redirect: what was made is in no address and no database, so it is shown here or never
            secret = await web.within(request, make, read_only=False)
        except Invalid as error:
            return await show(request, form, error)
        return await show(request, made=(kind, secret))

    @post(f"{_HERE}/subscribe")
    async def subscribe(request: Visit) -> Response[bytes]:
        form, file = await posted(request), await subscribing.file_of(request)
        try:
            await web.within(request, lambda work: subscribing.subscribe(work, form, file), read_only=False)
        except (Invalid, Conflict) as error:
            return await show(request, form, error)
        return redirect(f"{_HERE}?done=saved")

    @post(f"{_HERE}/{{key:str}}/revoke")
    async def revoke(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: api_keys.revoke_key(work, record_id(key)), read_only=False)
        return redirect(f"{_HERE}?done=revoked")

    return [page, create, subscribe, revoke]


def _fields(form: Form, errors: dict[str, str]) -> tuple[FormField, ...]:
    kinds = options((("calendar", _("My calendar")), ("book", _("My address book"))))
    return (
        text("kind", _("For"), last(form, "kind") or "calendar", errors, kind="choice", options=kinds, required=True),
        text(
            "name", _("Name"), last(form, "name"), errors, required=True, max_length=120,
            help=_("Where it is used, such as your telephone."),
        ),
    )  # fmt: skip


def _connected(found: Iterable[ApiKey]) -> Iterable[Connected]:
    for one in found:
        if one.revoked_at is None and set(one.scopes) in ({CALENDAR}, {BOOK}):
            is_calendar = CALENDAR in one.scopes
            yield Connected(
                id=str(one.id), name=one.name, kind=_("Calendar") if is_calendar else _("Address book"),
                icon="calendar" if is_calendar else "contact-round", created=one.created_at, used=one.last_used_at,
            )  # fmt: skip
