"""What every page stands on: the ports, the visitor, the frame, and the way from a view to an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from jinja2 import Environment
from litestar import Request, Response

from relata.engine.fetching.client import Guard
from relata.engine.files.store import FileStore
from relata.engine.identity.credentials import Credentials
from relata.engine.identity.sealing import NoSealer, Sealer
from relata.engine.identity.sign_on.openid import NoFetcher, OpenId
from relata.engine.jobs.queue import Queue
from relata.engine.live.audience import Audience
from relata.engine.messaging.mail.outgoing.domain_check import Texts
from relata.engine.messaging.mail.servers import MailServers
from relata.engine.messaging.message import Message
from relata.engine.reporting.adoption.counting import Usage
from relata.engine.storage.database import Database
from relata.engine.ui import desk, views
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.door import Door
from relata.engine.workspace.erasing import Outside
from relata.engine.workspace.warnings import confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.clock import Clock
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.i18n import language, speak
from relata.foundation.ids import parse_id
from relata.interfaces.html.assets import Assets
from relata.interfaces.html.environment import render
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import Shell
from relata.interfaces.http.exchange import Exchange, exchange_of
from relata.interfaces.http.problems import CONFIRM, confirmed_in
from relata.interfaces.web import shell
from relata.interfaces.web.counting import count
from relata.interfaces.web.opening import Openings

T = TypeVar("T")
HTML = "text/html"
#: The header that says which frame the browser shows around the page.
FRAME = "relata-frame"
Visit = Request[Any, Any, Any]
#: Port: hand a mail over, after the commit.
SendMail = Callable[[Message], Awaitable[None]]
#: Port: make the workspace of a new installation, within its own transactions; the first person's address and password.
FirstSetup = Callable[[str, str, str, str, str], Awaitable[None]]


class MailLinks(Protocol):
    """Port: what happens at the addresses in mails. Each raises Expired for an address that was not made here."""

    def check_stop(self, token: str) -> None: ...
    async def stop(self, token: str) -> None: ...
    async def opened(self, token: str) -> None: ...
    async def clicked(self, token: str, target: str) -> None: ...


async def no_texts(name: str) -> list[str]:
    """Nobody is asked."""
    return []


@dataclass(frozen=True)
class Web:
    """The ports of the staff application. address: where people reach this installation, for links in mails. live: the
    open screens of this process. files_origin: where files are shown, apart from everything that has a session; "" for
    here. stop_mails: ends the mails of whom a token was made for. sealer: of secrets that must be read again.
    mail_links: the addresses in mails. text_records: of domains. openings: what people opened last. openid: talks to
    identity providers. mail_servers: what connects to mailboxes. push_key: as whom this installation speaks to push
    services. guard: fetches what people typed. usage: what is opened and saved, by team."""

    door: Door
    environment: Environment
    address: str
    send_mail: SendMail
    first_setup: FirstSetup
    files: FileStore
    queue: Queue
    erasing: Outside | None = None
    live: Audience | None = None
    stop_mails: Callable[[str], Awaitable[None]] | None = None
    files_origin: str = ""
    sealer: Sealer = field(default_factory=NoSealer)
    mail_links: MailLinks | None = None
    text_records: Texts = no_texts
    openings: Openings = field(default_factory=Openings)
    openid: OpenId = field(default_factory=lambda: OpenId(NoFetcher()))
    mail_servers: MailServers | None = None
    usage: Usage = field(default_factory=Usage)
    push_key: str = ""
    guard: Guard = field(default_factory=Guard)

    @property
    def database(self) -> Database:
        """For accounts, which belong to no workspace."""
        return self.door.database

    @property
    def assets(self) -> Assets:
        """The built files of the front end."""
        found = self.environment.globals["asset"]
        assert isinstance(found, Assets)
        return found

    async def within(
        self, request: Visit, attempt: Callable[[Workspace], Awaitable[T]], *, read_only: bool = True, via: str = "form"
    ) -> T:
        """`attempt` as the person who sent the request, in the workspace that their session is in."""
        credentials = self.person(request)
        assert credentials.workspace is not None
        key = await self.door.key_of(credentials.workspace)

        seen: list[Workspace] = []
        confirmed = (*confirmed_in(request.headers.get(CONFIRM)), *request.state.get("confirmed", ()))

        async def framed(work: Workspace) -> T:
            seen[:] = [work]
            speak(work.actor.locale)
            confirm(work.unit, confirmed)
            if read_only and not request.headers.get("hx-request"):
                await views.shelf(work)  # the side bar shows the pinned ones
                await desk.desk(work)  # and stands as the person arranged it
            return await attempt(work)

        try:
            done = await self.door.run(key, Caller(credentials), framed, via=via, read_only=read_only)
        except Invalid as error:
            if seen and not read_only:
                count(self.usage, request, seen[0], error)
            raise
        if read_only == (request.method == "GET"):
            count(self.usage, request, seen[0])
        if self.usage.is_due:
            await self.usage.flush(self.database)
        return done

    def person(self, request: Visit) -> Credentials:
        """Whose session it is; Expired for nobody, who is sent to sign in."""
        credentials = exchange(request).credentials.require_session()
        if credentials.workspace is None or credentials.user is None:
            raise Denied(
                "You belong to no workspace yet.",
                code="no_workspace",
                hint="Ask whoever looks after Relata to invite you.",
            )
        return credentials

    def shell(self, request: Visit, work: Workspace, current: str = "") -> Shell:
        """The frame around a signed-in page. current: the plural name of the object that the page is about."""
        known = request.headers.get(FRAME, "")
        return shell.build(work, exchange(request).csrf_token(), dict(request.cookies), current, known)

    def page(
        self,
        work: Workspace | None,
        template: str,
        view: object,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response[bytes]:
        """A page or fragment as an answer, with the formats of whoever reads it."""
        text = render(self.environment, template, view, formatter(work))
        return Response(text.encode(), media_type=HTML, status_code=status, headers=headers or {})


def formatter(work: Workspace | None) -> Formatter:
    """The formats of the person at work; for a stranger those of the browser's language, and UTC."""
    clock = work.clock if work else Clock.system()
    if work is None:
        return Formatter(language(), clock.zone, clock.now)
    liked = work.actor.preferences
    return Formatter(
        work.actor.locale,
        clock.zone,
        clock.now,
        numbers=liked.numbers,
        dates=liked.dates,
        clock=liked.times,
        currency=work.settings.currency,
    )


def exchange(request: Visit) -> Exchange:
    """The request's exchange: credentials, visitor, token for forms."""
    return exchange_of(request.scope)


def record_id(text: str) -> UUID:
    """The id in an address; NotFound for something else, as for a record that is not there."""
    found = parse_id(text)
    if found is None:
        raise NotFound("There is no such record.", hint="The link may be incomplete.")
    return found


def redirect(target: str, request: Visit | None = None) -> Response[bytes]:
    """On to another page: 303, or htmx's own header for something that a script asked for."""
    if request is not None and request.headers.get("hx-request"):
        return Response(b"", status_code=200, headers={"hx-redirect": target})
    return Response(b"", status_code=303, headers={"location": target})
