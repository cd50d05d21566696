"""The map of any object with a point or an address; it asks no other host for anything."""

from __future__ import annotations

import msgspec
from babel import Locale
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.ui.making import may_make
from relata.engine.ui.places import MapState, Spot, map_view
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.asked import Asked, FilterBar, asked, filter_bar, switches
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.view_bar import Switch


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one country. english: the name under which the outline knows it."""

    name: str
    english: str
    count: int
    shown: str
    href: str


class MapPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a map: spots, or countries where the field is an address."""

    shell: Shell
    title: str
    icon: str
    path: str
    field: str
    spots: tuple[Spot, ...]
    countries: tuple[Country, ...]
    without: int
    is_complete: bool
    views: tuple[Switch, ...]
    bar: FilterBar
    can_create: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of maps."""

    @get("/{plural:str}/map")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            return web.page(work, "web/map.html", await _page(web, request, work, one))

        return await web.within(request, show)

    return [page]


async def _page(web: Web, request: Visit, work: Workspace, one: Object) -> MapPage:
    now, error = await asked(work, request, one, "map"), ""
    try:
        found = await map_view(work, one, MapState(now.where, search_condition(work, one, now.words)))
    except Invalid as refused:
        error = f"{refused.message} {refused.hint or ''}".strip()
        found = await map_view(work, one, MapState())
    form = formatter(work)
    own, english = form.locale, Locale("en")
    countries = []
    for item in found.countries:
        code = item.country.upper()
        where = f"({now.where}) and {item.where}" if now.where else item.where
        countries.append(
            Country(
                name=own.territories.get(code, item.country),
                english=english.territories.get(code, item.country),
                count=item.count,
                shown=form.number(item.count),
                href=Asked("", where, "", now.words).address(one),
            )
        )
    return MapPage(
        shell=web.shell(request, work, one.path),
        title=one.title_plural,
        icon=one.icon,
        path=f"/{one.path}",
        field=found.field.title,
        spots=found.spots,
        countries=tuple(countries),
        without=found.without,
        is_complete=found.is_complete,
        views=switches(work, one, now),
        bar=await filter_bar(work, one, now, error),
        can_create=may_make(work, one),
    )
