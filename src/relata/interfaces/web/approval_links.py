"""Deciding by a link in a mail, without a session. Whoever opens the link sees a page; only its form decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.approvals.mail_links import PLACE, decide_by_link, shown
from relata.engine.identity import limits, tokens
from relata.engine.ui import approving
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Expired, Invalid, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import language
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange

T = TypeVar("T")


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. is_over: nothing can be decided here any more."""

    token: str
    what: str = ""
    kind: str = ""
    name: str = ""
    by: str = ""
    at: datetime | None = None
    comment: str = ""
    approval: approving.Waiting | None = None
    message: str = ""
    error: str = ""
    reason: str = ""
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    theme: str = "auto"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these links."""

    async def as_person(
        request: Visit, text: str, attempt: Callable[[Workspace], Awaitable[T]], *, read_only: bool
    ) -> T:
        """As whom the link was sent to. Looking is counted, so that nobody tries tokens."""
        async with web.database.read() as connection:
            await limits.attempt(connection, [(limits.TOKEN_FROM_ADDRESS, exchange(request).visitor.ip)])
            found = await tokens.peek(connection, "approval", text)
        if found.workspace is None or found.user is None:
            raise Expired(_("This link is no longer valid."), code="approval_link")
        key = await web.door.key_of(found.workspace)
        return await web.door.run(key, found.user, attempt, via="mail", read_only=read_only)

    async def page(request: Visit, text: str, error: RelataError | None = None, reason: str = "") -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            async with web.database.read() as connection:
                token = await tokens.peek(connection, "approval", text)
            found, item = await shown(work, token)
            about = item["about"]
            people = [found["owner"]] if found["owner"] else []
            titles = await titles_of(work.unit, {about.object: [about.id], "user": people})
            record = await work.get(about.object, about.id)
            view = LinkView(
                token=text, what=titles.get((about.object, about.id), ""), kind=record.object.title,
                name=found["name"], by=titles.get(("user", found["owner"]), ""), at=found["created_at"],
                comment=found["comment"] or "", approval=await approving.waiting_for(work, record),
                error=error.message if error else "", reason=reason,
            )  # fmt: skip
            return web.page(work, "web/approval_link.html", view, status=422 if error else 200)

        return await as_person(request, text, show, read_only=True)

    @get(f"{PLACE}/{{token:str}}")
    async def ask(request: Visit, token: FromPath[str]) -> Response[bytes]:
        try:
            return await page(request, token)
        except (Expired, Denied) as error:
            return _over(web, token, error)

    @post(f"{PLACE}/{{token:str}}", status_code=200)
    async def decide(request: Visit, token: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        reason = (form.get("reason") or [""])[-1]
        answer = (form.get("answer") or [""])[-1]

        async def act(work: Workspace) -> Response[bytes]:
            if answer not in ("approve", "reject"):
                raise Invalid(_("Choose whether you approve it."), code="required", field="answer")
            request_ = await decide_by_link(work, token, approve=answer == "approve", reason=reason)
            said = _("You approved it.") if answer == "approve" else _("You rejected it.")
            view = LinkView(token="", name=request_["name"], message=said)
            return web.page(work, "web/approval_link.html", view)

        try:
            return await as_person(request, token, act, read_only=False)
        except (Invalid, Conflict) as error:
            try:
                return await page(request, token, error, reason)
            except (Expired, Denied):
                return _over(web, token, error)
        except (Expired, Denied) as error:
            return _over(web, token, error)

    return [ask, decide]


def _over(web: Web, token: str, error: RelataError) -> Response[bytes]:
    view = LinkView(token="", error=f"{error.message} {error.hint or ''}".strip())
    return web.page(None, "web/approval_link.html", view, status=410)
