"""Settings: what a person decides for themselves, and what administrators decide for everybody.

One file per area. No right is asked for here: the engine refuses, and the navigation shows what is permitted.
"""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from relata.interfaces.web.ground import Web
from relata.interfaces.web.settings import (
    applications,
    approvals,
    assignment,
    audit,
    boards,
    branding,
    checking,
    choices,
    coming_in,
    connections,
    field_preview,
    fields,
    flow_checks,
    flow_runs,
    flow_steps,
    flows,
    general,
    groups,
    handing_over,
    health,
    home,
    keys,
    layouts,
    modules,
    needs,
    notifications,
    objects,
    passwords,
    people,
    preferences,
    profile,
    rates,
    reads,
    roles,
    rules,
    second_factors,
    security,
    shares,
    sign_on,
    teams,
    validation,
    working_time,
)

AREAS = (
    home,
    profile,
    preferences,
    passwords,
    second_factors,
    keys,
    connections,
    applications,
    general,
    branding,
    rates,
    people,
    handing_over,
    teams,
    groups,
    roles,
    rules,
    approvals,
    objects,
    field_preview,
    fields,
    flow_checks,
    flow_runs,
    flow_steps,
    flows,
    layouts,
    validation,
    needs,
    boards,
    choices,
    checking,
    modules,
    security,
    coming_in,
    sign_on,
    audit,
    reads,
    health,
    shares,
    notifications,
    assignment,
    working_time,
)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of all settings."""
    return [route for area in AREAS for route in area.routes(web)]
