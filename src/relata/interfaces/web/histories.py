"""The history of a record or of one of its fields, and the way back to an earlier value."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.ui.histories import Step, bring_back, entry_number, history_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect

STEPS = 30


class HistoryView(msgspec.Struct, frozen=True, kw_only=True):
    """Some steps of a history. label: the field's, "" for all of them. more: address of earlier ones. part: "" in a
    dialog, `tab` as a part of the page, `more` for what follows in either."""

    path: str
    label: str
    steps: tuple[Step, ...]
    more: str
    csrf: str
    part: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of histories."""

    @get("/{plural:str}/{key:str}/history")
    async def history(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        name, before = request.query_params.get("field", ""), request.query_params.get("before", "")

        async def show(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key), deleted=None)
            number = entry_number(before) if before else None
            view = await history_view(work, record, exchange(request).csrf_token(), name, number)
            return web.page(work, "web/history.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/history/{entry:str}/{name:str}")
    async def restore(
        request: Visit, plural: FromPath[str], key: FromPath[str], entry: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        async def change(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            await bring_back(work, record, entry_number(entry), name)
            return f"/{one.path}/{record.id}"

        return redirect(await web.within(request, change, read_only=False), request)

    return [history, restore]


async def history_view(
    work: Workspace, record: Record, csrf: str, name: str = "", before: int | None = None, part: str = ""
) -> HistoryView:
    """name: of one field only. before: an entry's number, for those that came earlier."""
    one = record.object
    field = one.field(name)
    if name and field is None:
        raise NotFound(f"There is no field {name[:60]}.", code="unknown_field")
    steps = await history_of(work, one, record, field=name, before=before, limit=STEPS)
    path = f"/{one.path}/{record.id}/history"
    further = f"{path}?before={steps[-1].id}" if len(steps) == STEPS else ""
    return HistoryView(
        path=path, label=field.title if field else "", steps=tuple(steps), csrf=csrf,
        more=f"{further}&field={name}" if further and name else further, part="more" if before else part,
    )  # fmt: skip
