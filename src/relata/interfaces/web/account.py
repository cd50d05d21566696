"""Coming in and going out: first setup, sign-in, a forgotten password, an invitation."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity import accounts, invitations, resets, sessions, setup, sign_in
from relata.engine.identity.sign_in import SecondStepNeeded
from relata.engine.messaging.account_mail import password_changed_mail, reset_mail
from relata.foundation.errors import Conflict, Denied, Expired, Invalid, LimitReached, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import language
from relata.interfaces.http import cookies
from relata.interfaces.http.answers import is_safe_next
from relata.interfaces.web.brand import Brand, branded
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, redirect
from relata.interfaces.web.second_step import over_message, second_step_answer
from relata.interfaces.web.sign_on import buttons
from relata.interfaces.web.sites import can_have_passkeys, site_of

_REFUSED = (Invalid, Denied, LimitReached, Conflict, Expired)


class PublicView(msgspec.Struct, frozen=True, kw_only=True):
    """A page for someone who is not signed in."""

    title: str
    csrf: str = ""
    token: str = ""
    email: str = ""
    name: str = ""
    company: str = ""
    next: str = ""
    error: str = ""
    message: str = ""
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    theme: str = "auto"
    has_account: bool = False
    passkeys: bool = False
    providers: tuple[tuple[str, str], ...] = ()
    brand: Brand = Brand()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""
    return [*_sign_in(web), *_setup(web), *_reset(web), *_invitation(web)]


def _sign_in(web: Web) -> list[HTTPRouteHandler]:
    @get("/sign-in")
    async def page(request: Visit) -> Response[bytes]:
        if exchange(request).credentials.is_known:
            return redirect("/")
        view = PublicView(
            title=_("Sign in"),
            next=request.query_params.get("next", ""),
            passkeys=can_have_passkeys(site_of(request)),
            error=over_message() if "over" in request.query_params else "",
            providers=await buttons(web, request),
        )
        return await branded(web, "web/sign_in.html", view)

    @post("/sign-in")
    async def enter(request: Visit) -> Response[bytes]:
        form = await posted(request)
        here = exchange(request)
        try:
            found = await sign_in.sign_in(
                web.database, _one(form, "email"), _one(form, "password"), here.visitor, replaces=here.session_token,
                wanted=_one(form, "next"),
            )  # fmt: skip
        except SecondStepNeeded as needed:
            return second_step_answer(request, needed.token)
        except _REFUSED as error:
            view = PublicView(
                title=_("Sign in"),
                email=_one(form, "email"),
                next=_one(form, "next"),
                error=_words(error),
                passkeys=can_have_passkeys(site_of(request)),
                providers=await buttons(web, request),
            )
            return await branded(web, "web/sign_in.html", view, status=429 if isinstance(error, LimitReached) else 422)
        target = _one(form, "next")
        answer = redirect(target if target and is_safe_next(target) else "/?start")
        answer.headers.update([cookies.set_session(found.token, here.peer.is_https)])
        return answer

    @post("/sign-out")
    async def leave(request: Visit) -> Response[bytes]:
        here = exchange(request)
        if here.session_token:
            async with web.database.transaction() as connection:
                await sessions.end_by_token(connection, here.session_token)
        answer = redirect("/sign-in", request)
        answer.headers.update([cookies.end_session(here.peer.is_https)])
        return answer

    return [page, enter, leave]


def _setup(web: Web) -> list[HTTPRouteHandler]:
    @get("/setup/{token:str}")
    async def page(token: FromPath[str]) -> Response[bytes]:
        async with web.database.transaction() as connection:
            await setup.check(connection, token)
        return await branded(web, "web/setup.html", PublicView(title=_("Set up Relata"), token=token))

    @post("/setup/{token:str}")
    async def make(request: Visit, token: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        given = {name: _one(form, name).strip() for name in ("company", "name", "email")}
        try:
            for name, value in given.items():
                if not value:
                    raise Invalid(f"Fill in the {name}.", code="required", field=name)
            await web.first_setup(token, given["company"], given["name"], given["email"], _one(form, "password"))
        except (Invalid, Conflict, Denied, LimitReached) as error:
            view = PublicView(
                title=_("Set up Relata"), token=token, error=_words(error), company=given["company"],
                name=given["name"], email=given["email"],
            )  # fmt: skip
            return await branded(web, "web/setup.html", view, status=422)
        here = exchange(request)
        found = await sign_in.sign_in(web.database, given["email"], _one(form, "password"), here.visitor)
        answer = redirect("/")
        answer.headers.update([cookies.set_session(found.token, here.peer.is_https)])
        return answer

    return [page, make]


def _reset(web: Web) -> list[HTTPRouteHandler]:
    @get("/forgot")
    async def ask() -> Response[bytes]:
        return await branded(web, "web/forgot.html", PublicView(title=_("Reset your password")))

    @post("/forgot")
    async def send(request: Visit) -> Response[bytes]:
        form = await posted(request)
        try:
            found = await resets.request(web.database, _one(form, "email"), exchange(request).visitor)
        except LimitReached as error:
            return await branded(
                web, "web/forgot.html", PublicView(title=_("Reset your password"), error=_words(error)), status=429
            )
        if found:
            email, token = found
            link = f"{web.address}/reset/{token}"
            await web.send_mail(reset_mail(email, link))
        message = _("If there is an account with this address, a mail with a link is on its way.")
        return await branded(web, "web/forgot.html", PublicView(title=_("Reset your password"), message=message))

    @get("/reset/{token:str}")
    async def page(token: FromPath[str]) -> Response[bytes]:
        async with web.database.transaction() as connection:
            await resets.check(connection, token)
        return await branded(web, "web/reset.html", PublicView(title=_("Choose a new password"), token=token))

    @post("/reset/{token:str}")
    async def change(request: Visit, token: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        try:
            account = await resets.complete(web.database, token, _one(form, "password"), exchange(request).visitor)
            async with web.database.read() as connection:
                owner = await accounts.by_id(connection, account)
            await web.send_mail(password_changed_mail(owner.email))
        except (Invalid, LimitReached) as error:
            view = PublicView(title=_("Choose a new password"), token=token, error=_words(error))
            return await branded(web, "web/reset.html", view, status=422)
        view = PublicView(title=_("Sign in"), message=_("Your password was changed. Sign in with the new one."))
        return await branded(web, "web/sign_in.html", view)

    return [ask, send, page, change]


def _invitation(web: Web) -> list[HTTPRouteHandler]:
    @get("/invitation/{token:str}")
    async def page(token: FromPath[str]) -> Response[bytes]:
        async with web.database.transaction() as connection:
            found = await invitations.check(connection, token)
        view = PublicView(title=_("Join Relata"), token=token, email=found.email, has_account=found.has_account)
        return await branded(web, "web/invitation.html", view)

    @post("/invitation/{token:str}")
    async def join(request: Visit, token: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        here = exchange(request)
        try:
            async with web.database.transaction() as connection:
                accepted = await invitations.accept(
                    connection, token, password=_one(form, "password") or None, signed_in=here.credentials.account
                )
                session = await sessions.start(
                    connection, accepted.account, accepted.workspace, here.visitor, replaces=here.session_token
                )
        except (Invalid, Conflict, Denied) as error:
            async with web.database.transaction() as connection:
                found = await invitations.check(connection, token)
            view = PublicView(
                title=_("Join Relata"),
                token=token,
                email=found.email,
                has_account=found.has_account,
                error=_words(error),
            )
            return await branded(web, "web/invitation.html", view, status=422)
        key = await web.door.key_of(accepted.workspace)
        async with web.door.open(key, None, via="invitation") as work:
            await work.change(("user", accepted.user), {"status": "active"})
        answer = redirect("/")
        answer.headers.update([cookies.set_session(session[1], here.peer.is_https)])
        return answer

    return [page, join]


def _one(form: Mapping[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[-1]


def _words(error: RelataError) -> str:
    return f"{error.message} {error.hint or ''}".strip()
