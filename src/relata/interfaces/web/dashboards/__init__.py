"""The screens of dashboards. They live at /dashboard; the plain list of the records stays at /dashboards?view=all."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from relata.interfaces.web.dashboards import (
    alerts,
    arranging,
    cards,
    editing,
    embedding,
    mailing,
    metrics,
    outputs,
    pages,
    reasons,
)
from relata.interfaces.web.ground import Web


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of dashboards."""
    return [
        route
        for part in (pages, alerts, cards, arranging, editing, embedding, mailing, metrics, outputs, reasons)
        for route in part.routes(web)
    ]
