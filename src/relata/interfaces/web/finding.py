"""Finding things: the command palette, the search page, and records to choose in a form."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.search.find import search
from relata.engine.search.hits import Hit as SearchHit
from relata.engine.search.recent import recent
from relata.engine.search.similar import similar
from relata.engine.ui import desk
from relata.engine.ui.listing import shows_title, text_of
from relata.engine.ui.values import record_href
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.commands import Hit, HitGroup, offers
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.shell import navigable

CHOICES = 12
FOUND = 24
KEPT = 8
#: Of one object in the palette, and of what is only a part of something else.
IN_PALETTE, PARTS = 7, 6


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The palette's answer, and with a shell the search page."""

    groups: tuple[HitGroup, ...]
    query: str
    shell: Shell | None = None


class Choices(msgspec.Struct, frozen=True):
    """What a link's input offers."""

    items: tuple[Option, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers that find."""

    @get("/palette")
    async def palette(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            words = request.query_params.get("q", "").strip()
            here = request.headers.get("hx-current-url", "")
            offered = await offers(work, words, here)
            found = await _records(work, words, IN_PALETTE) if words else await _kept(web, work, here)
            first = [group for group in offered if (group.is_meant if words else group.is_here)]
            groups = (*first, *found, *(group for group in offered if group not in first))
            return web.page(work, "web/palette.html", Found(groups=groups, query=words))

        return await web.within(request, show)

    @get("/search")
    async def search_page(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            words = request.query_params.get("q", "").strip()
            view = Found(groups=await _records(work, words), query=words, shell=web.shell(request, work))
            return web.page(work, "web/search.html", view)

        return await web.within(request, show)

    @get("/choose/{name:str}")
    async def choose(request: Visit, name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.readable_object(name)
            items = await _choices(work, one, request.query_params.get("q", ""), prefix="")
            return web.page(work, "web/choices.html", Choices(items))

        return await web.within(request, show)

    @get("/choose-any")
    async def choose_any(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            asked = [name for name in request.query_params.get("of", "").split(",") if name]
            items: list[Option] = []
            for one in navigable(work):
                if not asked or one.name in asked:
                    items.extend(await _choices(work, one, request.query_params.get("q", ""), prefix=f"{one.name}:"))
            return web.page(work, "web/choices.html", Choices(tuple(items[: CHOICES * 2])))

        return await web.within(request, show)

    @get("/choose-words")
    async def choose_words(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            word = request.query_params.get("q", "").strip()
            return web.page(work, "web/choices.html", Choices((Option(value=word, label=word),) if word else ()))

        return await web.within(request, show)

    return [palette, search_page, choose, choose_any, choose_words]


async def _choices(work: Workspace, one: Object, words: str, *, prefix: str) -> tuple[Option, ...]:
    title = one.all_fields[one.title_field]
    order = parse_order(one.title_field if work.actor.readable(one, title) else "-created_at")
    fields = ("id", one.title_field) if shows_title(work, one) else ("id",)
    query = Query(one.name, search_condition(work, one, words), order, fields, CHOICES)
    return tuple(
        Option(
            value=f"{prefix}{row['id']}",
            label=text_of(title, row.get(one.title_field)) or "Untitled",
            note=one.title if prefix else "",
        )
        for row in (await work.query(query)).values()
    )


async def _records(work: Workspace, words: str, most: int = FOUND) -> tuple[HitGroup, ...]:
    """Records by the index, best first, grouped by object in the order of their best hit, parts of others (lines,
    prices) last; where nothing has what was typed, those that nearly have it. most: of one object."""
    if len(words) < 2:
        return ()
    connection, ground = work.unit.connection, work.context.ground
    main = [one.name for one in navigable(work)]
    found = await search(connection, ground, work.actor, words, objects=main, limit=FOUND)
    if len(found) < FOUND // 2:
        rest = [name for name in _searched(work) if name not in main]
        found += await search(connection, ground, work.actor, words, objects=rest, limit=PARTS)
    if found:
        return _by_object(work, found, most)
    alike = await similar(connection, ground, work.actor, words)
    return (HitGroup(_("Did you mean"), tuple(_hit(work, hit, with_kind=True) for hit in alike)),) if alike else ()


def _searched(work: Workspace) -> list[str]:
    """Nobody looks for their own desk."""
    return [one.name for one in work.registry.objects.values() if not one.personal]


def _by_object(work: Workspace, found: Iterable[SearchHit], most: int) -> tuple[HitGroup, ...]:
    groups: dict[str, list[Hit]] = {}
    for hit in found:
        groups.setdefault(work.registry.get(hit.object).title_plural, []).append(_hit(work, hit))
    return tuple(HitGroup(label, tuple(items[:most])) for label, items in groups.items())


def _hit(work: Workspace, found: SearchHit, *, with_kind: bool = False) -> Hit:
    one = work.registry.get(found.object)
    note = one.title if with_kind else found.text if found.text != found.title else ""
    href = record_href(work.registry, one.name, found.id)
    return Hit(label=found.title or _("Untitled"), href=href, icon=one.icon, note=note)


async def _kept(web: Web, work: Workspace, here: str) -> tuple[HitGroup, ...]:
    """Before anything is typed: what the person opened last, and what they keep at hand."""
    connection, tables = work.unit.connection, work.context.tables
    opened = await recent(connection, tables, work.actor, limit=KEPT, opened=web.openings.opened)
    starred = (await desk.desk(work)).favourites[:KEPT]
    others = [hit for hit in opened if str(hit.id) not in here]
    known = {hit.id for hit in others}
    groups = ((_("Recently opened"), others), (_("Favourites"), [hit for hit in starred if hit.id not in known]))
    return tuple(
        HitGroup(label, tuple(_hit(work, hit, with_kind=True) for hit in hits)) for label, hits in groups if hits
    )
