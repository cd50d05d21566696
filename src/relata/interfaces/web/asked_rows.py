"""Single rows of a list, asked for again by an open screen: `rows` in the address holds ids between commas."""

from __future__ import annotations

from relata.engine.formula import Binary, Items, Literal, Node, Path, all_of
from relata.foundation.ids import parse_id
from relata.interfaces.web.ground import Visit

_MOST = 50


def asked_rows(request: Visit) -> Node | None:
    """The condition that holds for these rows alone; None where the whole list is asked for."""
    texts = request.query_params.get("rows", "").split(",")[:_MOST]
    ids = [key for text in texts if (key := parse_id(text)) is not None]
    return Binary("in", Path(("id",)), Items(tuple(Literal(str(key)) for key in ids))) if ids else None


def within_rows(asked: Node | None, fixed: Node | None) -> Node | None:
    """The list's own condition, for these rows."""
    return all_of([one for one in (fixed, asked) if one is not None]) if asked is not None else fixed
