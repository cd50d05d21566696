"""Templates and snippets put into a mail: filled in for its recipient, and then the writer's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.outgoing import drafts
from relata.engine.messaging.mail.outgoing.addresses import recipients
from relata.engine.messaging.mail.outgoing.people import by_address
from relata.engine.messaging.mail.templates.filling import MERGE
from relata.engine.messaging.mail.templates.objects import SNIPPET, TEMPLATE
from relata.engine.messaging.mail.templates.rendering import letter, letters, missing_words
from relata.engine.messaging.mail.templates.wording import with_breaks
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.writing.form import PLACE, Form, read, view_of


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of what is put into a mail."""

    async def changed(request: Visit, key: str, part: str) -> Response[bytes]:
        form = await posted(request)

        async def insert(work: Workspace) -> Response[bytes]:
            values = read(form)
            error: Invalid | Conflict | None = None
            try:
                values |= await _inserted(work, form, values, part)
                await drafts.save(work, record_id(key), values)
                error = _open_fields(values)
            except (Invalid, Conflict) as refused:
                error = refused
            view = await view_of(web, request, work, record_id(key), values, error=error)
            return web.page(work, "web/writing/form.html", view)

        return await web.within(request, insert, read_only=False)

    @post(f"{PLACE}/{{key:str}}/template", status_code=200)
    async def template(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await changed(request, key, "template")

    @post(f"{PLACE}/{{key:str}}/snippet", status_code=200)
    async def snippet(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await changed(request, key, "snippet")

    return [template, snippet]


async def from_template(work: Workspace, template: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """Subject and text of a template for this mail."""
    made = await letter(work, template, await _record(work, template["object"], values))
    keeps_subject = values.get("manner") in ("reply", "reply_all", "forward")
    body = with_breaks(made.body)
    return {"body": body} if keeps_subject else {"subject": made.subject, "body": body}


async def _inserted(work: Workspace, form: Form, values: Mapping[str, Any], part: str) -> dict[str, Any]:
    chosen = parse_id((form.get(part) or [""])[-1])
    if chosen is None:
        return {}
    if part == "template":
        found = await from_template(work, await work.get(TEMPLATE, chosen), values)
        typed = (values.get("body") or "").strip()
        return {**found, "body": f"{found['body']}\n\n{typed}".strip()} if typed else found
    snippet = await work.get(SNIPPET, chosen)
    where = snippet["object"] or ""
    (made,) = await letters(work, "", snippet["body"], where, [await _record(work, where, values)])
    return {"body": f"{(values.get('body') or '').rstrip()}\n\n{with_breaks(made.body)}".strip()}


async def _record(work: Workspace, object_name: str, values: Mapping[str, Any]) -> UUID | None:
    """The record whose fields are meant: what the mail is about, or who gets it. Invalid where there is none."""
    about = values.get("about")
    if not object_name:
        return None
    if about is not None and about.object == object_name:
        return about.id  # type: ignore[no-any-return]
    for one in recipients(values.get("to_addresses"), "to_addresses")[:1]:
        for person in await by_address(work, one.address, object_name):
            return person.about.id
    noun = work.registry.get(object_name).noun
    message = _("These words take fields of a %(noun)s, and there is none here.") % {"noun": noun}
    raise Invalid.of([Problem("no_record", message, "to_addresses", _("Choose the recipient first."))])


def _open_fields(values: Mapping[str, Any]) -> Invalid | None:
    """What still waits for a value, said at once and not only when it is sent."""
    open_ones = tuple(dict.fromkeys(piece.strip() for piece in MERGE.findall(values.get("body") or "")))
    if not open_ones:
        return None
    hint = _("Write it yourself, or fill it in on the record.")
    return Invalid.of([Problem("missing_value", missing_words(open_ones), "body", hint)])
