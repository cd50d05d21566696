"""Writing mail: the form, its drafts, templates, files, and what becomes of a mail that was sent off."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from relata.interfaces.web.ground import Web
from relata.interfaces.web.writing import composing, files, inserting, mailing, picking, sending, working

AREAS = (picking, mailing, composing, inserting, files, sending, working)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of writing mail."""
    return [route for area in AREAS for route in area.routes(web)]
