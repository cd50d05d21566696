"""One request and its answer, while it lasts: who, from where, under which id, and what became of it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from typing import Any

from relata.engine.identity.credentials import NOBODY, Credentials
from relata.engine.identity.sessions import Visitor
from relata.interfaces.http import csrf, security_headers
from relata.interfaces.http.asgi import Headers, Message, Scope, Send
from relata.interfaces.http.compressing import compressing, may_compress
from relata.interfaces.http.peer import Peer, peer_of
from relata.interfaces.http.settings import HttpSettings

_KEY = "relata_exchange"
_REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


class Exchange:
    """Lies in the scope's state for handlers; see `exchange_of`.

    credentials: NOBODY until they were looked up. status: 0 until the answer started.
    """

    __slots__ = (
        "_cookies", "_send", "_session_token", "_started", "credentials", "headers", "is_complete", "peer",
        "request_id", "scope", "settings", "status",
    )  # fmt: skip

    def __init__(self, scope: Scope, send: Send, settings: HttpSettings) -> None:
        self._started = time.perf_counter()
        self._session_token: str | None = None
        self._cookies: list[tuple[bytes, bytes]] = []
        self.scope = scope
        self.settings = settings
        self.headers = Headers(scope)
        self._send = compressing(send) if may_compress(scope["method"], self.headers) else send
        self.peer: Peer = peer_of(scope, self.headers, settings)
        self.request_id = self._request_id()
        self.credentials: Credentials = NOBODY
        self.status = 0
        self.is_complete = False
        scope["state"] = {**scope.get("state", {}), _KEY: self}

    @property
    def visitor(self) -> Visitor:
        """For sessions and the security log."""
        return Visitor(self.peer.ip, self.headers.get(b"user-agent") or "")

    @property
    def session_token(self) -> str | None:
        """What the browser's cookie holds, if it opened a session."""
        return self._session_token

    def csrf_token(self) -> str:
        """A fresh token for the forms of an answer; "" where there is no session that it could protect."""
        return csrf.make_token(self._session_token) if self._session_token else ""

    def identify(self, credentials: Credentials, session_token: str | None) -> None:
        """Note who it is."""
        self.credentials = credentials
        self._session_token = session_token

    def set_cookie(self, header: tuple[str, str]) -> None:
        """Have the answer carry it, whatever the answer is. header: see `cookies`."""
        self._cookies.append((header[0].encode(), header[1].encode()))

    def renew_token(self) -> None:
        """Tell the page that asked which token is right from now on, because its session has a new one."""
        self._cookies.append((csrf.HEADER.encode(), self.csrf_token().encode()))

    @property
    def seconds(self) -> float:
        """Since the request came."""
        return time.perf_counter() - self._started

    @property
    def route(self) -> str:
        """The template of the route, never the path itself."""
        return self.scope.get("path_template") or "(none)"

    def release(self) -> None:
        """Break the circle with the scope, so that both go at once and not at the collector's next round."""
        self.scope["state"].pop(_KEY, None)

    async def send(self, message: Message) -> None:
        """ASGI's send, completing the headers and noting what became of it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._cookies]
            security_headers.add(message, self.request_id.encode(), self.peer.is_https, self.settings.files_origin)
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self.is_complete = True
        await self._send(message)

    def _request_id(self) -> str:
        """Ours, or what a trusted proxy gave it."""
        if self.peer.is_proxied:
            given = self.headers.get(b"x-request-id") or ""
            if _REQUEST_ID.match(given):
                return given
        return os.urandom(8).hex()


def exchange_of(scope: Mapping[str, Any]) -> Exchange:
    """The exchange of a request that came through the ground. For handlers: `exchange_of(request.scope)`."""
    found: Exchange = scope["state"][_KEY]
    return found
