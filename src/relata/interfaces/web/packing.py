"""Records with what belongs to them as a ZIP: chosen rows of a list, or all that is kept of one person."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.formula import Binary, Literal, any_of, parse
from relata.engine.formula import Path as FieldPath
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.transfer.packing import packed
from relata.engine.ui.listing import ListState, total
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.bulk_bar import chosen_order
from relata.interfaces.web.exporting import large_export
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id


def may_pack(work: Workspace, one: Object) -> bool:
    """Whether a record's page offers all that is kept of it: for those who may export, where fields are personal."""
    is_personal = any(field.sensitivity == "personal" for field in one.fields)
    return is_personal and work.actor.rights.permits("export_records")


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of both."""

    @post("/{plural:str}/bulk/pack", status_code=200)
    async def chosen(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
        form = await posted(request)

        async def read(work: Workspace) -> Query:
            one = work.registry.by_path(plural)
            order = chosen_order(work, one, form, "change")
            ids = any_of(Binary("=", FieldPath(("id",)), Literal(str(key))) for key in order.ids) if order.ids else None
            return Query(one.name, parse(order.where) if order.where else ids)

        async def count(work: Workspace) -> int:
            if not work.actor.rights.permits("export_records"):
                return 0  # refused below
            query = await read(work)
            return await total(work, work.readable_object(query.object), ListState(), query.where)

        if asked := await large_export(web, request, form, lambda: web.within(request, count)):
            return asked
        return await _packed(web, request, await web.within(request, read), plural, history=False)

    @get("/{plural:str}/{key:str}/data.zip")
    async def everything(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Stream | Response[bytes]:
        async def read(work: Workspace) -> Query:
            one = work.registry.by_path(plural)
            await work.get(one.name, record_id(key))
            return Query(one.name, Binary("=", FieldPath(("id",)), Literal(str(record_id(key)))))

        return await _packed(web, request, await web.within(request, read), f"{plural}-{key[:8]}", history=True)

    return [chosen, everything]


async def _packed(web: Web, request: Visit, query: Query, name: str, *, history: bool) -> Stream:
    credentials = web.person(request)
    assert credentials.workspace is not None
    key = await web.door.key_of(credentials.workspace)
    pieces = await packed(web.door, key, credentials.user, web.files, query, history=history)
    headers = {"content-disposition": f'attachment; filename="{name}.zip"'}
    return Stream(pieces, media_type="application/zip", headers=headers)
