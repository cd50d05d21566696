"""The module of dashboards and metrics."""

from __future__ import annotations

from relata.engine.metadata.module import Module
from relata.engine.reporting.alerts import objects as alerts
from relata.engine.reporting.dashboards import objects
from relata.engine.reporting.embedding import objects as embedding
from relata.engine.reporting.metrics import objects as metrics
from relata.engine.reporting.reports import objects as reports
from relata.engine.reporting.schedules import objects as schedules
from relata.engine.reporting.snapshots import objects as snapshots

MODULE = Module(
    "dashboards",
    "Analysis",
    "Reports, dashboards, and metrics that mean the same everywhere.",
    essential=True,
    position=35,
    objects=(
        *reports.OBJECTS,
        *objects.OBJECTS,
        *metrics.OBJECTS,
        *schedules.OBJECTS,
        *alerts.OBJECTS,
        *embedding.OBJECTS,
        *snapshots.OBJECTS,
    ),
    guards=(
        *reports.GUARDS,
        *objects.GUARDS,
        *metrics.GUARDS,
        *schedules.GUARDS,
        *alerts.GUARDS,
        *embedding.GUARDS,
        *snapshots.GUARDS,
    ),
    roles=metrics.ROLES,
)
