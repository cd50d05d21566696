"""The logo: uploading it, taking it away, and serving it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.branding import MAX_BYTES, Branding, Logo, logo_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit, Web, redirect

_PLACE = "/settings/general"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the logo."""

    async def office(request: Visit) -> Branding:
        credentials = web.person(request)
        assert credentials.workspace is not None
        return Branding(web.door, await web.door.key_of(credentials.workspace), credentials.user)

    @post(f"{_PLACE}/logo")
    async def upload(request: Visit) -> Response[bytes]:
        part = (await request.form()).get("logo")
        data = await part.read(MAX_BYTES + 1) if isinstance(part, UploadFile) else b""
        await (await office(request)).set_logo(data)
        return redirect(f"{_PLACE}?done=saved", request)

    @post(f"{_PLACE}/logo/remove")
    async def remove(request: Visit) -> Response[bytes]:
        await (await office(request)).remove_logo()
        return redirect(f"{_PLACE}?done=deleted", request)

    @get("/logo")
    async def show(request: Visit) -> Response[bytes]:
        async def find(work: Workspace) -> Response[bytes]:
            logo = logo_of(work.context)
            if logo is None:
                raise NotFound(_("There is no logo."), code="unknown_definition")
            return _picture(logo, "private")

        return await web.within(request, find)

    @get("/logo/house")
    async def house() -> Response[bytes]:
        keys = await web.door.keys()
        logo = logo_of(await web.door.context(keys[0])) if len(keys) == 1 else None
        if logo is None:
            raise NotFound(_("There is no logo."), code="unknown_definition")
        return _picture(logo, "public")

    return [upload, remove, show, house]


def _picture(logo: Logo, seen_by: str) -> Response[bytes]:
    headers = {"cache-control": f"{seen_by}, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
    return Response(logo.data, media_type=logo.media_type, headers=headers)
