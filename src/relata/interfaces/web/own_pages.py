"""Objects whose records have pages of their own in the place of the generic list and record page."""

from __future__ import annotations

from uuid import UUID

from relata.engine.metadata.object import Object
from relata.interfaces.web.ground import Visit

#: Object -> where its pages are.
PLACES = {"dashboard": "/dashboard", "report": "/report"}


def own_list(request: Visit, one: Object) -> str:
    """Where the bare address of the list leads; "" for the list itself, which any parameter asks for."""
    return "" if request.query_params else PLACES.get(one.name, "")


def own_page(one: Object, key: UUID, *, deleted: bool) -> str:
    """Where the record's page is; "" for the generic one, which also shows what lies in the bin."""
    place = PLACES.get(one.name, "")
    return f"{place}/{key}" if place and not deleted else ""


def own_new(one: Object) -> str:
    """Where a new record is made; "" for the generic form."""
    return {"report": "/report/new"}.get(one.name, "")
