"""What a picture that was just chosen needs, so that it answers at once: places for a map, days for a timeline."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.fields import Address, GeoPoint
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import PERIODS, Definition, Grouping, Measure
from relata.engine.workspace.workspace import Workspace


def with_places_or_days(work: Workspace, definition: Definition) -> Definition:
    """The same where it has them, or where the object has none."""
    kind, one = definition.picture.kind, work.registry.objects.get(definition.object)
    if one is None or definition.funnel or definition.cohort or kind not in ("map", "timeline"):
        return definition
    scope = FieldScope(work.registry, one, work.actor)
    return _placed(scope, one, definition) if kind == "map" else _timed(scope, one, definition)


def _placed(scope: FieldScope, one: Object, definition: Definition) -> Definition:
    """By country, or by points about ten kilometres apart."""
    asked = " ".join(f"{row.path} {row.expression}" for row in definition.rows)
    if ".country" in asked or ".lat" in asked:
        return definition
    fields = [field for field in one.fields if not field.hidden and scope.reader.readable(one, field)]
    point = next((field.name for field in fields if isinstance(field, GeoPoint)), "")
    address = next((field.name for field in fields if isinstance(field, Address)), "")
    rows: tuple[Grouping, ...]
    if point:
        rows = (Grouping(expression=f"round({point}.lat, 1)"), Grouping(expression=f"round({point}.lng, 1)"))
    elif address:
        rows = (Grouping(path=f"{address}.country"),)
    else:
        return definition
    return msgspec.structs.replace(definition, rows=rows, columns=())


def _timed(scope: FieldScope, one: Object, definition: Definition) -> Definition:
    """From the earliest to the latest of the object's own days; a figure that somebody chose stays behind them."""
    if any(row.grain in PERIODS for row in definition.rows):
        return definition
    days = [
        field.name
        for field in one.fields
        if field.type_name in ("date", "datetime") and not field.hidden and scope.reader.readable(one, field)
    ]
    plain = [name for name in days if one.all_fields[name].type_name == "date"]
    days = plain if len(plain) > 1 else days
    if not days or any(item.function in ("min", "max") and item.path in days for item in definition.measures):
        return definition
    first, last = Measure(function="min", path=days[0]), Measure(function="max", path=days[-1])
    return msgspec.structs.replace(definition, measures=(first, last, *definition.measures)[:12])
