"""Applications: what one has allowed, one's own, and for who manages keys those of everybody."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity.oauth.applications import Application
from relata.engine.identity.oauth.grants import Allowed
from relata.engine.workspace import applications
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.oauth import in_words
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

_OWN, _ALL = "/settings/applications", "/settings/all-applications"
_NAMES = ("name", "redirect_uris", "kind")


class AllowedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that one has allowed."""

    id: str
    name: str
    scopes: tuple[str, ...]
    since: datetime
    used: datetime | None


class ApplicationsPage(Page, frozen=True, kw_only=True):
    """The lists, and the form of a new one. made, secret: what was just registered, shown this once."""

    allowed: tuple[AllowedLine, ...]
    applications: tuple[Application, ...]
    fields: tuple[FormField, ...]
    everyones: bool
    path: str
    made: str = ""
    secret: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit,
        form: Form | None = None,
        error: Refused | None = None,
        *,
        everyones: bool,
        made: tuple[str, str] = ("", ""),
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            path = _ALL if everyones else _OWN
            lines = () if everyones else tuple([_line(work, one) for one in await applications.allowed(work)])
            view = ApplicationsPage(
                **frame(web, request, work, path, error=error, known=_NAMES),
                allowed=lines,
                applications=tuple(await applications.list_applications(work, everyones=everyones)),
                fields=_fields(form or {}, errors_of(error)),
                everyones=everyones,
                path=path,
                made=made[0],
                secret=made[1],
            )
            return web.page(work, "web/settings/applications.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_OWN)
    async def own(request: Visit) -> Response[bytes]:
        return await show(request, everyones=False)

    @get(_ALL)
    async def everybodys(request: Visit) -> Response[bytes]:
        return await show(request, everyones=True)

    @post([_OWN, _ALL])
    async def register(request: Visit) -> Response[bytes]:
        form, everyones = await posted(request), request.url.path == _ALL
        if asked := await confirmation(web, request, form):
            return asked

        async def make(work: Workspace) -> tuple[str, str]:
            found, secret = await applications.register(
                work,
                last(form, "name"),
                last(form, "redirect_uris").splitlines(),
                everyones=everyones,
                confidential=last(form, "kind") == "server",
            )
            return str(found), secret

        try:  # no redirect: the secret is in no address, so it is shown here or never
            made = await web.within(request, make, read_only=False)
        except Invalid as error:
            return await show(request, form, error, everyones=everyones)
        return await show(request, everyones=everyones, made=made)

    @post([f"{_OWN}/{{key:str}}/renew", f"{_ALL}/{{key:str}}/renew"])
    async def renew(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        everyones = request.url.path.startswith(_ALL)

        async def act(work: Workspace) -> str:
            return await applications.renew_secret(work, record_id(key), everyones=everyones)

        secret = await web.within(request, act, read_only=False)
        return await show(request, everyones=everyones, made=(key, secret))

    @post([f"{_OWN}/{{key:str}}/remove", f"{_ALL}/{{key:str}}/remove"])
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        everyones = request.url.path.startswith(_ALL)

        async def act(work: Workspace) -> None:
            await applications.remove(work, record_id(key), everyones=everyones)

        await web.within(request, act, read_only=False)
        return redirect(f"{_ALL if everyones else _OWN}?done=removed")

    @post(f"{_OWN}/{{key:str}}/take-back")
    async def take_back(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: applications.take_back(work, record_id(key)), read_only=False)
        return redirect(f"{_OWN}?done=revoked")

    return [own, everybodys, register, renew, remove, take_back]


def _line(work: Workspace, one: Allowed) -> AllowedLine:
    return AllowedLine(
        id=str(one.application),
        name=one.name,
        scopes=tuple(in_words(work, scope) for scope in one.scopes),
        since=one.since,
        used=one.last_used_at,
    )


def _fields(form: Form, errors: dict[str, str]) -> tuple[FormField, ...]:
    kinds = options(
        (("native", _("On a person's device: it keeps no secret")), ("server", _("On a server: it keeps a secret")))
    )
    return (
        text(
            "name",
            _("Name"),
            last(form, "name"),
            errors,
            required=True,
            max_length=80,
            help=_("People read it when it asks them."),
        ),
        text(
            "kind",
            _("Where it runs"),
            last(form, "kind") or "native",
            errors,
            kind="choice",
            options=kinds,
            required=True,
        ),
        text(
            "redirect_uris",
            _("Addresses to come back to"),
            last(form, "redirect_uris"),
            errors,
            kind="long_text",
            required=True,
            wide=True,
            help=_("One a line, exactly as the application sends them. Only the port of http://127.0.0.1 is free."),
        ),
    )
