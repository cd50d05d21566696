"""On the way to an identity provider and back; and the way back in for an administrator when it does not answer.

The start is a link, not a form: the policy of our pages lets no form lead to another host. Nothing but an entry that
waits for the same browser to return comes of following it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity import limits, recovery_links
from relata.engine.identity.sign_on import attempts, providers, saml
from relata.engine.identity.sign_on.attempts import Purpose
from relata.engine.workspace import sign_on
from relata.engine.workspace.sign_on import CameBack
from relata.foundation.errors import Denied, Expired, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.http import cookies
from relata.interfaces.http.answers import is_safe_next
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.second_step import SignInRefused
from relata.interfaces.web.sites import can_have_passkeys, site_of

BACK = "/sign-in/back"
#: Where forms of SAML providers lead, from their sites.
SAML_ANSWERS = "/sign-in/saml"


class TestedView(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator sees after trying a provider out."""

    name: str
    settings: str
    error: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    direction: str = "ltr"
    theme: str = "auto"


class RecoveryView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a recovery link."""

    token: str
    csrf: str = ""
    language: str = "en"
    direction: str = "ltr"
    theme: str = "auto"


async def buttons(web: Web, request: Visit) -> tuple[tuple[str, str], ...]:
    """Key and name of the providers that the sign-in page offers. An installation of many workspaces shows those of
    the one that the address names, `?workspace=`."""
    async with web.database.read() as connection:
        found = await providers.offered(connection, request.query_params.get("workspace", ""))
    return tuple((str(one.id), one.name) for one in found)


def redirect_uri(web: Web) -> str:
    """What an administrator enters at the provider."""
    return f"{web.address}{BACK}"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these addresses."""

    @get("/sign-in/with/{key:str}")
    async def start(request: Visit, key: FromPath[str]) -> Response[bytes]:
        try:
            return await _away(web, request, record_id(key), "sign_in", None)
        except RelataError as error:
            return _again(web, request, error)

    @get("/sign-in/again/{key:str}")
    async def again(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await _away(web, request, record_id(key), "confirm", web.person(request).account)

    @get("/sign-in/test/{key:str}")
    async def test(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, sign_on.list_providers)  # who may not, is told so here
        return await _away(web, request, record_id(key), "test", web.person(request).account)

    @get(BACK)
    async def back(request: Visit) -> Response[bytes]:
        here, asked = exchange(request), request.query_params
        browser = cookies.away_token(here.headers, here.peer.is_https) or ""
        here.set_cookie(cookies.end_away(here.peer.is_https))
        try:
            await _count(web, request)
            found = await sign_on.come_back(
                web.door, web.sealer, web.openid, state=asked.get("state", ""), browser=browser,
                code="" if "saml" in asked else _code(asked.get("code", ""), asked.get("error", "")),
                said_issuer=asked.get("iss", ""), redirect_uri=redirect_uri(web), visitor=here.visitor,
                replaces=here.session_token, signed_in=here.credentials.account, address=web.address,
            )  # fmt: skip
        except RelataError as error:
            return _again(web, request, error)
        return _in(web, request, found)

    @post(SAML_ANSWERS)
    async def answered(request: Visit) -> Response[bytes]:
        """The provider's form, without our cookie: kept for the browser that comes back to us next."""
        form = await posted(request)
        said, state = form.get("SAMLResponse", [""])[-1], form.get("RelayState", [""])[-1]
        try:
            await _count(web, request)
            if "SAMLRequest" in form:
                raise Denied(
                    _("Relata does not take part in single logout."), code="sign_on_logout",
                    hint=_("Sign out here, or have an administrator deactivate the person."),
                )  # fmt: skip
            if not said or len(said) > 2 * saml.MOST_BYTES:
                raise Denied(_("The provider gave no answer."), code="sign_on_declined")
            async with web.database.transaction() as connection:
                await attempts.keep_answer(connection, web.sealer, state, said)
        except RelataError as error:
            return _again(web, request, error)
        return redirect(f"{BACK}?{urlencode({'saml': '1', 'state': state})}")

    @get(f"{SAML_ANSWERS}/{{key:str}}")
    async def described(key: FromPath[str]) -> Response[bytes]:
        return Response(saml.description(web.address, record_id(key)), media_type="application/samlmetadata+xml")

    @get("/sign-in/recovery/{token:str}")
    async def recovery(request: Visit, token: FromPath[str]) -> Response[bytes]:
        view = RecoveryView(token=token, csrf=exchange(request).csrf_token())
        return web.page(None, "web/recovery_link.html", view)

    @post("/sign-in/recovery/{token:str}")
    async def recover(request: Visit, token: FromPath[str]) -> Response[bytes]:
        here = exchange(request)
        try:
            await _count(web, request)
            found = await recovery_links.use(web.database, token, here.visitor, replaces=here.session_token)
        except (Expired, Denied) as error:
            return _again(web, request, error)
        here.set_cookie(cookies.set_session(found.token, here.peer.is_https))
        return redirect("/settings/sign-on")

    return [start, again, test, back, answered, described, recovery, recover]


async def _away(web: Web, request: Visit, key: UUID, purpose: Purpose, account: UUID | None) -> Response[bytes]:
    """On to the provider."""
    here, wanted = exchange(request), request.query_params.get("next", "")
    await _count(web, request)
    async with web.database.read() as connection:
        workspace = None if purpose == "sign_in" else web.person(request).workspace
        provider = await providers.find(connection, key, workspace=workspace)
    if not provider.is_on and purpose != "test":
        raise Denied(
            _("This sign-on provider is switched off."), code="sign_on_off", hint=_("Ask an administrator.")
        )  # fmt: skip
    metadata = None if provider.is_saml else await web.openid.metadata(provider.issuer, fresh=purpose == "test")
    async with web.database.transaction() as connection:
        begun = await attempts.begin(
            connection, web.sealer, provider.id, purpose, account=account, wanted=wanted if is_safe_next(wanted) else ""
        )
    here.set_cookie(cookies.set_away(begun.browser, here.peer.is_https))
    again = purpose == "confirm"
    if metadata is None:
        return redirect(saml.way_there(provider, begun, web.address, again=again, now=datetime.now(UTC)))
    return redirect(web.openid.way_there(metadata, provider, begun, redirect_uri(web), again=again))


def _code(code: str, error: str) -> str:
    """What is to be redeemed; Denied where the provider says that there is nothing."""
    if error or not code:
        words = {
            "access_denied": _("You or the provider declined."),
            "login_required": _("The provider wants you to sign in there first."),
        }
        raise Denied(
            _("Sign-on did not work. %(why)s") % {"why": words.get(error, _("The provider gave no answer."))},
            code="sign_on_declined",
        )
    return code


def _in(web: Web, request: Visit, found: CameBack) -> Response[bytes]:
    here = exchange(request)
    if found.signed_in is None:
        return web.page(None, "web/sign_on_tested.html", _tested(found))
    here.set_cookie(cookies.set_session(found.signed_in.token, here.peer.is_https))
    return redirect(found.next or "/?start")


def _tested(found: CameBack) -> TestedView:
    who = found.identity
    yes: dict[bool, Literal["Yes", "No"]] = {True: "Yes", False: "No"}
    roles = sign_on.roles_meant(found.provider, who)
    return TestedView(
        name=found.provider.name,
        settings=f"/settings/sign-on/{found.provider.id}",
        facts=(
            (_("Name"), who.name or "-"),
            (_("E-mail"), who.email or "-"),
            (_("Confirmed address"), _(yes[who.email_verified])),
            (_("Groups"), ", ".join(who.groups[:50]) or "-"),
            (_("Roles"), ", ".join(roles) if roles is not None else _("as they are")),
            (_("Says when one signed in"), _(yes[who.auth_time is not None])),
        ),
    )


def _again(web: Web, request: Visit, error: RelataError) -> Response[bytes]:
    """The sign-in page with what is wrong."""
    view = SignInRefused(
        error=f"{error.message} {error.hint or ''}".strip(), passkeys=can_have_passkeys(site_of(request))
    )
    return web.page(None, "web/sign_in.html", view, status=_status(error))


def _status(error: RelataError) -> int:
    return {"LimitReached": 429, "NotFound": 404, "Unavailable": 503, "Expired": 410}.get(type(error).__name__, 403)


async def _count(web: Web, request: Visit) -> None:
    async with web.database.read() as connection:
        await limits.attempt(connection, [(limits.SIGN_ON_FROM_ADDRESS, exchange(request).visitor.ip)])
