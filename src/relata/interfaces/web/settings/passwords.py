"""One's own password and sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity import accounts, security_log, sessions, sign_in
from relata.engine.identity.browsers import device
from relata.engine.identity.credentials import Credentials
from relata.engine.messaging.account_mail import password_changed_mail
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.http import cookies
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.settings.frame import Page, Refused, errors_of, frame, last, settled, status_of, text
from relata.interfaces.web.settings.profile import FormPage

_PASSWORD, _SESSIONS = "/settings/password", "/settings/sessions"
_NAMES = ("current", "password")
#: What the security log calls things, in words.
_EVENTS = {
    "signed_in": later("Signed in"),
    "sign_in_refused": later("Somebody tried a wrong password"),
    "sign_in_limited": later("Too many wrong passwords"),
    "password_changed": later("Password changed"),
    "reset_requested": later("Asked for a new password"),
    "account_created": later("Account made"),
    "joined_workspace": later("Joined a workspace"),
    "left_workspace": later("Left a workspace"),
    "email_changed": later("Address changed"),
    "sign_in_denied": later("Turned away after the right password"),
    "code_refused": later("Somebody tried a wrong code"),
    "recovery_code_used": later("A recovery code was used"),
    "factor_added": later("A second factor was added"),
    "factor_removed": later("A second factor was removed"),
    "factors_reset": later("An administrator reset the second factors"),
    "confirmed": later("Confirmed who you are"),
    "application_allowed": later("Allowed an application"),
    "alert_decided": later("An administrator looked after an alert"),
}


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One place where the person is signed in."""

    id: str
    device: str
    ip: str
    since: datetime
    seen: datetime
    is_this: bool


class EventLine(msgspec.Struct, frozen=True):
    """Something that happened to the account."""

    what: str
    ip: str
    at: datetime


class SessionsPage(Page, frozen=True, kw_only=True):
    """Sessions, and what happened lately."""

    sessions: tuple[SessionLine, ...]
    events: tuple[EventLine, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, error: Refused | None = None, message: str = "") -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            values = frame(web, request, work, _PASSWORD, error=error, known=_NAMES)
            errors = errors_of(error)
            fields = (
                text(
                    "current",
                    _("Current password"),
                    "",
                    errors,
                    kind="password",
                    required=True,
                    autocomplete="current-password",
                ),
                text(
                    "password",
                    _("New password"),
                    "",
                    errors,
                    kind="password",
                    required=True,
                    autocomplete="new-password",
                    help=_("At least ten characters. All your other sessions, API keys and applications end."),
                ),
            )
            view = FormPage(
                **{**values, "error": message or values["error"]},
                action=_PASSWORD,
                submit=_("Change password"),
                fields=fields,
            )
            return web.page(work, "web/settings/form.html", view, status=429 if message else status_of(error))

        return await web.within(request, build)

    @get(_PASSWORD)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PASSWORD)
    async def change(request: Visit) -> Response[bytes]:
        form = await posted(request)
        who, account = web.person(request), _account(web, request)
        if asked := await confirmation(web, request, form, only_with_factor=True):
            return asked

        async def attempt() -> str:
            await sign_in.change_password(
                web.database,
                account,
                last(form, "current"),
                last(form, "password"),
                exchange(request).visitor,
                keep=who.session,
            )
            assert who.session is not None  # a session has one
            async with web.database.transaction() as connection:
                token = await sessions.renew(connection, who.session)
            here = exchange(request)
            here.set_cookie(cookies.set_session(token, here.peer.is_https))
            async with web.database.read() as connection:
                email = (await accounts.by_id(connection, account)).email
            await web.send_mail(password_changed_mail(email))
            return f"{_PASSWORD}?done=password"

        try:
            return await settled(attempt, lambda error: show(request, error))
        except LimitReached as error:
            return await show(request, message=error.message)

    @get(_SESSIONS)
    async def listed(request: Visit) -> Response[bytes]:
        who, account = web.person(request), _account(web, request)

        async def build(work: Workspace) -> Response[bytes]:
            found = await sessions.list_of(work.unit.connection, account)
            events = await security_log.of_account(work.unit.connection, account, limit=20)
            view = SessionsPage(
                **frame(web, request, work, _SESSIONS),
                sessions=tuple(_line(one, who) for one in found),
                events=tuple(
                    EventLine(_(_EVENTS.get(one.kind, one.kind.replace("_", " ").capitalize())), one.ip, one.at)
                    for one in events
                ),
            )
            return web.page(work, "web/settings/sessions.html", view)

        return await web.within(request, build)

    @post(f"{_SESSIONS}/others/end")
    async def end_others(request: Visit) -> Response[bytes]:
        who = web.person(request)
        async with web.database.transaction() as connection:
            await sessions.end_all(connection, _account(web, request), except_for=who.session)
        return redirect(f"{_SESSIONS}?done=ended")

    @post(f"{_SESSIONS}/{{key:str}}/end")
    async def end(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async with web.database.transaction() as connection:
            await sessions.end(connection, _account(web, request), record_id(key))
        return redirect(f"{_SESSIONS}?done=ended")

    return [page, change, listed, end_others, end]


def _account(web: Web, request: Visit) -> UUID:
    account = web.person(request).account
    assert account is not None  # a session always has one
    return account


def _line(one: sessions.Session, who: Credentials) -> SessionLine:
    return SessionLine(
        id=str(one.id),
        device=device(one.user_agent),
        ip=one.ip,
        since=one.created_at,
        seen=one.last_seen_at,
        is_this=one.id == who.session,
    )
