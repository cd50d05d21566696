"""Calendars that other programs read: by a secret address, which is revoked like any key and opens nothing else."""

from __future__ import annotations

from dataclasses import replace

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.calendars.feeds import SCOPE, feed
from relata.engine.identity import limits
from relata.engine.identity.resolver import Resolver
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.http import admission
from relata.interfaces.web.ground import Visit, Web, exchange

#: Before the key and the object's plural name.
PLACE = "/calendar-feed"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The one handler."""

    @get(f"{PLACE}/{{key:str}}/{{name:str}}")
    async def show(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        ip = exchange(request).visitor.ip
        async with web.database.read() as connection:
            counted = await limits.attempt(connection, [(limits.TOKEN_FROM_ADDRESS, ip)])
        found = await Resolver(web.database).key(key)
        if found is None or SCOPE not in found.scopes or found.workspace is None:
            raise NotFound(_("There is no such calendar."), code="no_calendar", hint=_("Its address may be revoked."))
        async with web.database.read() as connection:
            await limits.take_back(connection, counted)
        admission.check(found, ip, request.scope["path"])
        plural = name.removesuffix(".ics")
        caller = Caller(replace(found, scopes=(f"{plural}:read",)))

        async def write(work: Workspace) -> bytes:
            return await feed(work, work.registry.by_path(plural).name)

        text = await web.door.run(await web.door.key_of(found.workspace), caller, write, via="link", read_only=True)
        headers = {
            "content-disposition": f'inline; filename="{plural}.ics"',
            "cache-control": "private, no-store",
            "referrer-policy": "no-referrer",
        }
        return Response(text, media_type="text/calendar", headers=headers)

    return [show]
