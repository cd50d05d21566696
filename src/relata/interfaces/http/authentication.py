"""Who a request comes from: an API key in `Authorization`, else the session in the cookie, else nobody."""

from __future__ import annotations

import base64
from collections.abc import Awaitable
from typing import Protocol

from relata.engine.identity import browsers
from relata.engine.identity.credentials import NOBODY, Credentials
from relata.foundation.errors import Expired
from relata.interfaces.http import cookies
from relata.interfaces.http.asgi import Headers
from relata.interfaces.http.peer import Peer
from relata.interfaces.http.refusal import Refusal


class Lookup(Protocol):
    """Port: `identity.resolver.Resolver`."""

    def session(self, token: str) -> Awaitable[Credentials | None]:
        """Whose session."""

    def key(self, text: str) -> Awaitable[Credentials | None]:
        """Whose key."""

    def moved(self, credentials: Credentials, ip: str) -> Awaitable[None]:
        """A session that another browser showed ends."""


#: Here applications show who they are by a secret of their own, and a person's cookie means nothing.
_OF_APPLICATIONS = ("/oauth/token", "/oauth/revoke")
#: Here programs that know only names and passwords, such as telephones, send a key as the password; who sends none, or
#: a wrong one, is asked for it there.
_BY_PASSWORD = ("/carddav", "/.well-known/carddav")


async def authenticate(headers: Headers, peer: Peer, lookup: Lookup, path: str = "") -> tuple[Credentials, str | None]:
    """The credentials, and the session's token if they come from a cookie.

    A request with an `Authorization` header never falls back to its cookie: it is good or 401.
    """
    if path in _OF_APPLICATIONS:
        return NOBODY, None
    if path.startswith(_BY_PASSWORD):
        return await _by_password(headers, lookup), None
    if b"authorization" in headers:
        return await _by_key(headers, lookup), None
    token = cookies.session_token(headers, peer.is_https)
    if not token:
        return NOBODY, None
    found = await lookup.session(token)
    if found is None:
        return NOBODY, None
    if found.browser and found.browser != browsers.family(headers.get(b"user-agent") or ""):
        await lookup.moved(found, peer.ip)
        return NOBODY, None
    return found, token


async def _by_password(headers: Headers, lookup: Lookup) -> Credentials:
    scheme, _, sent = (headers.get(b"authorization") or "").partition(" ")
    if scheme.lower() != "basic" or b"authorization" in headers.repeated:
        return NOBODY
    try:
        password = base64.b64decode(sent.strip(), validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return NOBODY
    return await lookup.key(password.strip()) or NOBODY


async def _by_key(headers: Headers, lookup: Lookup) -> Credentials:
    if b"authorization" in headers.repeated:
        raise Refusal(400, "authorization", "The request has several Authorization headers.", hint="Send one.")
    scheme, _, secret = (headers.get(b"authorization") or "").partition(" ")
    found = await lookup.key(secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Expired(
            "This API key is unknown, expired or revoked.", code="key_invalid", hint="Send Authorization: Bearer rk_…"
        )
    return found
