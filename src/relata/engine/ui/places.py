"""Records on a map: those with a point, or by the country of their address where there is no point."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, negate, parse, to_text
from relata.engine.metadata.fields import Address, Field, GeoPoint
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Aggregate, Group, Query
from relata.engine.ui.listing import shows_title, text_of
from relata.engine.ui.values import record_href
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: Points of one map; more are said to be left out.
MOST = 5000


@dataclass(frozen=True, slots=True)
class MapState:
    """What the address of a map says."""

    where: str = ""
    fixed: Node | None = None


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """One record with its place, in degrees."""

    title: str
    href: str
    lat: float
    lng: float


class CountryCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many records have their address in a country. country: as it is written there."""

    country: str
    count: int
    where: str


class MapView(msgspec.Struct, frozen=True, kw_only=True):
    """spots, or countries where the field is an address. without: how many records have no place."""

    object: Object
    field: Field
    spots: tuple[Spot, ...] = ()
    countries: tuple[CountryCount, ...] = ()
    without: int = 0
    is_complete: bool = True


def place_field(work: Workspace, one: Object) -> Field | None:
    """What places records of this object: the first point, else the first address, that this person may read."""
    fields = [field for field in one.fields if work.actor.readable(one, field) and not field.hidden]
    points = (field for field in fields if isinstance(field, GeoPoint))
    return next(points, None) or next((field for field in fields if isinstance(field, Address)), None)


async def map_view(work: Workspace, one: Object, state: MapState) -> MapView:
    """The records that the filter leaves, with their places. NotFound for an object that has none."""
    field = place_field(work, one)
    if field is None:
        raise NotFound(
            _("%(title_plural)s have no place.") % {"title_plural": one.title_plural},
            code="no_map",
            hint=_("Open them as a list."),
        )
    parts = [parse(state.where)] if state.where else []
    parts += [state.fixed] if state.fixed is not None else []
    return await (_points if isinstance(field, GeoPoint) else _countries)(work, one, field, parts)


async def _points(work: Workspace, one: Object, field: Field, parts: list[Node]) -> MapView:
    empty = Call("empty", (Path((field.name,)),))
    title = (one.title_field,) if shows_title(work, one) else ()
    spots: list[Spot] = []
    after = ""
    while len(spots) < MOST:
        fields = ("id", *title, field.name)
        page = await work.query(Query(one.name, all_of([*parts, negate(empty)]), (), fields, MAX_LIMIT, after))
        spots.extend(
            Spot(
                title=text_of(one.all_fields[one.title_field], row.get(one.title_field)) or _("Untitled"),
                href=record_href(work.registry, one.name, row["id"]),
                lat=row[field.name].lat,
                lng=row[field.name].lng,
            )
            for row in page.values()
        )
        after = page.next
        if not after:
            break
    without = await work.count(one.name, all_of([*parts, empty]))
    return MapView(object=one, field=field, spots=tuple(spots), without=without, is_complete=not after)


async def _countries(work: Workspace, one: Object, field: Field, parts: list[Node]) -> MapView:
    path = f"{field.name}.country"
    where = all_of(parts) if parts else None
    found = await work.aggregate(Aggregate(one.name, group_by=(Group(path),), where=where, limit=300))
    counted = [
        CountryCount(country=row[path], count=row["count"], where=_in_country(field, row[path]))
        for row in found.rows
        if row[path]
    ]
    without = sum(row["count"] for row in found.rows if not row[path])
    return MapView(object=one, field=field, countries=tuple(counted), without=without, is_complete=found.complete)


def _in_country(field: Field, country: str) -> str:
    return to_text(Binary("=", Path((field.name, "country")), Literal(country)))
