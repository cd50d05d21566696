"""The ground under every HTTP interface: one pure ASGI pass around Litestar.

In this order: id, path and query, host, body, who it is, where it was sent from; afterwards headers, log, metrics.
Whatever is raised, there or in a handler, is answered from one table.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.types import ControllerRouterHandler

from relata.foundation.i18n import speak
from relata.interfaces.http import admission, answers, authentication, bodies, csrf, peer
from relata.interfaces.http.answers import Answer, ErrorPage
from relata.interfaces.http.asgi import SAFE_METHODS, App, Receive, Scope, Send
from relata.interfaces.http.authentication import Lookup
from relata.interfaces.http.exceptions import translated
from relata.interfaces.http.exchange import Exchange, exchange_of
from relata.interfaces.http.languages import preferred
from relata.interfaces.http.metrics import Metrics, PoolUsage
from relata.interfaces.http.probes import Readiness, probes
from relata.interfaces.http.settings import HttpSettings

access = logging.getLogger("relata.access")

_PROBES = frozenset({"/healthz", "/readyz"})


@dataclass(frozen=True)
class Ports:
    """What the ground is given. error_page: None where nothing renders HTML."""

    lookup: Lookup
    readiness: Readiness
    error_page: ErrorPage | None = None
    pool_usage: PoolUsage | None = None


class Ground:
    """An ASGI application around another one."""

    def __init__(self, app: App, settings: HttpSettings, ports: Ports, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._ports = ports
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lifespan passes through; there are no web sockets."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, send, self._settings)
        speak(preferred(exchange.headers.get(b"accept-language")))  # a signed-in person's own choice comes later
        try:
            receive = await self._admit(exchange, receive)
            await self._app(scope, receive, exchange.send)
        except Exception as error:  # everything is answered here, as a problem or an error page
            if exchange.status:  # half an answer went out: break the connection, so that nobody takes it for a whole
                raise
            found = self.answer(exchange, error)
            await answers.send_answer(exchange.send, found, with_body=scope["method"] != "HEAD")
        finally:
            self._note(exchange)
            exchange.release()

    async def _admit(self, exchange: Exchange, receive: Receive) -> Receive:
        """Everything that is checked before a handler runs."""
        scope, headers, settings = exchange.scope, exchange.headers, self._settings
        bodies.check_target(scope)
        if scope["path"] in _PROBES:
            return receive
        peer.check_host(exchange.peer, headers, settings, scope["path"])
        exchange.identify(*await authentication.authenticate(headers, exchange.peer, self._ports.lookup, scope["path"]))
        admission.check(exchange.credentials, exchange.peer.ip, scope["path"])
        is_guarded = (
            scope["method"] not in SAFE_METHODS
            and exchange.credentials.kind != "key"
            and scope["path"] not in settings.forms_from_elsewhere
        )
        if is_guarded:
            csrf.check_origin(headers, exchange.peer, settings)
        receive, body = await bodies.admit(scope, receive, headers, settings)
        if is_guarded and exchange.session_token is not None:
            if body is None and b"x-csrf-token" not in headers:
                body = await bodies.read_whole(receive, settings.max_body_bytes)
                receive = bodies.replaying(body, receive)
            csrf.check_token(headers, body, exchange.session_token)
        return receive

    def answer(self, exchange: Exchange, error: Exception) -> Answer:
        """The answer to whatever was raised."""
        known = translated(error, exchange.request_id)
        page, sign_in = self._ports.error_page, self._settings.sign_in_path
        try:
            return answers.answer(exchange.scope, exchange.headers, known, exchange.request_id, page, sign_in)
        except Exception as broken:  # logged; the page of an error must not be one
            translated(broken, exchange.request_id)
            return answers.answer(exchange.scope, exchange.headers, known, exchange.request_id, None, sign_in)

    def _note(self, exchange: Exchange) -> None:
        seconds, status = exchange.seconds, exchange.status or 499
        self._metrics.observe(exchange.scope["method"], exchange.route, status, seconds)
        if access.isEnabledFor(logging.INFO):
            fields = {
                "request": exchange.request_id,
                "method": exchange.scope["method"],
                "route": exchange.route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "complete": exchange.is_complete,
            }
            # by hand: looking for the caller's line, as `access.info` does, costs more than everything else in here
            record = logging.LogRecord(access.name, logging.INFO, "", 0, "request", None, None)
            record.fields = fields
            access.handle(record)


def build(
    route_handlers: Sequence[ControllerRouterHandler], settings: HttpSettings, ports: Ports, **litestar: Any
) -> Ground:
    """The ASGI application to serve: the ground, Litestar on it, and the probes. litestar: its further arguments."""
    metrics = Metrics(ports.pool_usage)
    handlers = probes(ports.readiness, metrics, open_metrics=settings.open_metrics)
    held: list[Ground] = []

    def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        found = held[0].answer(exchange_of(request.scope), error)
        return Response(found.body, status_code=found.status, headers=dict(found.headers))

    app = Litestar(
        exception_handlers={Exception: on_error},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
        **litestar,
    )
    _register(app, [*route_handlers, *handlers])
    held.append(Ground(cast(App, app), settings, ports, metrics))
    return held[0]


class _Later:
    """Stands in for the router while handlers are registered: it would go through all addresses again after each, which
    takes 0.6 s for six hundred."""

    def construct_routing_trie(self) -> None:
        return None


def _register(app: Litestar, handlers: Sequence[ControllerRouterHandler]) -> None:
    router, app.asgi_router = app.asgi_router, cast(Any, _Later())
    for handler in handlers:
        app.register(handler)
    app.asgi_router = router
    router.construct_routing_trie()
