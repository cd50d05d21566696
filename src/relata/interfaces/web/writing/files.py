"""Files that go along with a mail."""

from __future__ import annotations

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.files.attachments import receive
from relata.engine.messaging.mail.outgoing import drafts
from relata.engine.messaging.mail.outgoing.mime import MAX_FILES_BYTES
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.workspace import attached
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.files import pieces
from relata.interfaces.web.ground import Visit, Web, exchange, record_id
from relata.interfaces.web.writing.form import PLACE, files_of


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of a draft's files."""

    async def listed(request: Visit, key: str, error: str = "") -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await files_of(work, record_id(key), exchange(request).csrf_token(), error)
            return web.page(work, "web/writing/files.html", view)

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/files", status_code=200)
    async def upload(request: Visit, key: FromPath[str]) -> Response[bytes]:
        given = [
            part for part in (await request.form()).getall("file", []) if isinstance(part, UploadFile) and part.filename
        ]
        if not given:
            return await listed(request, key, _("Choose a file."))

        async def schema_of(work: Workspace) -> str:
            return work.context.schema

        schema = await web.within(request, schema_of)
        received = [await receive(web.files, schema, part.filename, pieces(part)) for part in given]

        async def add(work: Workspace) -> None:
            try:
                mail = await work.get(WRITTEN, record_id(key))
            except NotFound:
                mail = await drafts.save(work, record_id(key), {})
            if mail["state"] != "draft":
                raise Conflict(_("This mail is on its way, or has left."), code="not_a_draft")
            there = sum(one.size for one in await attached.files_of(work, mail))
            if there + sum(one.size for one in received) > MAX_FILES_BYTES:
                most = MAX_FILES_BYTES // 1_000_000
                message = _("All files of a mail together may have %(most)s MB.") % {"most": most}
                raise Invalid(message, code="too_large", hint=_("Share a link instead."))
            for one in received:
                await attached.add_file(work, mail, one)

        try:
            await web.within(request, add, read_only=False)
        except (Invalid, Conflict, Denied) as error:
            return await listed(request, key, f"{error.message} {error.hint or ''}".strip())
        return await listed(request, key)

    @post(f"{PLACE}/{{key:str}}/files/{{file:str}}/remove", status_code=200)
    async def remove(request: Visit, key: FromPath[str], file: FromPath[str]) -> Response[bytes]:
        async def drop(work: Workspace) -> None:
            mail = await work.get(WRITTEN, record_id(key))
            if any(one.id == record_id(file) for one in await attached.files_of(work, mail)):
                await attached.remove_file(work, web.queue, record_id(file))

        await web.within(request, drop, read_only=False)
        return await listed(request, key)

    return [upload, remove]
