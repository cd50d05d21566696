"""A record's page, what can be done with the record, and the side panel that peeks at it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows.pressing import buttons, press
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _
from relata.interfaces.web import conversations
from relata.interfaces.web.actions import action_form, perform
from relata.interfaces.web.bulk_flows import starting
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.own_pages import own_page
from relata.interfaces.web.record_views import record_view

#: Objects whose records have a page of another kind, with the address that it lies below.
OWN_PAGES = {"written_emails": "/write", "mailings": "/write/mailing"}


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of single records."""

    @get("/{plural:str}/{key:str}")
    async def page(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        if plural in OWN_PAGES and not request.query_params:
            return redirect(f"{OWN_PAGES[plural]}/{record_id(key)}")

        async def show(work: Workspace) -> Response[bytes]:
            if not request.query_params and (target := await conversations.instead(work, plural, record_id(key))):
                return redirect(target)
            view = await record_view(web, request, work, plural, record_id(key))
            if (view.record.deleted or view.record.id != str(record_id(key))) and (
                now := await work.became(view.record.object.name, record_id(key))
            ):  # an old address goes where its record went
                return redirect(f"/{plural}/{now}")
            if place := own_page(view.record.object, record_id(key), deleted=view.record.deleted):
                return redirect(place)
            if not view.record.deleted:
                web.openings.note(work, web.database, view.record.object.name, record_id(key))
            return web.page(work, "web/record.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/{key:str}/peek")
    async def peek(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await record_view(web, request, work, plural, record_id(key), peek=True)
            return web.page(work, "web/peek.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/{key:str}/card")
    async def card(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await record_view(web, request, work, plural, record_id(key), peek=True)
            return web.page(work, "web/card.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/delete")
    async def delete(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await work.delete((one.name, record_id(key)))
            return f"/{one.path}?undo={record_id(key)}"

        return redirect(await web.within(request, remove, read_only=False), request)

    @post("/{plural:str}/{key:str}/restore")
    async def restore(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def bring_back(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await work.restore((one.name, record_id(key)))
            return f"/{one.path}/{record_id(key)}"

        return redirect(await web.within(request, bring_back, read_only=False), request)

    @get("/{plural:str}/{key:str}/actions/{name:str}")
    async def ask(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            given = {one: list(request.query_params.getall(one)) for one in request.query_params}
            view = await action_form(web, request, work, plural, record_id(key), name, given)
            return web.page(work, "web/action.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/actions/{name:str}")
    async def act(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        return await perform(web, request, plural, record_id(key), name, await posted(request))

    @post("/{plural:str}/{key:str}/flows/{flow:str}")
    async def start_flow(
        request: Visit, plural: FromPath[str], key: FromPath[str], flow: FromPath[str]
    ) -> Response[bytes]:
        async def start(work: Workspace) -> str | Response[bytes]:
            one = work.registry.by_path(plural)
            if any(found.flow == record_id(flow) and found.inputs for found in await buttons(work, one.name)):
                return await starting(web, request, work, one, [record_id(key)], chosen=record_id(flow))
            if not await press(work, web.queue, record_id(flow), [record_id(key)]):
                message = _("The flow does not start on this record: its condition does not hold.")
                raise Conflict(message, code="flow_condition")
            return f"/{one.path}/{record_id(key)}"

        found = await web.within(request, start, read_only=False)
        return redirect(found, request) if isinstance(found, str) else found

    return [page, peek, card, delete, restore, ask, act, start_flow]
