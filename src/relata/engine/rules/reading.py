"""Which fields of which objects an expression reads, over links and inside lists too: for "where used"."""

from __future__ import annotations

from relata.engine.formula import Reading, check, parse, reading
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid

Place = tuple[str, str]


def fields_read(registry: Registry, one: Object, text: str) -> set[Place]:
    """Pairs of object and field; none for an expression that does not fit."""
    scope = FieldScope(registry, one, AnyReader())
    try:
        found = reading(check(parse(text), scope))
    except Invalid:
        return set()
    return set(_places(scope, found))


def _places(scope: FieldScope, found: Reading) -> list[Place]:
    places: list[Place] = []
    for ref in found.refs:
        end = scope.find(ref.path)
        places.extend((holder.name, link.name) for holder, link in end.links)
        if end.field is not None:
            places.append((end.object.name, end.field.name))
    for many, inner in found.relations:
        *way, last = many.name.split(".")
        end = scope.find((*way, "id"))
        places.extend((holder.name, link.name) for holder, link in end.links)
        relation = scope.relation(end.object, last)
        if relation is not None:
            holder = relation.parent if relation.kind == "pairs" else relation.child
            places.append((holder, relation.field))
        assert isinstance(many.scope, FieldScope)
        places.extend(_places(many.scope, inner))
    return places
