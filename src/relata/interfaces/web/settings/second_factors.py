"""One's own second factors: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity import accounts
from relata.engine.identity.browsers import device
from relata.engine.identity.factors import held, passkeys, recovery, totp
from relata.engine.identity.factors.passkeys import Passkey
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.second_step import options_answer
from relata.interfaces.web.settings.frame import Page, Refused, frame, last, status_of
from relata.interfaces.web.sites import can_have_passkeys, site_of

_PLACE = "/settings/second-factors"


class FactorsPage(Page, frozen=True, kw_only=True):
    """What there is. required: the person's role needs one."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes: int
    any: bool
    required: bool
    can_passkeys: bool


class AppPage(Page, frozen=True, kw_only=True):
    """A new app. size, path: the QR code as a drawing. secret: the same for typing, in groups."""

    size: int
    path: str
    secret: str
    code_error: str = ""


class PasskeyPage(Page, frozen=True, kw_only=True):
    """A new passkey. name: proposed."""

    name: str


class CodesPage(Page, frozen=True, kw_only=True):
    """Recovery codes, shown this once."""

    codes: tuple[str, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""
    return [*_overview(web), *_app(web), *_passkeys(web)]


def _overview(web: Web) -> list[HTTPRouteHandler]:
    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await _show(web, request)

    @post(f"{_PLACE}/codes")
    async def renew(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        account = account_of(web, request)
        async with web.database.transaction() as connection:
            if not (await held.of(connection, account)).any:
                return redirect(_PLACE)
            codes = await recovery.renew(connection, account)
        return await _codes(web, request, codes)

    return [page, renew]


def _app(web: Web) -> list[HTTPRouteHandler]:
    async def show(request: Visit, error: str = "") -> Response[bytes]:
        account = account_of(web, request)
        async with web.database.read() as connection:
            secret = await totp.waiting(connection, web.sealer, account)
            email = (await accounts.by_id(connection, account)).email
        if secret is None:
            return redirect(_PLACE)

        async def build(work: Workspace) -> Response[bytes]:
            size, path = drawn(totp.address(secret, email, work.settings.name))
            view = AppPage(
                **frame(web, request, work, _PLACE, _("Set up an app")),
                size=size,
                path=path,
                secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
                code_error=error,
            )
            return web.page(work, "web/settings/second_factor_app.html", view, status=422 if error else 200)

        return await web.within(request, build)

    @post(f"{_PLACE}/app")
    async def begin(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        try:
            async with web.database.transaction() as connection:
                await totp.begin(connection, web.sealer, account_of(web, request))
        except Conflict as error:
            return await _show(web, request, error)
        return redirect(f"{_PLACE}/app")

    @get(f"{_PLACE}/app")
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(f"{_PLACE}/app/confirm")
    async def confirm(request: Visit) -> Response[bytes]:
        form, account = await posted(request), account_of(web, request)
        if asked := await confirmation(web, request, form):
            return asked
        codes: tuple[str, ...] = ()
        async with web.database.transaction() as connection:
            is_right = await totp.confirm(connection, web.sealer, account, last(form, "code"))
            if is_right:
                codes = await held.added(connection, account, "app", exchange(request).peer.ip)
        if not is_right:
            return await show(request, _("This code is not right. Is the clock of your phone right?"))
        return await _codes(web, request, codes)

    @post(f"{_PLACE}/app/remove")
    async def remove(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        account = account_of(web, request)
        async with web.database.transaction() as connection:
            if await totp.remove(connection, account):
                await held.removed(connection, account, "app", exchange(request).peer.ip)
        return redirect(f"{_PLACE}?done=removed")

    return [begin, page, confirm, remove]


def _passkeys(web: Web) -> list[HTTPRouteHandler]:
    @post(f"{_PLACE}/passkey/new")
    async def new(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        return redirect(f"{_PLACE}/passkey")

    @get(f"{_PLACE}/passkey")
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            name = device(exchange(request).visitor.user_agent)
            view = PasskeyPage(**frame(web, request, work, _PLACE, _("Add a passkey")), name=name)
            return web.page(work, "web/settings/second_factor_passkey.html", view)

        return await web.within(request, build)

    @post(f"{_PLACE}/passkey/options", status_code=200)
    async def options(request: Visit) -> Response[bytes]:
        web.person(request).require_fresh()
        account = account_of(web, request)
        name = await web.within(request, _own_name)
        async with web.database.transaction() as connection:
            email = (await accounts.by_id(connection, account)).email
            challenge, found = await passkeys.begin_registration(connection, account, email, name, site_of(request))
        return options_answer(challenge, found)

    @post(f"{_PLACE}/passkey")
    async def register(request: Visit) -> Response[bytes]:
        form, account = await posted(request), account_of(web, request)
        if asked := await confirmation(web, request, form):
            return asked
        try:
            async with web.database.transaction() as connection:
                await passkeys.register(
                    connection, account, parse_id(last(form, "challenge")), last(form, "passkey"), last(form, "name"),
                    site_of(request),
                )  # fmt: skip
                codes = await held.added(connection, account, "passkey", exchange(request).peer.ip)
        except (Invalid, Conflict) as error:
            return await _show(web, request, error)
        return await _codes(web, request, codes)

    @post(f"{_PLACE}/passkey/{{key:str}}/remove")
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        account = account_of(web, request)
        async with web.database.transaction() as connection:
            await passkeys.remove(connection, account, record_id(key))
            await held.removed(connection, account, "passkey", exchange(request).peer.ip)
        return redirect(f"{_PLACE}?done=removed")

    return [new, page, options, register, remove]


def account_of(web: Web, request: Visit) -> UUID:
    """The account of who sent the request."""
    account = web.person(request).account
    assert account is not None  # a session always has one
    return account


def drawn(text: str) -> tuple[int, str]:
    """A QR code as the size of a square and the path of its dark parts, with the quiet zone around it."""
    code = segno.make(text, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), path


async def _own_name(work: Workspace) -> str:
    return work.actor.name


async def _show(web: Web, request: Visit, error: Refused | None = None) -> Response[bytes]:
    account = account_of(web, request)

    async def build(work: Workspace) -> Response[bytes]:
        found = await held.of(work.unit.connection, account)
        view = FactorsPage(
            **frame(web, request, work, _PLACE, error=error),
            app_since=found.app_since,
            passkeys=found.passkeys,
            codes=found.codes,
            any=found.any,
            required=web.person(request).lacks_factor,
            can_passkeys=can_have_passkeys(site_of(request)),
        )
        return web.page(work, "web/settings/second_factors.html", view, status=status_of(error))

    return await web.within(request, build)


async def _codes(web: Web, request: Visit, codes: tuple[str, ...]) -> Response[bytes]:
    """Shown in the answer itself: they are in no address and can't be asked for again."""
    if not codes:
        return redirect(f"{_PLACE}?done=factor")

    async def build(work: Workspace) -> Response[bytes]:
        view = CodesPage(**frame(web, request, work, _PLACE, _("Recovery codes")), codes=codes)
        return web.page(work, "web/settings/recovery_codes.html", view)

    return await web.within(request, build)
