"""Prometheus metrics: requests by route template, and the pool of connections."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Port: name -> number, such as `psycopg_pool`'s `get_stats`.
PoolUsage = Callable[[], Mapping[str, float]]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0, 10.0)


class Metrics:
    """Of one process; or of all that share the folder in PROMETHEUS_MULTIPROC_DIR."""

    def __init__(self, pool_usage: PoolUsage | None = None) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._count = Counter("relata_requests", "Requests.", (*labels, "status"), registry=self._registry)
        self._seconds = Histogram(
            "relata_request_seconds", "Time to answer.", labels, buckets=_BUCKETS, registry=self._registry
        )
        self._pool = _Pool(pool_usage) if pool_usage else None
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. route: a template, never a path that somebody typed: labels must stay few."""
        known = self._known.get((method, route, status))
        if known is None:
            label = method if method in _METHODS else "other"
            known = self._count.labels(label, route, str(status)), self._seconds.labels(label, route)
            if method in _METHODS:
                self._known[method, route, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text: bytes = generate_latest(registry)
        if self._pool:
            own = CollectorRegistry()
            own.register(self._pool)
            text += generate_latest(own)
        return text


class _Pool(Collector):
    """Reads the pool when asked, not at every request."""

    def __init__(self, usage: PoolUsage) -> None:
        self._usage = usage

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, value in sorted(self._usage().items()):
            yield GaugeMetricFamily(f"relata_database_{name}", "Of this process's pool of connections.", value=value)
