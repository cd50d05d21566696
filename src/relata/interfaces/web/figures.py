"""The figures at the feet of a list's columns, after the page is there; and its neighbours for next and previous."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.query.scope import FieldScope
from relata.engine.ui import listing as lists
from relata.engine.ui.columns import find
from relata.engine.ui.feet import Figure, feet
from relata.engine.ui.listing import label_of
from relata.engine.ui.values import is_end_aligned, kind_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.columns import foot_words
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.looks import Shown, has_boxes, shown_by


class FootCell(msgspec.Struct, frozen=True, kw_only=True):
    """Under one column. label: "" where nothing was asked. column: what the column is called, for phones, where it
    stands under none."""

    label: str = ""
    column: str = ""
    align: str = "start"
    figure: Figure | None = None


class FootView(msgspec.Struct, frozen=True):
    """One cell for each column, the title's first. selectable: whether check boxes stand before them."""

    cells: tuple[FootCell, ...]
    selectable: bool


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a page of a list, and where the pages beside it are asked for; "" at the ends."""

    ids: tuple[str, ...]
    next: str
    previous: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of what follows a list."""

    @get("/{plural:str}/foot")
    async def foot(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            return web.page(work, "web/foot.html", FootView(await _cells(work, shown), has_boxes(request)))

        return await web.within(request, show)

    @get("/{plural:str}/steps")
    async def steps(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def find_steps(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            fixed = search_condition(work, shown.object, shown.words)
            found = await lists.listing(
                work, shown.object, shown.state, fixed=fixed, columns=(shown.object.title_field,)
            )
            body = Steps(
                ids=tuple(row.id for row in found.rows),
                next=shown.href("/steps", after=found.next) if found.next else "",
                previous=shown.href("/steps", after=found.previous) if found.previous else "",
            )
            return Response(msgspec.json.encode(body), media_type="application/json")

        return await web.within(request, find_steps)

    return [foot, steps]


async def _cells(work: Workspace, shown: Shown) -> tuple[FootCell, ...]:
    one, title = shown.object, shown.object.title_field
    fixed = search_condition(work, one, shown.words)
    figures = {figure.path: figure for figure in await feet(work, one, shown.state, shown.look.columns, fixed)}
    scope = FieldScope(work.registry, one, work.actor)
    paths = shown.paths or work.layout(one.name).columns
    visible = [path for path in paths if path != title and find(scope, tuple(path.split(".")))]
    return tuple(_cell(scope, path, figures.get(path)) for path in (title, *visible))


def _cell(scope: FieldScope, path: str, figure: Figure | None) -> FootCell:
    found = find(scope, tuple(path.split(".")))
    if figure is None or found is None:
        return FootCell()
    kind = kind_of(found.field, str(found.type.kind)) if found.field and not found.part else "text"
    return FootCell(
        label=foot_words()[figure.function], align="end" if is_end_aligned(kind) else "start", figure=figure,
        column=label_of(found),
    )  # fmt: skip
