"""The gallery of any object: a card per record, with its picture or initials."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.ui.gallery import GalleryCard, GalleryState, gallery
from relata.engine.ui.making import may_make
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.html.initials import colour_of, initials
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.asked import FilterBar, asked, filter_bar, switches
from relata.interfaces.web.board_cards import CardWriter
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.view_bar import Switch


class Fact(msgspec.Struct, frozen=True):
    """A field's label and value; colour: of a choice, -1 for plain text."""

    label: str
    value: str
    colour: int = -1


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A card of the gallery."""

    id: str
    title: str
    href: str
    image: str
    initials: str
    colour: int
    facts: tuple[Fact, ...]


class GalleryPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a gallery."""

    shell: Shell
    title: str
    icon: str
    path: str
    cards: tuple[Picture, ...]
    is_person: bool
    views: tuple[Switch, ...]
    bar: FilterBar
    previous: str
    next: str
    clear: str
    can_create: bool
    teaches: str
    example: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of galleries."""

    @get("/{plural:str}/gallery")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            return web.page(work, "web/gallery.html", await _page(web, request, work, one))

        return await web.within(request, show)

    return [page]


async def _page(web: Web, request: Visit, work: Workspace, one: Object) -> GalleryPage:
    now, error = await asked(work, request, one, "gallery"), ""
    after = request.query_params.get("after", "")
    try:
        state = GalleryState(now.where, now.order, after, search_condition(work, one, now.words))
        found = await gallery(work, one, state)
    except Invalid as refused:
        error = f"{refused.message} {refused.hint or ''}".strip()
        found = await gallery(work, one, GalleryState())
    writer = CardWriter(formatter(work), work.clock.today)
    return GalleryPage(
        shell=web.shell(request, work, one.path),
        title=one.title_plural,
        icon=one.icon,
        path=f"/{one.path}",
        cards=tuple(_picture(writer, card, found.labels) for card in found.cards),
        is_person=found.is_person,
        views=switches(work, one, now),
        bar=await filter_bar(work, one, now, error),
        previous=now.address(one, after=found.previous) if found.previous else "",
        next=now.address(one, after=found.next) if found.next else "",
        clear=now.address(one, where="", q=""),
        can_create=may_make(work, one),
        teaches=one.advice,
        example=one.instance,
    )


def _picture(writer: CardWriter, card: GalleryCard, labels: tuple[str, ...]) -> Picture:
    row = card.row
    facts = []
    for label, cell in zip(labels, row.cells, strict=True):
        text = writer.text(cell.kind, cell.value) if cell.value not in (None, "", ()) else ""
        if text:
            facts.append(Fact(label, text, cell.value.colour if cell.kind == "choice" else -1))
    return Picture(
        id=row.id, title=row.title, href=row.href, image=f"/files/{card.picture}" if card.picture else "",
        initials=initials(row.title), colour=colour_of(row.id), facts=tuple(facts),
    )  # fmt: skip
