"""The configuration by API: under /admin, where no object's plural name can be."""

from __future__ import annotations

from relata.interfaces.rest.administration import approvals, assignment, general, objects, roles, rules
from relata.interfaces.rest.routes import Route

ROUTES: tuple[Route, ...] = (
    *objects.ROUTES,
    *rules.ROUTES,
    *roles.ROUTES,
    *assignment.ROUTES,
    *approvals.ROUTES,
    *general.ROUTES,
)
