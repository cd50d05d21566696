"""Finding things: the command palette, the search page, and records to choose in a form."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.search.find import search
from relata.engine.ui.listing import shows_title, text_of
from relata.engine.ui.values import record_href
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.shell import navigable

CHOICES = 12
FOUND = 24


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something to go to or to do."""

    label: str
    href: str
    icon: str = ""
    note: str = ""
    post: str = ""
    shortcut: str = ""


class HitGroup(msgspec.Struct, frozen=True):
    """Hits of one kind."""

    label: str
    items: tuple[Hit, ...]


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
            groups = (*await _records(work, words), *_places(work, words))
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
            label=text_of(title, row.get(one.title_field)) or _("Untitled"),
            note=one.title if prefix else "",
        )
        for row in (await work.query(query)).values()
    )


async def _records(work: Workspace, words: str) -> tuple[HitGroup, ...]:
    """Records by the index, best first, grouped by object in the order of their best hit."""
    if len(words) < 2:
        return ()
    hits = await search(work.unit.connection, work.context.tables, work.actor, words, limit=FOUND)
    groups: dict[str, list[Hit]] = {}
    for found in hits:
        one = work.registry.get(found.object)
        note = found.text if found.text != found.title else ""
        href = record_href(work.registry, one.name, found.id)
        groups.setdefault(one.title_plural, []).append(
            Hit(label=found.title or _("Untitled"), href=href, icon=one.icon, note=note)
        )
    return tuple(HitGroup(label, tuple(items)) for label, items in groups.items())


def _places(work: Workspace, words: str) -> tuple[HitGroup, ...]:
    """Lists to go to and things to make whose name holds the words."""
    folded = words.casefold()
    objects = navigable(work)
    go = tuple(
        Hit(label=one.title_plural, href=f"/{one.path}", icon=one.icon)
        for one in objects if folded in one.title_plural.casefold()
    )  # fmt: skip
    make = tuple(
        Hit(label=_("New %(object)s") % {"object": one.noun}, href=f"/{one.path}/new", icon="plus")
        for one in objects if work.actor.rights.level(one, "create") and folded in f"new {one.title.casefold()}"
    )  # fmt: skip
    return tuple(group for group in (HitGroup(_("Go to"), go), HitGroup(_("Create"), make)) if group.items)
