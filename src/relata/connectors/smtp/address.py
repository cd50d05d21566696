"""The mail server's address, as one writes it in a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from relata.foundation.errors import Invalid

Security = Literal["tls", "starttls", "none"]
_HINT = "Write smtp://user:password@mail.example.com:587?from=crm@example.com"


@dataclass(frozen=True, slots=True, repr=False)
class SmtpAddress:
    """security: tls from the first byte, starttls before anything is said, or none. sender: the From address."""

    host: str
    port: int
    user: str
    password: str
    security: Security
    sender: str


def parse(url: str) -> SmtpAddress:
    """`smtp://` (STARTTLS) or `smtps://` (TLS); `tls=none` only for servers that one trusts by wire.

    Without `?from=` the user sends, if it is an address, else relata@host. On this machine there is no encryption.
    Invalid without saying the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong() from error
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _wrong()
    user = unquote(parts.username or "")
    sender = options.get("from") or (user if "@" in user else f"relata@{parts.hostname}")
    if "@" not in sender or not sender.isprintable():
        raise _wrong()
    is_near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    security: Security = "starttls"
    if parts.scheme == "smtps":
        security = "tls"
    elif options.get("tls", "none" if is_near else "starttls") == "none":
        security = "none"
    return SmtpAddress(
        parts.hostname,
        port or (465 if security == "tls" else 587),
        user,
        unquote(parts.password or ""),
        security,
        sender,
    )


def _wrong() -> Invalid:
    return Invalid("RELATA_SMTP_URL is not the address of a mail server.", code="smtp_url", hint=_HINT)
