"""A mail is sent off, called back, or thrown away."""

from __future__ import annotations

import json

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.outgoing import drafts
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import HTML, Visit, Web, record_id, redirect
from relata.interfaces.web.writing.form import PLACE, moment_of, read, view_of


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of sending."""

    @post(f"{PLACE}/{{key:str}}/send", status_code=200)
    async def send(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        later = "later" in form
        typed = (form.get("send_at") or [""])[-1]

        async def go(work: Workspace) -> Record:
            await drafts.save(work, record_id(key), read(form))
            at = moment_of(work, typed) if later else None
            return await drafts.send(work, web.queue, record_id(key), at=at)

        try:
            mail = await web.within(request, go, read_only=False)
        except (Invalid, Conflict) as error:
            refused = error
        else:
            return _sent_off(request, mail)

        async def again(work: Workspace) -> Response[bytes]:
            view = await view_of(web, request, work, record_id(key), read(form), error=refused, send_at=typed)
            name = "web/writing/form.html" if view.is_dialog else "web/writing/page.html"
            return web.page(work, name, view, status=422)

        return await web.within(request, again)

    @post(f"{PLACE}/{{key:str}}/undo", status_code=200)
    async def undo(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def back(work: Workspace) -> None:
            await drafts.call_back(work, record_id(key))

        await web.within(request, back, read_only=False)
        return redirect(f"{PLACE}/{record_id(key)}", request)

    @post(f"{PLACE}/{{key:str}}/discard", status_code=200)
    async def discard(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def drop(work: Workspace) -> str:
            try:
                mail = await work.get(WRITTEN, record_id(key))
            except NotFound:  # nothing was kept yet
                return ""
            if mail["state"] != "draft":
                raise Conflict(_("This mail is on its way, or has left."), code="not_a_draft")
            await work.delete(mail)
            return f"/written_emails/{mail.id}/restore"

        restore = await web.within(request, drop, read_only=False)
        if not request.headers.get("hx-request") or "page" in form:
            return redirect("/written_emails", request)
        toast = {"message": _("The draft is gone."), **({"undo": restore} if restore else {})}
        return _told(toast)

    return [send, undo, discard]


def _sent_off(request: Visit, mail: Record) -> Response[bytes]:
    """Back to where one was, with a way to call it back; from a page of its own on to how it fares."""
    path = f"{PLACE}/{mail.id}"
    if not request.headers.get("hx-request"):
        return redirect(path)
    if mail["state"] == "scheduled":
        return _told({"message": _("It goes out at the time that you chose."), "href": path, "link": _("See it"),
                      "undo": f"{path}/undo"})  # fmt: skip
    return _told({"message": _("It goes out in a few seconds."), "undo": f"{path}/undo"})


def _told(toast: dict[str, str]) -> Response[bytes]:
    events = {"close-dialog": True, "toast": toast}
    return Response(
        b"", status_code=200, headers={"hx-trigger": json.dumps(events), "hx-reswap": "none"}, media_type=HTML
    )
