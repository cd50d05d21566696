"""Signed requests from outside that start flows. They come without a session; their signature says who they are."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import hooks
from relata.engine.automation.webhooks import signing
from relata.engine.identity import limits
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.ground import Visit, Web, exchange


class Started(msgspec.Struct, frozen=True):
    """The answer. run: what it started; the same for the same webhook-id."""

    run: UUID


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these addresses."""

    @post(f"{hooks.PLACE}/{{name:str}}", status_code=202)
    async def arrive(request: Visit, name: FromPath[str]) -> Response[bytes]:
        workspace, hook = hooks.places(name)
        async with web.database.read() as connection:
            limited = [(limits.HOOK_FROM_ADDRESS, exchange(request).peer.ip)]
            counted = await limits.attempt(connection, limited)
            await limits.attempt(connection, [(limits.HOOK_OF_FLOW, name)])
        headers = {one: request.headers.get(one, "") for one in (signing.ID, signing.TIMESTAMP, signing.SIGNATURE)}
        body = await request.body()

        async def act(work: Workspace) -> UUID:
            return await hooks.arrive(work, web.queue, web.sealer, hook, headers, body)

        run = await web.door.run(await web.door.key_of(workspace), None, act, via="automation")
        async with web.database.read() as connection:  # only what was refused counts against an address
            await limits.take_back(connection, counted)
        return Response(msgspec.json.encode(Started(run)), media_type="application/json", status_code=202)

    return [arrive]
