"""Files by a signed link, without a session: on an origin of their own where the installation has one."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.files import attachments, links
from relata.engine.files.serving import headers_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.web.files import streamed
from relata.interfaces.web.ground import Visit, Web


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The one handler."""

    @get(f"{links.PLACE}{{workspace:str}}/{{key:str}}/{{token:str}}")
    async def linked(request: Visit, workspace: FromPath[str], key: FromPath[str], token: FromPath[str]) -> Stream:
        file = parse_id(key)
        if file is None or workspace not in await web.door.keys():
            raise NotFound("There is no such file.", code="file_not_found")

        async def find(work: Workspace) -> tuple[str, attachments.Attachment, bool]:
            inline = links.check(work.context.keys, workspace, file, token, work.clock.now)
            found = await attachments.get_file(work.unit.connection, work.context.schema, file)
            return work.context.schema, found, inline

        schema, found, inline = await web.door.run(workspace, None, find, via="link", read_only=True)
        headers = headers_of(found, inline=inline) | {
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "cross-origin",  # the signature is what protects it
        }
        return streamed(web, request, schema, found.id, headers)

    return [linked]
