"""Sending mail: what is noted of mails that were sent, how many may leave, and whether others trust the domain."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.outgoing.domain_check import Finding, check_domain
from relata.engine.messaging.mail.outgoing.objects import STOP
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound, Unavailable
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.settings.frame import Form, Page, Refused, frame, last, office, settled, status_of

PLACE = "/settings/mail-sending"


class MailboxLine(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox from which one may send. may_change: whether it is theirs to set up."""

    id: str
    name: str
    address: str
    daily_limit: int
    tracks_opens: bool
    tracks_clicks: bool
    may_change: bool


class SendingPage(Page, frozen=True, kw_only=True):
    """tracking: whether the workspace allows it at all. domains: to be checked."""

    tracking: bool
    may_decide: bool
    mailboxes: tuple[MailboxLine, ...]
    domains: tuple[str, ...]
    stopped: int


class DomainView(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about a domain; problem: why nothing could be."""

    domain: str
    findings: tuple[Finding, ...] = ()
    problem: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            boxes = [one for one in await work.find(MAILBOX, order="name") if one["smtp_host"]]
            lines = [
                MailboxLine(
                    id=str(one.id), name=one["name"], address=one["address"], daily_limit=one["daily_limit"] or 500,
                    tracks_opens=bool(one["tracks_opens"]), tracks_clicks=bool(one["tracks_clicks"]),
                    may_change=await work.may(one, "change"),
                )
                for one in boxes
            ]  # fmt: skip
            view = SendingPage(
                **frame(web, request, work, PLACE, error=error), tracking=work.settings.mail_tracking,
                may_decide=work.actor.rights.permits("manage_objects"), mailboxes=tuple(lines),
                domains=tuple(dict.fromkeys(_domain(one["address"]) for one in boxes)), stopped=await work.count(STOP),
            )  # fmt: skip
            return web.page(work, "web/settings/mail_sending.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(PLACE)
    async def decide(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            wanted = {"mail_tracking": last(form, "mail_tracking") == "true"}
            await (await office(web, request)).change_settings(wanted)
            return f"{PLACE}?done=saved"

        return await settled(attempt, lambda error: show(request, form, error))

    @post(f"{PLACE}/mailboxes/{{key:str}}")
    async def switch(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            values = {name: last(form, name) == "true" for name in ("tracks_opens", "tracks_clicks")}
            await work.change((MAILBOX, record_id(key)), values)
            return f"{PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, form, error)
        )

    @get(f"{PLACE}/domains/{{domain:str}}")
    async def check(request: Visit, domain: FromPath[str]) -> Response[bytes]:
        async def known(work: Workspace) -> None:
            if domain not in {_domain(one["address"]) for one in await work.find(MAILBOX)}:
                raise NotFound(_("There is no mailbox with this domain."), code="unknown_domain")

        await web.within(request, known)
        try:
            view = DomainView(domain=domain, findings=tuple(await check_domain(domain, web.text_records)))
        except Unavailable as error:
            view = DomainView(domain=domain, problem=f"{error.message} {error.hint or ''}".strip())

        async def build(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/settings/mail_domain.html", view)

        return await web.within(request, build)

    return [page, decide, switch, check]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
