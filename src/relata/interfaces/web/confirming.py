"""Before something dangerous: who one is, once more, if that was not shown within the last ten minutes.

A handler asks `confirmation(web, request, form)` first and gives back what it gets. The question carries the form along
and posts it to where it came from, so that confirming goes on with what one wanted to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.identity import accounts, confirming
from relata.engine.identity.credentials import Credentials
from relata.engine.identity.factors import held, passkeys
from relata.engine.identity.sign_on import providers
from relata.foundation.errors import Invalid, LimitReached, RelataError
from relata.foundation.i18n import language
from relata.foundation.ids import parse_id
from relata.interfaces.http import cookies
from relata.interfaces.http.answers import is_safe_next
from relata.interfaces.web.ground import Visit, Web, exchange
from relata.interfaces.web.second_step import options_answer
from relata.interfaces.web.sites import can_have_passkeys, site_of

_OURS = ("_csrf", "_password", "_code", "passkey.confirm", "challenge.confirm")


class ConfirmView(msgspec.Struct, frozen=True, kw_only=True):
    """fields: of the form that waits. app, passkey, password: how the person can confirm."""

    action: str
    fields: tuple[tuple[str, str], ...]
    app: bool
    passkey: bool
    password: bool
    providers: tuple[tuple[str, str], ...] = ()
    back: str = "/settings"
    csrf: str
    is_dialog: bool
    error: str = ""
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    theme: str = "auto"


async def confirmation(
    web: Web, request: Visit, form: Mapping[str, list[str]], *, only_with_factor: bool = False
) -> Response[bytes] | None:
    """None when the person has just shown who they are; else the question. only_with_factor: the form asks for the
    password itself, which is enough for who has nothing else."""
    who = web.person(request)
    assert who.account is not None  # a session has both
    assert who.session is not None
    if who.is_fresh:
        return None
    async with web.database.read() as connection:
        factors = await held.of(connection, who.account)
        has_password = (await accounts.by_id(connection, who.account)).password_hash is not None
        known_by = await providers.known_to(connection, who.workspace, who.account)
    if only_with_factor and not factors.any:
        return None
    error: RelataError | None = None
    if any(_one(form, name) for name in ("_password", "_code", "passkey.confirm")):
        try:
            await _confirm(web, request, form, who, who.account, who.session)
        except (Invalid, LimitReached) as refused:
            error = refused
        else:
            return None
    view = _question(request, form, factors, error, has_password)
    asked = msgspec.structs.replace(view, providers=tuple((str(one.id), one.name) for one in known_by))
    return _shown(web, asked, error)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """What the question's passkey button asks for."""

    @post("/confirm/passkey/options", status_code=200)
    async def options(request: Visit) -> Response[bytes]:
        who = web.person(request)
        async with web.database.transaction() as connection:
            challenge, found = await passkeys.begin_assertion(connection, "confirm", site_of(request), who.account)
        return options_answer(challenge, found)

    return [options]


async def _confirm(
    web: Web, request: Visit, form: Mapping[str, list[str]], who: Credentials, account: UUID, session: UUID
) -> None:
    here, code = exchange(request), _one(form, "_code")[:100]
    if _one(form, "passkey.confirm"):
        token = await confirming.by_passkey(
            web.database,
            site_of(request),
            account,
            session,
            parse_id(_one(form, "challenge.confirm")),
            _one(form, "passkey.confirm"),
            here.visitor,
        )
    elif code:
        token = await confirming.by_code(web.database, web.sealer, account, session, code, here.visitor)
    else:
        token = await confirming.by_password(web.database, account, session, _one(form, "_password"), here.visitor)
    here.set_cookie(cookies.set_session(token, here.peer.is_https))
    here.identify(who, token)
    here.renew_token()


def _question(
    request: Visit, form: Mapping[str, list[str]], factors: held.Factors, error: RelataError | None, has_password: bool
) -> ConfirmView:
    return ConfirmView(
        action=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        fields=tuple((name, value) for name, values in form.items() if name not in _OURS for value in values),
        app=factors.app_since is not None,
        passkey=bool(factors.passkeys) and can_have_passkeys(site_of(request)),
        password=has_password and not factors.any,
        back=_page_of(request),
        csrf=exchange(request).csrf_token(),
        is_dialog=bool(request.headers.get("hx-request")),
        error=f"{error.message} {error.hint or ''}".strip() if error else "",
    )


def _shown(web: Web, view: ConfirmView, error: RelataError | None) -> Response[bytes]:
    if view.is_dialog:
        return web.page(
            None, "web/confirm_dialog.html", view, headers={"hx-retarget": "#dialog", "hx-reswap": "innerHTML"}
        )
    status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
    return web.page(None, "web/confirm.html", view, status=status)


def _page_of(request: Visit) -> str:
    """Where the person is: what waits here is lost while they are away at a provider."""
    found = urlsplit(str(request.headers.get("hx-current-url") or request.headers.get("referer") or ""))
    target = found.path + (f"?{found.query}" if found.query else "")
    return target if found.netloc == request.url.netloc and is_safe_next(target) else "/settings"


def _one(form: Mapping[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[-1]
