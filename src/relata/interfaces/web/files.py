"""Files of a record: dropped onto its page, opened from it, removed again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from relata.engine.files.attachments import Attachment, receive
from relata.engine.files.media_types import SAFE_IMAGES
from relata.engine.files.ranges import bytes_of, part_of
from relata.engine.files.serving import headers_of
from relata.engine.workspace import attached
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect

_PIECE = 256 * 1024


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """One file as the record's page lists it. is_picture: of a kind that is safe to show in place."""

    id: str
    name: str
    size: int
    href: str
    remove: str
    is_picture: bool
    when: datetime


class FilesView(msgspec.Struct, frozen=True, kw_only=True):
    """The list of a record's files, after some were added."""

    files: tuple[FileView, ...]
    upload: str
    csrf: str


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
        received = [await receive(web.files, schema, part.filename, pieces(part)) for part in given]

        async def add(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            for one_file in received:
                await attached.add_file(work, record, one_file)

        await web.within(request, add, read_only=False)
        if not request.headers.get("hx-request"):
            return redirect(f"/{plural}/{key}?tab=files")

        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            view = FilesView(
                files=await views_of(work, record), upload=f"/files/{one.path}/{record.id}",
                csrf=exchange(request).csrf_token(),
            )  # fmt: skip
            return web.page(work, "web/files.html", view)

        return await web.within(request, show)

    @get("/files/{key:str}")
    async def download(request: Visit, key: FromPath[str]) -> Stream | Redirect:
        if web.files_origin:
            link = await web.within(request, lambda work: attached.link_to(work, record_id(key)))
            return Redirect(web.files_origin + link.path, status_code=302, headers={"Cache-Control": "no-store"})

        async def find(work: Workspace) -> tuple[str, Attachment]:
            return work.context.schema, await attached.find_file(work, record_id(key))

        schema, file = await web.within(request, find)
        return streamed(web, request, schema, file.id, headers_of(file))

    @post("/files/{key:str}/remove")
    async def remove(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def drop(work: Workspace) -> str:
            file = await attached.find_file(work, record_id(key))
            await attached.remove_file(work, web.queue, file.id)
            one = work.registry.get(file.object) if file.object else None
            return f"/{one.path}/{file.record}?tab=files" if one else "/"

        return redirect(await web.within(request, drop, read_only=False), request)

    return [upload, download, remove]


async def views_of(work: Workspace, record: Record) -> tuple[FileView, ...]:
    """The record's files for its page."""
    return tuple(
        FileView(
            id=str(file.id),
            name=file.name,
            size=file.size,
            href=f"/files/{file.id}",
            when=file.created_at,
            remove=f"/files/{file.id}/remove",
            is_picture=file.media_type in SAFE_IMAGES,
        )
        for file in await attached.files_of(work, record)
    )


def streamed(web: Web, request: Visit, schema: str, file: UUID, headers: Mapping[str, str]) -> Stream:
    """A file as an answer, or the part of it that was asked for. headers: of all of it."""
    part = part_of(headers, request.headers.get("range"), request.headers.get("if-range"))
    return Stream(
        bytes_of(web.files, schema, file, part), headers=part.headers, status_code=part.status,
        media_type=headers["Content-Type"],
    )  # fmt: skip


async def _context_schema(work: Workspace) -> str:
    return work.context.schema


async def pieces(part: UploadFile) -> AsyncIterator[bytes]:
    """What was uploaded, bit by bit."""
    while piece := await part.read(_PIECE):
        yield piece
