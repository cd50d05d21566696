"""The page on which a person allows an application something: who asks, for what, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.identity import security_log
from relata.engine.identity.keys import is_scope
from relata.engine.identity.oauth import addresses, applications, grants
from relata.engine.identity.oauth.applications import Application
from relata.engine.identity.oauth.problems import OAuthRefused
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import language
from relata.foundation.ids import parse_id
from relata.interfaces.http.security_headers import POLICY
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange
from relata.interfaces.web.sites import site_of

_CHALLENGE = re.compile(r"^[A-Za-z0-9_-]{43}$")
_NAMES = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
MAX_SCOPES = 50


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. scopes: what would be allowed, in words. host: where the person is sent back to. fields: what was
    asked, to come back with the answer."""

    application: str
    own: bool
    person: str
    workspace: str
    host: str
    scopes: tuple[str, ...]
    writes: bool
    fields: tuple[tuple[str, str], ...]
    csrf: str
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    theme: str = "auto"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the page."""

    @get("/oauth/authorize")
    async def ask(request: Visit) -> Response[bytes]:
        who = web.person(request)
        asked = _read(parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
        application = await _application(web, request, asked)
        try:
            scopes = _checked(asked)
        except OAuthRefused as error:
            return _back(request, asked, {"error": error.code, "error_description": error.message})

        async def build(work: Workspace) -> Response[bytes]:
            view = ConsentView(
                application=application.name,
                own=application.owner == who.user,
                person=work.actor.name,
                workspace=work.settings.name,
                host=urlsplit(asked["redirect_uri"]).netloc or urlsplit(asked["redirect_uri"]).scheme,
                scopes=tuple(in_words(work, scope) for scope in scopes),
                writes=any(scope.endswith("write") for scope in scopes),
                fields=tuple((name, asked[name]) for name in _NAMES if name in asked),
                csrf=exchange(request).csrf_token(),
                language=work.actor.locale,
            )
            return web.page(work, "web/consent.html", view, headers=_may_lead_to(asked["redirect_uri"]))

        return await web.within(request, build)

    @post("/oauth/authorize")
    async def decide(request: Visit) -> Response[bytes]:
        who, form = web.person(request), await posted(request)
        asked = _read(form)
        application = await _application(web, request, asked)
        if (form.get("answer") or [""])[-1] != "allow":
            said = {"error": "access_denied", "error_description": "The person did not allow it."}
            return _back(request, asked, said)
        if question := await confirmation(web, request, form):
            question.headers.update(_may_lead_to(asked["redirect_uri"]))
            return question
        try:
            scopes = _checked(asked)
        except OAuthRefused as error:
            return _back(request, asked, {"error": error.code, "error_description": error.message})
        assert who.workspace is not None  # `person` saw to it
        assert who.user is not None
        async with web.database.transaction() as connection:
            code = await grants.allow(
                connection,
                application.id,
                who.workspace,
                who.user,
                scopes,
                redirect_uri=asked["redirect_uri"],
                challenge=asked["code_challenge"],
            )
            await security_log.record(
                connection,
                "application_allowed",
                account=who.account,
                workspace=who.workspace,
                ip=exchange(request).peer.ip,
                application=application.name,
                scopes=" ".join(scopes),
            )
        return _back(request, asked, {"code": code})

    return [ask, decide]


def in_words(work: Workspace, scope: str) -> str:
    """A scope as a person reads it."""
    plural, _sign, access = scope.rpartition(":")
    if not plural:
        return (
            _("Read everything that you may read") if access == "read" else _("Change everything that you may change")
        )
    found = next((one for one in work.registry.objects.values() if one.path == plural), None)
    label = found.title_plural if found else plural
    return (
        _("Read: %(what)s") % {"what": label} if access == "read" else _("Read and change: %(what)s") % {"what": label}
    )


async def _application(web: Web, request: Visit, asked: Mapping[str, str]) -> Application:
    """Who asks. Invalid, shown here and sent nowhere, for an unknown application or an address that is not its own."""
    who = web.person(request)
    async with web.database.read() as connection:
        found = await applications.find(connection, parse_id(asked.get("client_id", "")))
    if found is None or found.workspace != who.workspace or found.owner not in (None, who.user):
        raise Invalid(
            "The application that sent you here is not known.",
            code="invalid_client",
            hint="Tell whoever made it. Nothing was allowed.",
        )
    if not addresses.is_registered(asked.get("redirect_uri", ""), found.redirect_uris):
        raise Invalid(
            f"{found.name} wants to send you to an address that it did not register.",
            code="redirect_uri",
            hint="Tell whoever made it. Nothing was allowed.",
        )
    return found


def _checked(asked: Mapping[str, str]) -> tuple[str, ...]:
    """The scopes that are asked for."""
    if asked.get("response_type") != "code":
        raise OAuthRefused("Only response_type=code is known.", code="unsupported_response_type")
    if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.match(asked.get("code_challenge", "")):
        raise OAuthRefused("A code_challenge by S256 is needed.")
    scopes = tuple(dict.fromkeys(asked.get("scope", "").split()))
    if not scopes or len(scopes) > MAX_SCOPES or not all(is_scope(scope) for scope in scopes):
        raise OAuthRefused("Scopes are read, write, or one object's such as contacts:read.", code="invalid_scope")
    return scopes


def _read(given: Mapping[str, list[str]]) -> dict[str, str]:
    """The parameters, each sent once (RFC 6749, 3.1)."""
    if any(len(given.get(name, ())) > 1 for name in _NAMES):
        raise Invalid("A parameter was sent twice.", code="invalid_request", hint="Nothing was allowed.")
    return {name: given[name][0] for name in _NAMES if name in given}


def _back(request: Visit, asked: Mapping[str, str], answer: Mapping[str, str]) -> Response[bytes]:
    """To the application, whose address was checked, with what it sent along and with who we are (RFC 9207)."""
    state = {"state": asked["state"]} if "state" in asked else {}
    text = urlencode({**answer, **state, "iss": site_of(request).origin})
    target = asked["redirect_uri"]
    location = f"{target}{'&' if urlsplit(target).query else '?'}{text}"
    return Response(b"", status_code=303, headers={"location": location, "referrer-policy": "no-referrer"})


def _may_lead_to(address: str) -> dict[str, str]:
    """Browsers hold a form's redirects to the policy, too."""
    policy = POLICY.replace("form-action 'self'", f"form-action 'self' {addresses.source_of(address)}")
    return {"content-security-policy": policy}
