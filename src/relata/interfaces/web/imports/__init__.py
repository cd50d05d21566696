"""Imports on the screen: drop a file, see its columns matched, see every change before it happens."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from relata.interfaces.web.ground import Web
from relata.interfaces.web.imports import intake, mapping, moves, preview, runs, sets


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of imports."""
    return [route for part in (moves, sets, intake, mapping, preview, runs) for route in part.routes(web)]
