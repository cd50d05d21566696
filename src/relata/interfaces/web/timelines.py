"""The timeline as one scrolls and narrows it, the box above it, and new rows of related lists."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.ui.related import one_related, related_lists
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.interfaces.web.composing import Composer, add, composer_of
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.record_views import RelatedView, related_view
from relata.interfaces.web.timeline_views import TimelineView, timeline_view


class ActivityView(msgspec.Struct, frozen=True, kw_only=True):
    """The box, and below it the timeline where it has changed. added: what was just written down."""

    composer: Composer | None
    timeline: TimelineView | None = None
    added: str = ""


class OneRelatedView(msgspec.Struct, frozen=True, kw_only=True):
    """A related list after something was added to it."""

    list: RelatedView


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of timelines and of what is added to a record."""

    @get("/{plural:str}/{key:str}/timeline")
    async def follow_on(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key), deleted=None)
            view = await timeline_view(work, record, dict(request.query_params))
            return web.page(work, "web/timeline.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/{key:str}/add/{kind:str}")
    async def box(request: Visit, plural: FromPath[str], key: FromPath[str], kind: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            view = ActivityView(composer=await composer_of(work, record, exchange(request).csrf_token(), kind))
            return web.page(work, "web/composer.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/add/{kind:str}")
    async def write(request: Visit, plural: FromPath[str], key: FromPath[str], kind: FromPath[str]) -> Response[bytes]:
        form, csrf = await posted(request), exchange(request).csrf_token()

        async def save(work: Workspace) -> tuple[str, str]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            made = await add(work, record, kind, form)
            return f"/{one.path}/{record.id}", made.object.title

        try:
            target, added = await web.within(request, save, read_only=False)
        except (Invalid, Conflict) as refused:
            return await _box_again(web, request, plural, record_id(key), kind, form, refused)
        if not request.headers.get("hx-request"):
            return redirect(target)

        async def show(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            view = ActivityView(
                composer=await composer_of(work, record, csrf),
                timeline=await timeline_view(work, record, {}),
                added=added,
            )
            return web.page(work, "web/composer.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/related/{name:str}")
    async def add_row(
        request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        form = await posted(request)
        typed = (form.get("title") or [""])[-1].strip()

        async def save(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            relation = next((found for found in related_lists(work, one) if found.name == name), None)
            if relation is None:
                raise NotFound("There is no such list here.", code="unknown_list")
            found = await one_related(work, one, record, relation)
            if not found.quick:
                raise Invalid("More than a title is needed here.", code="required", hint="Open the whole form.")
            child = found.listing.object
            given = child.all_fields[found.link].parse(_given(found.given), work.context.parsing)
            await work.create(child.name, {child.title_field: typed, found.link: given})
            return f"/{one.path}/{record.id}?tab=related"

        error = ""
        try:
            target = await web.within(request, save, read_only=False)
            if not request.headers.get("hx-request"):
                return redirect(target)
        except (Invalid, Conflict) as refused:
            error = f"{refused.message} {refused.hint or ''}".strip()

        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            relation = next(found for found in related_lists(work, one) if found.name == name)
            found = await one_related(work, one, record, relation)
            view = related_view(
                found, record.id, f"/{one.path}/{record.id}", exchange(request).csrf_token(), error=error,
                typed=typed if error else "",
            )  # fmt: skip
            return web.page(work, "web/related.html", OneRelatedView(list=view), status=422 if error else 200)

        return await web.within(request, show)

    return [follow_on, box, write, add_row]


def _given(text: str) -> object:
    """What a link takes: an id, or an object's name and an id."""
    name, colon, key = text.partition(":")
    return {"object": name, "id": key} if colon else text


async def _box_again(
    web: Web, request: Visit, plural: str, key: UUID, kind: str, form: Mapping[str, list[str]],
    refused: Invalid | Conflict,
) -> Response[bytes]:  # fmt: skip
    async def show(work: Workspace) -> Response[bytes]:
        record = await work.get(work.registry.by_path(plural).name, key)
        csrf = exchange(request).csrf_token()
        view = ActivityView(composer=await composer_of(work, record, csrf, kind, form, refused))
        return web.page(work, "web/composer.html", view, status=422)

    return await web.within(request, show)
