"""The session's cookie. Over https its name starts with `__Host-`: no other host of the domain can replace it."""

from __future__ import annotations

from relata.engine.identity.factors.half import LIFETIME
from relata.engine.identity.sessions import ABSOLUTE
from relata.engine.identity.sign_on.attempts import LIFETIME as AWAY
from relata.interfaces.http.asgi import Headers

_NAME, _HALF, _AWAY = "relata_session", "relata_half", "relata_away"


def name(is_https: bool) -> str:
    """What the cookie is called."""
    return f"__Host-{_NAME}" if is_https else _NAME


def session_token(headers: Headers, is_https: bool) -> str | None:
    """The token that the browser shows, or None."""
    return _value(headers, name(is_https))


def set_session(token: str, is_https: bool) -> tuple[str, str]:
    """The header that gives a browser its session."""
    return "set-cookie", _cookie(token, int(ABSOLUTE.total_seconds()), is_https)


def end_session(is_https: bool) -> tuple[str, str]:
    """The header that takes it away."""
    return "set-cookie", _cookie("", 0, is_https)


def half_token(headers: Headers, is_https: bool) -> str | None:
    """The token of a sign-in that waits for its second step, or None."""
    return _value(headers, half_name(is_https))


def set_half(token: str, is_https: bool) -> tuple[str, str]:
    """The header for a sign-in that waits for its second step; never sent from another site."""
    return "set-cookie", _half(token, int(LIFETIME.total_seconds()), is_https)


def end_half(is_https: bool) -> tuple[str, str]:
    """The header that takes it away."""
    return "set-cookie", _half("", 0, is_https)


def away_token(headers: Headers, is_https: bool) -> str | None:
    """The browser's secret of a sign-in that is away at a provider, or None."""
    return _value(headers, _away_name(is_https))


def set_away(token: str, is_https: bool) -> tuple[str, str]:
    """The header for a sign-in that goes to a provider. Lax: it has to come along on the way back from there."""
    return "set-cookie", _away(token, int(AWAY.total_seconds()), is_https)


def end_away(is_https: bool) -> tuple[str, str]:
    """The header that takes it away."""
    return "set-cookie", _away("", 0, is_https)


def _away_name(is_https: bool) -> str:
    return f"__Host-{_AWAY}" if is_https else _AWAY


def _away(value: str, seconds: int, is_https: bool) -> str:
    secure = "; Secure" if is_https else ""
    return f"{_away_name(is_https)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def half_name(is_https: bool) -> str:
    """What that cookie is called."""
    return f"__Host-{_HALF}" if is_https else _HALF


def _half(value: str, seconds: int, is_https: bool) -> str:
    secure = "; Secure" if is_https else ""
    return f"{half_name(is_https)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def _value(headers: Headers, wanted: str) -> str | None:
    text = headers.get(b"cookie")
    if text is None:
        return None
    for part in text.split(";"):
        key, _, value = part.strip().partition("=")
        if key == wanted:
            return value.strip('"')
    return None


def _cookie(value: str, seconds: int, is_https: bool) -> str:
    secure = "; Secure" if is_https else ""
    return f"{name(is_https)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
