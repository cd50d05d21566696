"""The public pages of capture forms: hosted or in a frame on another site, with and without a script."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.capture import proof, receiving, tables
from relata.engine.automation.capture.definition import items_of
from relata.engine.automation.capture.letters import confirmation_mail, thanks_mail
from relata.engine.automation.capture.names import PLACE, UTM
from relata.engine.automation.capture.receiving import Received, Sent
from relata.engine.identity import limits, tokens
from relata.engine.messaging.message import Message
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.clock import Clock
from relata.foundation.errors import Conflict, Denied, Expired, Invalid, LimitReached, NotFound, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.http.security_headers import POLICY
from relata.interfaces.web.brand import Brand, brand
from relata.interfaces.web.capture_views import CaptureView, Form, asking
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange
from relata.interfaces.web.inputs import read_form

#: It stands in frames of other sites, and sends no address of its own along.
_HEADERS = {"content-security-policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")}
_TEMPLATE = "web/capture.html"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these pages."""

    async def show(
        request: Visit, key: str, typed: Form | None = None, error: RelataError | None = None
    ) -> Response[bytes]:
        workspace, form_id = await _place(web, key)

        async def build(work: Workspace) -> CaptureView:
            form = await receiving.published(work, form_id)
            if typed is None and "preview" not in request.query_params and request.method == "GET":
                await _count(web, work, form_id)
            return await form_view(web, request, work, form, f"{PLACE}/{key}", typed, error)

        view = await web.door.run(workspace, None, build, via="form", read_only=True)
        status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
        return web.page(None, _TEMPLATE, view, status=status, headers=_HEADERS)

    @get(f"{PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key)

    @post(f"{PLACE}/{{key:str}}", status_code=200)
    async def send(request: Visit, key: FromPath[str]) -> Response[bytes]:
        typed = await posted(request)
        workspace, form_id = await _place(web, key)
        if _last(typed, "fax").strip():  # no person sees this input
            return await _pretend(web, request, workspace, form_id)
        try:
            is_first = await _admit(web, request, typed, form_id)
            return await _take(web, request, workspace, form_id, typed, is_first=is_first)
        except (Invalid, LimitReached) as error:
            return await show(request, key, typed, error)
        except (Conflict, Denied):  # what is known about others is not told
            refused = Invalid(_("This could not be kept."), hint=_("Please write to us in another way."))
            return await show(request, key, typed, refused)

    @get(f"{PLACE}/confirm/{{token:str}}")
    async def ask(request: Visit, token: FromPath[str]) -> Response[bytes]:
        try:
            async with web.database.read() as connection:
                await limits.attempt(connection, [(limits.TOKEN_FROM_ADDRESS, exchange(request).visitor.ip)])
                await tokens.peek(connection, "form", token)
        except Expired as error:
            return await _over(web, error)
        view = CaptureView(
            title=_("Confirm your address"), state="confirm", action=f"{PLACE}/confirm/{token}", button=_("Confirm"),
            text=_("With this we know that the address is yours."), brand=await brand(web),
            kept=(("_csrf", csrf),) if (csrf := exchange(request).csrf_token()) else (),
        )  # fmt: skip
        return web.page(None, _TEMPLATE, view)

    @post(f"{PLACE}/confirm/{{token:str}}", status_code=200)
    async def confirm(request: Visit, token: FromPath[str]) -> Response[bytes]:
        try:
            async with web.database.read() as connection:
                await limits.attempt(connection, [(limits.TOKEN_FROM_ADDRESS, exchange(request).visitor.ip)])
                found = await tokens.peek(connection, "form", token)
            assert found.workspace is not None

            async def run(work: Workspace) -> tuple[CaptureView, Message | None]:
                held = await tokens.redeem(work.unit.connection, "form", token)
                assert held.about is not None
                received = await receiving.confirm(work, held.about)
                noted = await work.get("form_submission", received.submission)
                form = await work.get("capture_form", noted["form"])
                return await _thanks(web, work, form), _thanks_mail(form, received)

            view, mail = await web.door.run(await web.door.key_of(found.workspace), None, run, via="form")
        except (Expired, NotFound) as error:
            return await _over(web, error)
        await _post(web, mail)
        return web.page(None, _TEMPLATE, view)

    return [page, send, ask, confirm]


async def form_view(
    web: Web, request: Visit, work: Workspace, form: Record, action: str, typed: Form | None = None,
    error: RelataError | None = None,
) -> CaptureView:  # fmt: skip
    """The page of a form, published or not."""
    now = Clock.system().now
    return asking(
        work.registry.get(form["target"]), form, await _brand(web, work), proof.ask(web.sealer, form.id, now),
        action=f"{action}{'?embed=1' if 'embed' in request.query_params else ''}", typed=typed,
        query=dict(request.query_params), came_from=request.headers.get("referer", ""),
        csrf=exchange(request).csrf_token(), error=error,
    )  # fmt: skip


async def _place(web: Web, key: str) -> tuple[str, UUID]:
    """The workspace's key and the form; NotFound for a key that nobody gave."""
    async with web.database.read() as connection:
        found = await tables.place_of(connection, key[:60])
    if found is None:
        raise NotFound(_("There is no such form."), hint=_("It may have been closed."))
    return await web.door.key_of(found[0]), found[1]


async def _admit(web: Web, request: Visit, typed: Form, form: UUID) -> bool:
    """Whether it comes for the first time. Invalid for what a person can mend, LimitReached for too much of it."""
    address, now = exchange(request).visitor.ip, Clock.system().now
    text = _last(typed, "c")
    async with web.database.read() as connection:
        await limits.attempt(connection, [(limits.FORM_FROM_ADDRESS, address)])
        challenge = proof.opened(web.sealer, text, form)
        if challenge is None or proof.is_old(challenge, now):
            raise Invalid(_("This page was open for too long."), hint=_("Please send it once more."))
        if proof.is_quick(challenge, now):
            raise Invalid(_("That was very quick."), hint=_("Please send it once more."))
        if not proof.is_computed(text, _last(typed, "n")):
            if not proof.is_answered(challenge, _last(typed, "sum")):
                raise Invalid(_("Please answer the little sum at the end."), hint=_("It keeps robots away."))
            await limits.attempt(connection, [(limits.FORM_BY_HAND, address)])
        try:
            await limits.attempt(connection, [(limits.FORM_ONCE, challenge.salt)])
        except LimitReached:
            return False
    return True


async def _take(
    web: Web, request: Visit, workspace: str, form_id: UUID, typed: Form, *, is_first: bool
) -> Response[bytes]:
    async def run(work: Workspace) -> tuple[CaptureView, Message | None]:
        form = await receiving.published(work, form_id)
        if not is_first:  # the button was pressed twice: once is enough
            return await _thanks(web, work, form, waits=bool(form["double_opt_in"])), None
        received = await receiving.receive(work, form, _sent(work, form, typed, request))
        if received.state != "waiting":
            return await _thanks(web, work, form), _thanks_mail(form, received)
        token = await tokens.issue(
            work.unit.connection, "form", workspace=work.context.id, email=received.email, about=received.submission
        )
        mail = confirmation_mail(
            received.email, f"{web.address}{PLACE}/confirm/{token}", house=work.settings.name,
            form=form["title"] or form["name"],
        )  # fmt: skip
        return await _thanks(web, work, form, waits=True), mail

    view, mail = await web.door.run(workspace, None, run, via="form")
    await _post(web, mail)
    view = msgspec.structs.replace(view, is_embedded="embed" in request.query_params)
    return web.page(None, _TEMPLATE, view, headers=_HEADERS)


def _sent(work: Workspace, form: Record, typed: Form, request: Visit) -> Sent:
    one = work.registry.get(form["target"])
    items = items_of(form["items"])
    fields = [one.all_fields[item.field] for item in items if item.use != "hidden"]
    is_embedded, came_from = "embed" in request.query_params, _last(typed, "from_page")
    return Sent(
        read_form(fields, typed, zone=work.settings.zone), agrees=_last(typed, "consent") == "yes",
        page=came_from if is_embedded else f"{PLACE}/{form['key']}", referrer="" if is_embedded else came_from,
        touch={name: _last(typed, name) for name in UTM},
        params={item.param: _last(typed, f"p.{item.param}")[:255] for item in items if item.param},
    )  # fmt: skip


async def _pretend(web: Web, request: Visit, workspace: str, form_id: UUID) -> Response[bytes]:
    """A robot is thanked like everybody, and counted."""

    async def run(work: Workspace) -> CaptureView:
        form = await receiving.published(work, form_id)
        await _count(web, work, form_id, is_robot=True)
        return await _thanks(web, work, form, waits=bool(form["double_opt_in"]))

    view = await web.door.run(workspace, None, run, via="form", read_only=True)
    return web.page(None, _TEMPLATE, view, headers=_HEADERS)


async def _count(web: Web, work: Workspace, form: UUID, *, is_robot: bool = False) -> None:
    async with web.database.read() as connection:
        await tables.count(connection, work.context.schema, form, work.clock.today, is_robot=is_robot)


async def _thanks(web: Web, work: Workspace, form: Record, *, waits: bool = False) -> CaptureView:
    if waits:
        text = _("We have sent you a mail. Open the link in it, and you are done.")
        return CaptureView(title=_("Almost done"), state="wait", text=text, brand=await _brand(web, work))
    return CaptureView(
        title=form["thanks_title"] or _("Thank you"), state="thanks", text=form["thanks"] or _("We will be in touch."),
        link=form["thanks_address"] or "", brand=await _brand(web, work),
    )  # fmt: skip


def _thanks_mail(form: Record, received: Received) -> Message | None:
    if not form["mail_subject"] or not received.email:
        return None
    return thanks_mail(received.email, form["mail_subject"], form["mail_text"] or form["thanks"] or "")


async def _post(web: Web, mail: Message | None) -> None:
    """Not more than a few to one address in an hour: whoever types somebody else's must not fill their box."""
    if mail is None:
        return
    try:
        async with web.database.read() as connection:
            await limits.attempt(connection, [(limits.FORM_MAIL, mail.to.lower())])
    except LimitReached:
        return
    await web.send_mail(mail)


async def _brand(web: Web, work: Workspace) -> Brand:
    """The company's, whose form it is; its picture where the installation is its own."""
    house = await brand(web)
    settings = work.settings
    return Brand(name=settings.name, accent=settings.accent, logo=house.logo)


async def _over(web: Web, error: RelataError) -> Response[bytes]:
    text = f"{error.message} {error.hint or ''}".strip()
    view = CaptureView(title=_("Nothing to confirm here"), state="over", text=text, brand=await brand(web))
    return web.page(None, _TEMPLATE, view, status=410)


def _last(form: Form, name: str) -> str:
    found = form.get(name)
    return found[-1] if found else ""
