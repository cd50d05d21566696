"""The module of dashboards and metrics."""

from __future__ import annotations

from relata.engine.metadata.module import Module
from relata.engine.reporting.dashboards import objects
from relata.engine.reporting.metrics import objects as metrics

MODULE = Module(
    "dashboards",
    "Analysis",
    "Dashboards, and metrics that mean the same everywhere.",
    essential=True,
    position=5,
    objects=(*objects.OBJECTS, *metrics.OBJECTS),
    guards=(*objects.GUARDS, *metrics.GUARDS),
    roles=metrics.ROLES,
)
