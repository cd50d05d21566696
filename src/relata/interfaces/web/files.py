"""Files of a record: dropped onto its page, opened from it, removed again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.files.attachments import Attachment, receive
from relata.engine.files.serving import headers_of
from relata.engine.workspace import attached
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.web.ground import Visit, Web, record_id, redirect

_PIECE = 256 * 1024


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """One file as the record's page lists it."""

    id: str
    name: str
    size: int
    href: str
    remove: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of files."""

    @post("/files/{plural:str}/{key:str}")
    async def upload(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        given = [
            part for part in (await request.form()).getall("file", []) if isinstance(part, UploadFile) and part.filename
        ]
        if not given:
            raise Invalid("No file was sent.", code="required", field="file", hint="Choose a file.")
        schema = await web.within(request, _context_schema)
        received = [await receive(web.files, schema, part.filename, _pieces(part)) for part in given]

        async def add(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            for one_file in received:
                await attached.add_file(work, record, one_file)

        await web.within(request, add, read_only=False)
        return redirect(f"/{plural}/{key}", request)

    @get("/files/{key:str}")
    async def download(request: Visit, key: FromPath[str]) -> Stream:
        async def find(work: Workspace) -> tuple[str, Attachment]:
            return work.context.schema, await attached.find_file(work, record_id(key))

        schema, file = await web.within(request, find)
        return Stream(web.files.read(schema, file.id), headers=headers_of(file), media_type=file.media_type)

    @post("/files/{key:str}/remove")
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def drop(work: Workspace) -> str:
            file = await attached.find_file(work, record_id(key))
            await attached.remove_file(work, web.queue, file.id)
            one = work.registry.get(file.object) if file.object else None
            return f"/{one.path}/{file.record}" if one else "/"

        return redirect(await web.within(request, drop, read_only=False), request)

    return [upload, download, remove]


async def views_of(work: Workspace, record: Record) -> tuple[FileView, ...]:
    """The record's files for its page."""
    return tuple(
        FileView(
            id=str(file.id), name=file.name, size=file.size, href=f"/files/{file.id}", remove=f"/files/{file.id}/remove"
        )
        for file in await attached.files_of(work, record)
    )


async def _context_schema(work: Workspace) -> str:
    return work.context.schema


async def _pieces(part: UploadFile) -> AsyncIterator[bytes]:
    while piece := await part.read(_PIECE):
        yield piece
