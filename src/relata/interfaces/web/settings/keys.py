"""API keys: one's own, and those of everybody for who manages them. A new key is shown once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity.keys import ApiKey
from relata.engine.workspace import api_keys
from relata.engine.workspace.overview import principal_names
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.days import end_of_day
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    options,
    status_of,
    text,
)

_OWN, _ALL = "/settings/keys", "/settings/all-keys"
_SCOPES = {"read": ("read",), "write": ("read", "write")}
_NAMES = ("name", "role", "scope", "until")


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A key in the list. state: works, waits for its text, expired or revoked. is_mine: its text can be made anew."""

    id: str
    name: str
    prefix: str
    role: str
    scopes: str
    person: str
    created: datetime
    used: datetime | None
    expires: datetime | None
    state: str
    is_alive: bool
    waits: bool
    is_mine: bool


class KeysPage(Page, frozen=True, kw_only=True):
    """The list, and the form of a new key. secret: the text of the key that was just made, shown this once."""

    keys: tuple[KeyLine, ...]
    fields: tuple[FormField, ...] = ()
    everyone: bool = False
    secret: str = ""
    path: str = _OWN


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit,
        form: Form | None = None,
        error: Refused | None = None,
        *,
        everyone: bool = False,
        secret: str = "",
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = await api_keys.list_keys(work, everyone=everyone)
            names = await principal_names(work, [one.user for one in found])
            path = _ALL if everyone else _OWN
            view = KeysPage(
                **frame(web, request, work, path, error=error, known=_NAMES),
                keys=tuple(_lines(work, found, names)),
                everyone=everyone,
                fields=() if everyone else _fields(work, form or {}, errors_of(error)),
                secret=secret,
                path=path,
            )
            return web.page(
                work, "web/settings/keys.html", view, status=status_of(error), headers={"cache-control": "no-store"}
            )

        return await web.within(request, build)

    @get(_OWN)
    async def own(request: Visit) -> Response[bytes]:
        return await show(request)

    @get(_ALL)
    async def everybody(request: Visit) -> Response[bytes]:
        return await show(request, everyone=True)

    @post(_OWN)
    async def create(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def make(work: Workspace) -> str:
            _, secret = await api_keys.create_key(
                work,
                last(form, "name"),
                role=last(form, "role") or None,
                scopes=_SCOPES.get(last(form, "scope"), ("read",)),
                expires_at=end_of_day(last(form, "until"), work.actor.zone),
            )
            return secret

        try:  # no redirect: the text of the key is in no address and no database, so it is shown here or never
            secret = await web.within(request, make, read_only=False)
        except Invalid as error:
            return await show(request, form, error)
        return await show(request, secret=secret)

    @post(f"{_OWN}/{{key:str}}/renew")
    async def renew(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        renewed = await web.within(request, lambda work: api_keys.renew_key(work, record_id(key)), read_only=False)
        return await show(request, secret=renewed)

    @post(f"{_OWN}/{{key:str}}/revoke")
    async def revoke(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: api_keys.revoke_key(work, record_id(key)), read_only=False)
        back = _ALL if last(await posted(request), "back") == _ALL else _OWN
        return redirect(f"{back}?done=revoked")

    return [own, everybody, create, renew, revoke]


def _fields(work: Workspace, form: Form, errors: dict[str, str]) -> tuple[FormField, ...]:
    roles = options((role.name, role.title) for role in work.registry.roles.values())
    scopes = options((("read", _("Read")), ("write", _("Read and write"))))
    if "scopes" in errors:
        errors = {**errors, "scope": errors["scopes"]}
    if "expires_at" in errors:
        errors = {**errors, "until": errors["expires_at"]}
    return (
        text(
            "name",
            _("Name"),
            last(form, "name"),
            errors,
            required=True,
            help=_("What it is for, such as the program that uses it."),
            max_length=120,
        ),
        text("scope", _("May"), last(form, "scope") or "read", errors, kind="choice", options=scopes, required=True),
        text(
            "role",
            _("At most as"),
            last(form, "role"),
            errors,
            kind="choice",
            options=roles,
            placeholder=_("All that you may"),
            help=_("A key never reaches further than you do."),
        ),
        text(
            "until", _("Ends on"), last(form, "until"), errors, kind="date", help=_("Empty: it never ends by itself.")
        ),
    )


def _lines(work: Workspace, found: Iterable[ApiKey], names: dict[UUID, str]) -> Iterable[KeyLine]:
    now = work.clock.now
    for one in found:
        is_over = bool(one.expires_at and one.expires_at <= now)
        state = (
            _("Revoked") if one.revoked_at else _("Expired") if is_over
            else _("Waits for its text") if one.waits else _("Works")
        )  # fmt: skip
        yield KeyLine(
            id=str(one.id),
            name=one.name,
            prefix=f"rk_{one.prefix}_…",
            role=one.role or "",
            scopes=", ".join(one.scopes),
            person=names.get(one.user, ""),
            created=one.created_at,
            used=one.last_used_at,
            expires=one.expires_at,
            state=state,
            is_alive=not is_over and one.revoked_at is None,
            waits=one.waits,
            is_mine=one.user == work.actor.user,
        )
