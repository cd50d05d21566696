"""A mail begins, or goes on, and is kept while one types."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.outgoing import drafts
from relata.engine.messaging.mail.outgoing.answering import begin_about, begin_answer
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.templates.objects import TEMPLATE
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id, parse_id
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.writing.form import PLACE, of_record, read, target_of, view_of
from relata.interfaces.web.writing.inserting import from_template
from relata.interfaces.web.writing.status import status_page


class SavedView(msgspec.Struct, frozen=True):
    """What stands beside the buttons after it was kept. meaning: good or bad."""

    text: str
    meaning: str = "good"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the form."""

    @get(PLACE)
    async def begin(request: Visit) -> Response[bytes]:
        asked = request.query_params

        async def show(work: Workspace) -> Response[bytes]:
            answers = parse_id(asked.get("answers", ""))
            if answers is not None:
                values: dict[str, Any] = await begin_answer(work, answers, asked.get("manner", "reply"))
            else:
                values = await begin_about(work, target_of(asked.get("about", "")))
            if asked.get("to"):
                values["to_addresses"] = asked["to"]
            if (template := parse_id(asked.get("template", ""))) is not None:
                values |= await from_template(work, await work.get(TEMPLATE, template), values)
            view = await view_of(web, request, work, new_id(), values)
            return web.page(work, "web/writing/dialog.html" if view.is_dialog else "web/writing/page.html", view)

        return await web.within(request, show)

    @get(f"{PLACE}/{{key:str}}")
    async def go_on(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            mail = await work.get(WRITTEN, record_id(key))
            if mail["state"] != "draft":
                return await status_page(web, request, work, mail)
            view = await view_of(web, request, work, mail.id, of_record(mail))
            return web.page(work, "web/writing/dialog.html" if view.is_dialog else "web/writing/page.html", view)

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/save", status_code=200)
    async def save(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def keep(work: Workspace) -> Response[bytes]:
            draft = await drafts.save(work, record_id(key), read(form))
            gone = await drafts.came_back_from(work, draft)
            if gone:
                words = _("Saved. Mail to %(names)s came back: nobody is there.") % {"names": ", ".join(gone)}
                return web.page(work, "web/writing/saved.html", SavedView(words, "bad"))
            return web.page(work, "web/writing/saved.html", SavedView(_("Saved as a draft")))

        try:
            return await web.within(request, keep, read_only=False)
        except (Invalid, Conflict) as error:
            said = SavedView(error.message, "bad")

        async def tell(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/writing/saved.html", said)

        return await web.within(request, tell)

    return [begin, go_on, save]
