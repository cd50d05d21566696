"""Beside a conversation: answering it, who sees to it, what colleagues say of it, who answered when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.messaging.mail.outgoing import inbox
from relata.engine.messaging.mail.outgoing.drafts import mailboxes_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.ui.record_page import record_page
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id
from relata.interfaces.web.writing.form import PLACE

HERE = "/conversations"


class Button(msgspec.Struct, frozen=True):
    """An action of the conversation. asks: it needs an answer first."""

    label: str
    icon: str
    href: str
    asks: bool


class NoteLine(msgspec.Struct, frozen=True):
    """What a colleague said."""

    who: str
    key: str
    at: datetime
    text: str


class AnswerLine(msgspec.Struct, frozen=True):
    """Who of us wrote when."""

    who: str
    at: datetime


class WorkView(msgspec.Struct, frozen=True, kw_only=True):
    """answers: addresses of the forms; "" where nothing can be sent from here."""

    csrf: str
    state: str
    meaning: str
    assignee: str
    snoozed_until: datetime | None
    buttons: tuple[Button, ...]
    answer: str
    answer_all: str
    forward: str
    answering: str
    answered: tuple[AnswerLine, ...]
    notes: tuple[NoteLine, ...]
    note: str
    typed: str = ""
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of what stands beside a conversation."""

    @get(f"{HERE}/{{key:str}}/work")
    async def show_work(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/writing/working.html", await _view(request, work, record_id(key)))

        return await web.within(request, show)

    @post(f"{HERE}/{{key:str}}/note", status_code=200)
    async def note(request: Visit, key: FromPath[str]) -> Response[bytes]:
        text = ((await posted(request)).get("body") or [""])[-1].strip()
        said = ""

        async def add(work: Workspace) -> None:
            thread = await work.get(EMAIL_THREAD, record_id(key))
            await work.create("comment", {"body": text, "about": AnyTarget(EMAIL_THREAD, thread.id)})

        try:
            await web.within(request, add, read_only=False)
        except (Invalid, Conflict, Denied) as error:
            said = f"{error.message} {error.hint or ''}".strip()

        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(request, work, record_id(key))
            view = msgspec.structs.replace(view, error=said, typed=text if said else "")
            return web.page(work, "web/writing/working.html", view)

        return await web.within(request, show)

    return [show_work, note]


async def _view(request: Visit, work: Workspace, key: UUID) -> WorkView:
    thread = await work.get(EMAIL_THREAD, key)
    emails = await work.find(EMAIL, thread=key, order="-sent_at", limit=100)
    latest = next((one for one in emails if not one["is_auto_reply"] and not one["is_bounce"]), None)
    sends = bool(emails) and bool(await mailboxes_of(work))
    base = f"{PLACE}?answers={(latest or emails[0]).id}" if sends else ""
    page = await record_page(work, thread.object, key)
    state = thread.object.choice("state").option(thread["state"])
    names = await inbox.answering(work, thread)
    written = await inbox.answers(work, emails)
    answered = [AnswerLine(one.who, one.at) for one in written.values() if one.who and one.at]
    return WorkView(
        csrf=exchange(request).csrf_token(), state=state.title if state else "",
        meaning={"open": "information"}.get(thread["state"], "neutral"),
        assignee=await _assignee(work, thread), snoozed_until=thread["snoozed_until"],
        buttons=tuple(
            Button(one.label, one.icon, f"/email_threads/{key}/actions/{one.name}", one.needs_input)
            for one in page.actions
        ),
        answer=f"{base}&manner=reply" if base else "", answer_all=f"{base}&manner=reply_all" if base else "",
        forward=f"{base}&manner=forward" if base else "",
        answering=_("%(name)s is writing an answer") % {"name": ", ".join(names)} if names else "",
        answered=tuple(sorted(answered, key=lambda one: one.at)), notes=await _notes(work, key),
        note=f"{HERE}/{key}/note",
    )  # fmt: skip


async def _assignee(work: Workspace, thread: Record) -> str:
    if thread["assignee"] is None:
        return ""
    return (await titles_of(work.unit, {"user": [thread["assignee"]]})).get(("user", thread["assignee"])) or ""


async def _notes(work: Workspace, thread: UUID) -> tuple[NoteLine, ...]:
    found = await work.find("comment", about=thread, order="created_at", limit=50)
    people = {one["created_by"] for one in found if one["created_by"]}
    titles = await titles_of(work.unit, {"user": list(people)}) if people else {}
    return tuple(
        NoteLine(titles.get(("user", one["created_by"])) or "–", str(one["created_by"]), one["created_at"], one["body"])
        for one in found
    )
