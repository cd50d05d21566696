"""The way to a mail provider and back (RFC 6749 with PKCE, RFC 7636). What waits for the answer travels sealed in
`state`: who asked, for which mailbox, and the verifier; nobody else can come back with it, nor after ten minutes."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import msgspec

from relata.engine.fetching.client import Guard
from relata.engine.identity.sealing import Sealer
from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import reveal
from relata.foundation.errors import Denied, Invalid, Unavailable
from relata.foundation.i18n import gettext as _

#: How long somebody may take at the provider.
PATIENCE_SECONDS = 600
_PLACE = "consent to a mailbox"
_MOST_SECONDS = 86_400


class Waiting(msgspec.Struct, frozen=True):
    """What waits for the answer. mailbox: None for a new one. until: seconds since 1970."""

    workspace: UUID
    person: UUID
    provider: UUID
    mailbox: UUID | None
    verifier: str
    until: float


@dataclass(frozen=True, slots=True)
class Consented:
    """What a provider gave. address: whose consent it was; "" where it does not say."""

    token: str
    refresh_token: str
    until: datetime
    address: str


def way_there(
    sealer: Sealer, provider: Record, workspace: UUID, person: UUID, mailbox: UUID | None, redirect_uri: str,
    hint: str = "",
) -> str:  # fmt: skip
    """The address to send the browser to. hint: the mailbox's address, where it is known."""
    verifier = secrets.token_urlsafe(48)
    waiting = Waiting(workspace, person, provider.id, mailbox, verifier, time.time() + PATIENCE_SECONDS)
    asked = {
        "response_type": "code", "client_id": provider["client_id"], "redirect_uri": redirect_uri,
        "scope": provider["scopes"], "state": _letters(sealer.seal(msgspec.json.encode(waiting), _PLACE)),
        "code_challenge": _letters(hashlib.sha256(verifier.encode()).digest()), "code_challenge_method": "S256",
        **({"access_type": "offline", "prompt": "consent"} if provider["kind"] == "google" else {}),
        **({"login_hint": hint} if hint else {}),
    }  # fmt: skip
    join = "&" if urlsplit(provider["authorization_address"]).query else "?"
    return f"{provider['authorization_address']}{join}{urlencode(asked, quote_via=quote)}"


def came_back(sealer: Sealer, state: str, workspace: UUID, person: UUID) -> Waiting:
    """What waited for this answer. Denied for a state that was not made here, for somebody else, or too long ago."""
    try:
        raw = base64.urlsafe_b64decode(state + "=" * (-len(state) % 4))
        found = msgspec.json.decode(sealer.unseal(raw, _PLACE), type=Waiting)
    except (ValueError, IndexError, Unavailable, msgspec.DecodeError):
        found = None
    if found is None or (found.workspace, found.person) != (workspace, person) or found.until < time.time():
        raise Denied(
            _("This answer belongs to nothing that you asked."),
            code="consent_state",
            hint=_("Connect the mailbox again."),
        )
    return found


async def redeem(guard: Guard, provider: Record, waiting: Waiting, code: str, redirect_uri: str) -> Consented:
    """The tokens for what a person brought back. Invalid where the provider gives none that last."""
    values = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
        "client_id": provider["client_id"], "code_verifier": waiting.verifier,
    }  # fmt: skip
    if secret := reveal(provider, "client_secret"):
        values["client_secret"] = secret
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    answer = await guard.fetch(
        provider["token_address"], method="POST", headers=headers, body=urlencode(values).encode()
    )
    said = answer.json() if answer.is_ok else None
    if not isinstance(said, dict) or not _text(said, "access_token"):
        raise Invalid(_("The provider gave no token."), code="consent_refused", hint=_("Connect the mailbox again."))
    if not _text(said, "refresh_token"):
        raise Invalid(
            _("The provider gave no lasting permission."), code="consent_short",
            hint=_("Ask an administrator to let the client have offline access."),
        )  # fmt: skip
    lasts = said.get("expires_in")
    seconds = min(lasts, _MOST_SECONDS) if isinstance(lasts, (int, float)) and lasts > 0 else 3600
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return Consented(
        _text(said, "access_token"), _text(said, "refresh_token"), until, _address(_text(said, "id_token"))
    )


def _address(token: str) -> str:
    """Whose consent it was. The id token came from the provider itself over TLS, so its signature adds nothing (OpenID
    Connect Core, 3.1.3.7)."""
    try:
        part = token.split(".")[1]
        claims: Any = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, msgspec.DecodeError):
        return ""
    if not isinstance(claims, dict):
        return ""
    found = _text(claims, "email") or _text(claims, "preferred_username")
    return found.lower() if "@" in found else ""


def _text(values: dict[str, Any], name: str) -> str:
    found = values.get(name)
    return found if isinstance(found, str) and len(found) <= 4000 else ""


def _letters(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
