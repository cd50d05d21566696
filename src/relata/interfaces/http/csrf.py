"""Requests that another site makes a browser send: refused by where they come from, and for want of a token.

The token is an HMAC under the session's own token, which no other site can read; it differs each time, so that
compressed pages do not give it away letter by letter (BREACH). It needs no storage, and dies with the session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from urllib.parse import parse_qs, urlsplit

from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _
from relata.interfaces.http.asgi import Headers
from relata.interfaces.http.bodies import FORM
from relata.interfaces.http.peer import Peer
from relata.interfaces.http.settings import HttpSettings

HEADER = "x-csrf-token"
FIELD = "_csrf"
_SALT_BYTES = 9
_PART = re.compile(rb'name="?_csrf"?\r\n(?:[^\r\n]+\r\n)*\r\n([A-Za-z0-9_-]{1,100})\r\n')


def make_token(session_token: str) -> str:
    """A fresh token for forms and scripts of this session; 55 letters."""
    salt = os.urandom(_SALT_BYTES)
    return base64.urlsafe_b64encode(salt + _mac(session_token, salt)).decode().rstrip("=")


def is_right(token: str, session_token: str) -> bool:
    """Whether the token was made for this session."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        return False
    return hmac.compare_digest(raw[_SALT_BYTES:], _mac(session_token, raw[:_SALT_BYTES]))


def check_origin(headers: Headers, peer: Peer, settings: HttpSettings) -> None:
    """Refuses what a browser says comes from elsewhere. Programs say nothing, and have no cookie to abuse."""
    site = headers.get(b"sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise _foreign()
    origin = headers.get(b"origin")
    if origin is not None and not _is_ours(origin.lower(), peer, settings):
        raise _foreign()


def check_token(headers: Headers, body: bytes | None, session_token: str) -> None:
    """Refuses a request that does not carry the session's token in its header or form. body: None if not read."""
    sent = headers.get(b"x-csrf-token") or _from_form(headers, body)
    if not sent or not is_right(sent, session_token):
        raise Denied(
            _("This form is too old, or did not come from Relata."),
            code="csrf",
            hint=_("Reload the page and try again."),
        )


def _from_form(headers: Headers, body: bytes | None) -> str | None:
    kind = (headers.get(b"content-type") or "").lower()
    if not body:
        return None
    if kind.startswith(FORM):
        try:
            found = parse_qs(body.decode("latin-1"), max_num_fields=10_000).get(FIELD)
        except ValueError:  # more fields than any form of ours has
            return None
        return found[0] if found else None
    part = _PART.search(body) if kind.startswith("multipart/form-data") else None
    return part[1].decode() if part else None


def _is_ours(origin: str, peer: Peer, settings: HttpSettings) -> bool:
    """The host was checked already; the scheme may have changed at a proxy that we do not know."""
    return origin == settings.public_origin or (
        origin.startswith(("http://", "https://")) and urlsplit(origin).netloc == peer.host != ""
    )


def _mac(session_token: str, salt: bytes) -> bytes:
    return hmac.new(session_token.encode(), b"csrf" + salt, hashlib.sha256).digest()


def _foreign() -> Denied:
    return Denied(_("This request comes from another site."), code="cross_origin", hint=_("Do it on a page of Relata."))
