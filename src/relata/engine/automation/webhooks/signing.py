"""Signatures of webhooks as Standard Webhooks has them (https://www.standardwebhooks.com): HMAC-SHA256 over id, time
and body, under secrets that begin with `whsec_`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable, Mapping

from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX, _BYTES = "whsec_", 32
#: How far a request's time may lie from ours.
TOLERANCE_SECONDS = 300
_MOST_ID, _MOST_SIGNATURES = 128, 20


def new_secret() -> str:
    """A fresh one, as it is shown."""
    return _PREFIX + base64.b64encode(randomness.token_bytes(_BYTES)).decode()


def signed(secrets: Iterable[str], key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a request. secrets: all that are valid; each gives a signature. timestamp: in seconds since
    1970."""
    made = [f"v1,{_signature(secret, key, str(timestamp), body)}" for secret in secrets]
    return {ID: key, TIMESTAMP: str(timestamp), SIGNATURE: " ".join(made)}


def check(headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: float) -> str:
    """The id of a request whose signature is right; Denied for any other. headers: names in small letters."""
    key, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not key or len(key) > _MOST_ID or not key.isascii() or not key.isprintable():
        raise _refused(_("The request has no webhook-id of at most 128 letters."))
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        hint = _("webhook-timestamp is in seconds since 1970, and at most five minutes from now.")
        raise _refused(_("The time of the request does not fit."), hint)
    given = [one[3:] for one in headers.get(SIGNATURE, "").split(" ")[:_MOST_SIGNATURES] if one.startswith("v1,")]
    right = False
    for secret in secrets:
        wanted = _signature(secret, key, timestamp, body)
        for one in given:  # all are compared, so that time tells nothing
            right |= hmac.compare_digest(one.encode(), wanted.encode())
    if not right:
        hint = _("Sign webhook-id, webhook-timestamp and the body, joined by dots, with HMAC-SHA256.")
        raise _refused(_("The signature of the request is wrong."), hint)
    return key


def _signature(secret: str, key: str, timestamp: str, body: bytes) -> str:
    try:
        raw = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raw = secret.encode()
    mac = hmac.new(raw, f"{key}.{timestamp}.".encode() + body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def _refused(message: str, hint: str | None = None) -> Denied:
    return Denied(message, code="webhook_signature", hint=hint)
