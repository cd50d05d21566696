"""What machines ask: are you alive, are you ready, how are you."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from relata.foundation.errors import NotFound, Unavailable
from relata.interfaces.http import metrics
from relata.interfaces.http.exchange import exchange_of
from relata.interfaces.http.metrics import Metrics

#: Port: None when ready, otherwise why not, in a sentence: migrations are pending, the database does not answer.
Readiness = Callable[[], Awaitable[str | None]]


def probes(readiness: Readiness, numbers: Metrics, *, open_metrics: bool) -> list[HTTPRouteHandler]:
    """The handlers of /healthz, /readyz and /metrics."""

    @get("/healthz", media_type="text/plain", sync_to_thread=False)
    def healthz() -> str:
        """Alive: the loop turns. Asks nobody."""
        return "ok\n"

    @get("/readyz", media_type="text/plain")
    async def readyz() -> str:
        """Ready to be sent requests."""
        reason = await readiness()
        if reason:
            raise Unavailable(reason, code="not_ready")
        return "ready\n"

    @get("/metrics", sync_to_thread=False)
    def metrics_page(request: Request[Any, Any, Any]) -> Response[bytes]:
        """For Prometheus, on this machine unless it was opened."""
        if not open_metrics and not exchange_of(request.scope).peer.is_local:
            raise NotFound("There is nothing at this address.", code="no_such_address")
        return Response(numbers.page(), media_type=metrics.MEDIA_TYPE)

    return [healthz, readyz, metrics_page]
