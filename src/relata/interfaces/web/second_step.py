"""After the password: a code or a passkey. And signing in by a passkey alone."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.identity import limits
from relata.engine.identity.arriving import SignedIn
from relata.engine.identity.factors import half, held, passkeys, second_step
from relata.foundation.errors import Denied, Expired, Invalid, LimitReached, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import language
from relata.foundation.ids import parse_id
from relata.interfaces.http import cookies
from relata.interfaces.http.answers import is_safe_next
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, redirect
from relata.interfaces.web.sites import can_have_passkeys, site_of

_REFUSED = (Invalid, LimitReached, Denied)


class SecondStepView(msgspec.Struct, frozen=True, kw_only=True):
    """The page that asks for it. app, passkey: what the person has, and can use here."""

    app: bool
    passkey: bool
    error: str = ""
    csrf: str = ""
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    theme: str = "auto"


class SignInRefused(msgspec.Struct, frozen=True, kw_only=True):
    """The sign-in page after a passkey that was not accepted."""

    error: str
    message: str = ""
    email: str = ""
    next: str = ""
    passkeys: bool = True
    providers: tuple[tuple[str, str], ...] = ()
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    theme: str = "auto"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""

    async def show(request: Visit, error: RelataError | None = None) -> Response[bytes]:
        here = exchange(request)
        try:
            async with web.database.read() as connection:
                found = await half.find(connection, _token(request), here.visitor)
                factors = await held.of(connection, found.account)
        except Expired:
            return _over(request)
        view = SecondStepView(
            app=factors.app_since is not None,
            passkey=bool(factors.passkeys) and can_have_passkeys(site_of(request)),
            error=f"{error.message} {error.hint or ''}".strip() if error else "",
        )
        status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
        return web.page(None, "web/second_step.html", view, status=status)

    @get("/sign-in/second")
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post("/sign-in/second")
    async def enter(request: Visit) -> Response[bytes]:
        form, here, token = await posted(request), exchange(request), _token(request)
        visitor, replaces = here.visitor, here.session_token
        shown = (form.get("passkey") or [""])[-1]
        try:
            if shown:
                challenge = parse_id((form.get("challenge") or [""])[-1])
                found, wanted = await second_step.by_passkey(
                    web.database, site_of(request), token, challenge, shown, visitor, replaces=replaces
                )
            else:
                code = (form.get("code") or [""])[-1][:100]
                found, wanted = await second_step.by_code(
                    web.database, web.sealer, token, code, visitor, replaces=replaces
                )
        except Expired:
            return _over(request)
        except _REFUSED as error:
            return await show(request, error)
        return _in(request, found, wanted)

    @post("/sign-in/second/options", status_code=200)
    async def second_options(request: Visit) -> Response[bytes]:
        site, here = site_of(request), exchange(request)
        async with web.database.transaction() as connection:
            found = await half.find(connection, _token(request), here.visitor)
            challenge, options = await passkeys.begin_assertion(connection, "second_step", site, found.account)
        return options_answer(challenge, options)

    @post("/sign-in/passkey/options", status_code=200)
    async def options(request: Visit) -> Response[bytes]:
        here = exchange(request)
        async with web.database.read() as connection:
            await limits.attempt(connection, [(limits.PASSKEY_FROM_ADDRESS, here.visitor.ip)])
        async with web.database.transaction() as connection:
            challenge, found = await passkeys.begin_assertion(connection, "sign_in", site_of(request))
        return options_answer(challenge, found)

    @post("/sign-in/passkey")
    async def by_passkey(request: Visit) -> Response[bytes]:
        form, here = await posted(request), exchange(request)
        try:
            found = await second_step.by_passkey_alone(
                web.database,
                site_of(request),
                parse_id((form.get("challenge") or [""])[-1]),
                (form.get("passkey") or [""])[-1],
                here.visitor,
                replaces=here.session_token,
            )
        except _REFUSED as error:
            message = f"{error.message} {error.hint or ''}".strip()
            view = SignInRefused(error=message)
            return web.page(None, "web/sign_in.html", view, status=429 if isinstance(error, LimitReached) else 422)
        return _in(request, found, (form.get("next") or [""])[-1])

    return [page, enter, second_options, options, by_passkey]


def options_answer(challenge: object, options: str) -> Response[bytes]:
    """What `data-passkey` asks for before it calls the browser. options: JSON already."""
    body = msgspec.json.encode({"challenge": str(challenge), "options": msgspec.Raw(options.encode())})
    return Response(body, media_type="application/json")


def second_step_answer(request: Visit, token: str) -> Response[bytes]:
    """On to the second step, with the half sign-in in a cookie of its own."""
    here = exchange(request)
    here.set_cookie(cookies.set_half(token, here.peer.is_https))
    return redirect("/sign-in/second")


def _in(request: Visit, found: SignedIn, wanted: str) -> Response[bytes]:
    here = exchange(request)
    here.set_cookie(cookies.set_session(found.token, here.peer.is_https))
    here.set_cookie(cookies.end_half(here.peer.is_https))
    return redirect(wanted if wanted and is_safe_next(wanted) else "/?start")


def _over(request: Visit) -> Response[bytes]:
    here = exchange(request)
    here.set_cookie(cookies.end_half(here.peer.is_https))
    return redirect("/sign-in?over=1")


def _token(request: Visit) -> str:
    here = exchange(request)
    return cookies.half_token(here.headers, here.peer.is_https) or ""


def over_message() -> str:
    """What the sign-in page says to who comes back from a second step that is over."""
    return _("Signing in took too long, or too many codes were wrong. Start again.")
