"""The screens of reports. They live at /report; the plain list of the records stays at /reports?view=all."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from relata.interfaces.web.ground import Web
from relata.interfaces.web.reports import building, changes, kept_files, outputs, pages, past_days, snapshots


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of reports."""
    parts = (pages, building, outputs, past_days, changes, snapshots, kept_files)
    return [route for part in parts for route in part.routes(web)]
