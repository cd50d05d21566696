"""Where an application may be sent back to: which addresses may be registered, and which one asked for is the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from relata.foundation.errors import Invalid, Problem

MAX_ADDRESSES, MAX_LETTERS = 20, 500
#: Where a native application listens on the person's own machine; its port differs each time (RFC 8252, 7.3).
_LOOPBACK = ("127.0.0.1", "::1")
_PRIVATE_SCHEME = re.compile(r"^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+$")


def checked(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses; Invalid (`redirect_uri`) for none, too many, or one to which no code may be sent."""
    found = tuple(dict.fromkeys(one.strip() for one in addresses if one.strip()))
    if not found or len(found) > MAX_ADDRESSES:
        raise _invalid("Write one to twenty addresses, one a line.")
    for one in found:
        if not _is_acceptable(one):
            raise _invalid(f"{one[:80]} can't be used.")
    return found


def is_registered(asked: str, registered: Iterable[str]) -> bool:
    """Whether the address is one of those, letter by letter; only the port of a loopback address is free."""
    return any(asked == one or _is_same_but_for_port(asked, one) for one in registered)


def source_of(address: str) -> str:
    """The address as a source in a content policy: origin, or scheme for a native application's own."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def _is_acceptable(address: str) -> bool:
    parts = _parts(address)
    if parts is None or parts.fragment or "#" in address or parts.username is not None or parts.password is not None:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme == "http":
        return parts.hostname in (*_LOOPBACK, "localhost")
    return bool(_PRIVATE_SCHEME.match(parts.scheme)) and not parts.netloc and bool(parts.path)


def _is_same_but_for_port(asked: str, registered: str) -> bool:
    one, other = _parts(asked), _parts(registered)
    if one is None or other is None or one.scheme != "http" or other.hostname not in _LOOPBACK:
        return False
    if "#" in asked or one.username is not None or one.password is not None:
        return False
    return (one.scheme, one.hostname, one.path, one.query) == (other.scheme, other.hostname, other.path, other.query)


def _parts(address: str) -> SplitResult | None:
    if len(address) > MAX_LETTERS or not all(32 < ord(letter) < 127 for letter in address):
        return None
    if any(letter in address for letter in "\\*;,'\""):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port  # ValueError for a port that is none
    except ValueError:
        return None
    return parts


def _invalid(message: str) -> Invalid:
    hint = (
        "https://…, http://127.0.0.1/… for programs on a computer, or a scheme of one's own such as com.example.app:/…"
    )
    return Invalid.of([Problem("redirect_uri", message, "redirect_uris", hint)])
