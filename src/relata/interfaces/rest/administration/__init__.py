"""The configuration by API: under /admin, where no object's plural name can be."""

from __future__ import annotations

from relata.interfaces.rest.administration import (
    approvals,
    assignment,
    flow_runs,
    flows,
    general,
    objects,
    quality,
    roles,
    rules,
    webhooks,
)
from relata.interfaces.rest.routes import Route

ROUTES: tuple[Route, ...] = (
    *objects.ROUTES,
    *rules.ROUTES,
    *quality.ROUTES,
    *roles.ROUTES,
    *assignment.ROUTES,
    *approvals.ROUTES,
    *flows.ROUTES,
    *flow_runs.ROUTES,
    *webhooks.ROUTES,
    *general.ROUTES,
)
