"""Who gets a mail: people by name or address, and any address that is typed."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.messaging.mail.outgoing.addresses import address_of
from relata.engine.messaging.mail.outgoing.people import people_of, search
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.writing.form import PLACE, target_of


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Options; create: the words that offer what was typed."""

    options: tuple[Option, ...]
    query: str
    create: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the picker."""

    @get(f"{PLACE}/recipients")
    async def recipients(request: Visit) -> Response[bytes]:
        words = request.query_params.get("q", "").strip()[:200]

        async def show(work: Workspace) -> Response[bytes]:
            about = target_of(request.query_params.get("about", ""))
            if not words and about is not None:
                found = await people_of(work, await work.get(about.object, about.id))
            else:
                found = await search(work, words)
            options = tuple(
                Option(
                    value=str(one.recipient), label=one.recipient.name or one.recipient.address,
                    note=f"{one.recipient.address} · {work.registry.get(one.about.object).title}",
                )
                for one in {each.recipient.address: each for each in reversed(found)}.values()
            )[::-1]  # fmt: skip
            typed = address_of(words)
            create = _("Write to %(address)s") % {"address": typed} if typed else ""
            view = Found(options=options, query=typed or words, create=create)
            return web.page(work, "web/writing/recipients.html", view)

        return await web.within(request, show)

    return [recipients]
