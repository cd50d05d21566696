"""ASGI's shapes, and one pass over a request's headers that everything here shares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Headers:
    """A request's headers by lower-case name. Of a repeated one the first counts; `repeated` holds its name."""

    __slots__ = ("_values", "repeated")

    def __init__(self, scope: Scope) -> None:
        values: dict[bytes, bytes] = {}
        self.repeated: set[bytes] = set()
        for name, value in scope["headers"]:
            if name not in values:
                values[name] = value
            elif name == b"cookie":  # HTTP/2 may send it in pieces
                values[name] += b"; " + value
            else:
                self.repeated.add(name)
        self._values = values

    def get(self, name: bytes) -> str | None:
        """The value, or None. Bytes beyond ASCII become the code points of Latin-1, as HTTP has it."""
        value = self._values.get(name)
        return None if value is None else value.decode("latin-1")

    def has_any(self, names: frozenset[bytes]) -> bool:
        """Whether one of them was sent."""
        return not names.isdisjoint(self._values)

    def __contains__(self, name: bytes) -> bool:
        return name in self._values
