"""What applications ask by themselves: tokens, the end of tokens, and where everything is (RFC 6749, 7009, 8414)."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.identity import limits
from relata.engine.identity.oauth import applications, tokens
from relata.engine.identity.oauth.applications import Application
from relata.engine.identity.oauth.problems import OAuthRefused
from relata.engine.identity.oauth.tokens import Issued
from relata.foundation.errors import LimitReached
from relata.foundation.ids import parse_id
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange
from relata.interfaces.web.sites import site_of

_JSON = "application/json"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these addresses."""

    @get("/.well-known/oauth-authorization-server")
    async def metadata(request: Visit) -> Response[bytes]:
        return _json(described(site_of(request).origin))

    @post("/oauth/token", status_code=200)
    async def token(request: Visit) -> Response[bytes]:
        async def act(application: Application, form: dict[str, str]) -> Any:
            kind, ip = form.get("grant_type", ""), exchange(request).peer.ip
            if kind == "authorization_code":
                found = await tokens.exchange(
                    web.database, application, form.get("code", ""), form.get("redirect_uri", ""),
                    form.get("code_verifier", ""), ip,
                )  # fmt: skip
            elif kind == "refresh_token":
                wanted = form.get("scope", "").split()
                found = await tokens.refresh(web.database, application, form.get("refresh_token", ""), wanted, ip)
            else:
                raise OAuthRefused("Known are authorization_code and refresh_token.", code="unsupported_grant_type")
            return _issued(found)

        return await _as_application(web, request, act)

    @post("/oauth/revoke", status_code=200)
    async def revoke(request: Visit) -> Response[bytes]:
        async def act(application: Application, form: dict[str, str]) -> Any:
            async with web.database.transaction() as connection:
                await tokens.revoke(connection, application, form.get("token", ""))
            return {}

        return await _as_application(web, request, act)

    return [metadata, token, revoke]


def described(origin: str) -> dict[str, Any]:
    """The server's metadata."""
    methods = ["none", "client_secret_basic", "client_secret_post"]
    return {
        "issuer": origin,
        "authorization_endpoint": f"{origin}/oauth/authorize",
        "token_endpoint": f"{origin}/oauth/token",
        "revocation_endpoint": f"{origin}/oauth/revoke",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "scopes_supported": ["read", "write"],
        "authorization_response_iss_parameter_supported": True,
    }


async def _as_application(web: Web, request: Visit, act: Any) -> Response[bytes]:
    """`act` for an application that showed who it is; whatever is refused, in RFC 6749's words."""
    try:
        form = await _read(request)
        async with web.database.read() as connection:
            counted = await limits.attempt(connection, [(limits.APPLICATION_FROM_ADDRESS, exchange(request).peer.ip)])
        application = await _application(web, request, form)
        answer = await act(application, form)
        async with web.database.read() as connection:
            await limits.take_back(connection, counted)
        return _json(answer)
    except LimitReached as error:
        headers = {"retry-after": str(error.retry_after_seconds or 60)}
        return _json({"error": "temporarily_unavailable", "error_description": error.message}, 429, headers)
    except OAuthRefused as error:
        is_unknown = error.code == "invalid_client"
        headers = {"www-authenticate": 'Basic realm="relata"'} if is_unknown else {}
        body = {"error": error.code, "error_description": error.message}
        return _json(body, 401 if is_unknown else 400, headers)


async def _read(request: Visit) -> dict[str, str]:
    """The form; each name once (RFC 6749, 3.2)."""
    if (request.content_type[0] or "") != "application/x-www-form-urlencoded":
        raise OAuthRefused("Send application/x-www-form-urlencoded.")
    try:
        found = await posted(request)
    except ValueError as error:
        raise OAuthRefused("The form can't be read.") from error
    if any(len(values) > 1 for values in found.values()):
        raise OAuthRefused("A parameter was sent twice.")
    return {name: values[0].replace("\x00", "") for name, values in found.items()}


async def _application(web: Web, request: Visit, form: dict[str, str]) -> Application:
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    header = exchange(request).headers.get(b"authorization")
    if header is not None:
        if secret:
            raise OAuthRefused("The application showed its secret in two ways.")
        shown, secret = _basic(header)
        if client and client != shown:
            raise OAuthRefused("The application named itself in two ways.")
        client = shown
    async with web.database.read() as connection:
        found = await applications.find(connection, parse_id(client))
        if found is not None and await applications.secret_is_right(connection, found, secret):
            return found
    raise OAuthRefused("The application is unknown, or its secret is wrong.", code="invalid_client")


def _basic(header: str) -> tuple[str, str]:
    scheme, _, text = header.partition(" ")
    try:
        name, found, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        found = name = secret = ""
    if scheme.lower() != "basic" or not found:
        raise OAuthRefused("The Authorization header can't be read.", code="invalid_client")
    return unquote_plus(name), unquote_plus(secret)


def _issued(found: Issued) -> dict[str, Any]:
    return {
        "access_token": found.access_token,
        "token_type": "Bearer",
        "expires_in": found.expires_in_seconds,
        "refresh_token": found.refresh_token,
        "scope": " ".join(found.scopes),
    }


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        media_type=_JSON,
        status_code=status,
        headers={"cache-control": "no-store", **(headers or {})},
    )
