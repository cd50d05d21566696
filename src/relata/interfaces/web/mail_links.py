"""The addresses in mails: unsubscribing (by a press of the button, or by the mail program itself after RFC 8058), the
picture that notes that a mail was opened, and links that lead on."""

from __future__ import annotations

import base64
import contextlib

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.outgoing.tracking import CLICKED_AT, OPENED_AT, STOP_AT
from relata.foundation.errors import Expired, NotFound
from relata.interfaces.web.account import PublicView
from relata.interfaces.web.brand import branded
from relata.interfaces.web.ground import MailLinks, Visit, Web, exchange

#: One transparent point.
_POINT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PICTURE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers. None of them needs a session; what one may do is in the address."""

    def links() -> MailLinks:
        if web.mail_links is None:
            raise NotFound("There is nothing at this address.", code="no_such_address")
        return web.mail_links

    @get(f"{STOP_AT}/{{token:str}}")
    async def ask(request: Visit, token: FromPath[str]) -> Response[bytes]:
        links().check_stop(token)
        return await branded(web, "web/unsubscribe.html", _view(request, token))

    @post(f"{STOP_AT}/{{token:str}}", status_code=200)
    async def stop(request: Visit, token: FromPath[str]) -> Response[bytes]:
        await links().stop(token)
        return await branded(web, "web/unsubscribe.html", _view(request, token, message="done"))

    @get(f"{OPENED_AT}/{{token:str}}")
    async def opened(token: FromPath[str]) -> Response[bytes]:
        with contextlib.suppress(Expired, NotFound):  # whoever asks learns nothing
            await links().opened(token)
        return Response(_POINT, media_type="image/gif", headers=_PICTURE)

    @get(f"{CLICKED_AT}/{{token:str}}")
    async def clicked(request: Visit, token: FromPath[str]) -> Response[bytes]:
        target = request.query_params.get("to", "")
        await links().clicked(token, target)
        headers = {"location": target, "cache-control": "no-store", "referrer-policy": "no-referrer"}
        return Response(b"", status_code=303, headers=headers)

    return [ask, stop, opened, clicked]


def _view(request: Visit, token: str, message: str = "") -> PublicView:
    return PublicView(title="", token=token, message=message, csrf=exchange(request).csrf_token())
