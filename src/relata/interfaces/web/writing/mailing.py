"""One mail to many from a list: written, looked at, sent; and how it fares."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import Binary, Literal, Node, Path, all_of, parse
from relata.engine.messaging.mail.outgoing import mailings
from relata.engine.messaging.mail.outgoing.drafts import mailboxes_of
from relata.engine.messaging.mail.outgoing.mailings import LeftOut, Plan
from relata.engine.messaging.mail.outgoing.objects import MAILING, STATES, WRITTEN
from relata.engine.messaging.mail.templates.objects import TEMPLATE
from relata.engine.messaging.mail.templates.rendering import templates_for
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.transfer.bulk.order import Order
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.writing.form import PLACE, Form

HERE = f"{PLACE}/mailing"
_EXAMPLES = 3
_MEANINGS = {"sent": "good", "uncertain": "warning", "failed": "bad", "bounced": "bad"}


class Reason(msgspec.Struct, frozen=True):
    """Why some do not get it."""

    why: str
    count: int
    examples: tuple[tuple[str, str], ...]


class MailingView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. looked: it was looked at; then counts and a sample are there."""

    title: str
    csrf: str
    order: str
    mailboxes: tuple[Option, ...]
    mailbox: str
    templates: tuple[Option, ...]
    template: str
    subject: str
    body: str
    looked: bool = False
    gets: int = 0
    reasons: tuple[Reason, ...] = ()
    sample_to: str = ""
    sample_subject: str = ""
    sample_body: str = ""
    days: int = 0
    errors: dict[str, str] = {}
    error: str = ""


class Count(msgspec.Struct, frozen=True):
    """How many mails of a mailing are so far. href: the list of them."""

    label: str
    count: int
    meaning: str
    href: str


class MailingPage(msgspec.Struct, frozen=True, kw_only=True):
    """How a mailing fares. moving: some are on their way, so the page looks again."""

    shell: Shell
    title: str
    path: str
    csrf: str
    total: int
    counts: tuple[Count, ...]
    moving: bool
    waiting: int
    body: str
    list: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of mailings."""

    @post(f"{HERE}/preview", status_code=200)
    async def look(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(request, work, _order(form), form)
            try:
                view = await _looked(work, view, _order(form))
            except (Invalid, Conflict) as error:
                view = _wrong(view, error)
            return web.page(work, "web/writing/mailing.html", view)

        return await web.within(request, show)

    @post(f"{HERE}/template", status_code=200)
    async def fill(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(request, work, _order(form), form)
            chosen = parse_id(view.template)
            if chosen is not None:
                template = await work.get(TEMPLATE, chosen)
                view = msgspec.structs.replace(view, subject=template["subject"], body=template["body"])
            return web.page(work, "web/writing/mailing.html", view)

        return await web.within(request, show)

    @post(f"{HERE}/send", status_code=200)
    async def send(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def go(work: Workspace) -> str:
            order, view = _order(form), await _view(request, work, _order(form), form)
            mailbox = parse_id(view.mailbox)
            if mailbox is None:
                raise Invalid(_("Choose from which address it goes."), code="required", field="mailbox")
            made = await mailings.start(
                work, web.queue, work.registry.get(order.object), order.ids, order.where, subject=view.subject,
                body=view.body, mailbox=mailbox,
            )  # fmt: skip
            return f"{HERE}/{made.id}"

        try:
            return redirect(await web.within(request, go, read_only=False), request)
        except (Invalid, Conflict) as error:
            refused = error

        async def again(work: Workspace) -> Response[bytes]:
            view = _wrong(await _view(request, work, _order(form), form), refused)
            return web.page(work, "web/writing/mailing.html", view, status=422)

        return await web.within(request, again)

    @get(f"{HERE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await _page(web, request, work, await work.get(MAILING, record_id(key)))
            return web.page(work, "web/writing/mailing_page.html", view)

        return await web.within(request, show)

    @post(f"{HERE}/{{key:str}}/stop", status_code=200)
    async def stop(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def back(work: Workspace) -> None:
            await work.get(MAILING, record_id(key))
            await mailings.call_back_all(work, record_id(key))

        await web.within(request, back, read_only=False)
        return redirect(f"{HERE}/{record_id(key)}", request)

    return [look, fill, send, page, stop]


async def begin(web: Web, request: Visit, work: Workspace, order: Order) -> Response[bytes]:
    """The dialog for the records that were chosen in a list."""
    view = await _view(request, work, order, {})
    return web.page(work, "web/writing/mailing_dialog.html", view)


async def _view(request: Visit, work: Workspace, order: Order, form: Form) -> MailingView:
    def last(name: str) -> str:
        return (form.get(name) or [""])[-1]

    boxes = await mailboxes_of(work)
    one = work.registry.get(order.object)
    return MailingView(
        title=_("Write to several %(nouns)s") % {"nouns": one.nouns}, csrf=exchange(request).csrf_token(),
        order=msgspec.json.encode(order).decode(),
        mailboxes=tuple(Option(value=str(box.id), label=f"{box['name']} <{box['address']}>") for box in boxes),
        mailbox=last("mailbox") or (str(boxes[0].id) if boxes else ""),
        templates=tuple(
            Option(value=str(each.id), label=each["name"]) for each in await templates_for(work, one.name)
        ),
        template=last("template"), subject=last("subject"), body=last("body"),
    )  # fmt: skip


async def _looked(work: Workspace, view: MailingView, order: Order) -> MailingView:
    for name, words in (("subject", _("Give it a subject.")), ("body", _("Write something first."))):
        if not getattr(view, name).strip():
            raise Invalid(words, code="required", field=name)
    one = work.registry.get(order.object)
    found: Plan = await mailings.plan(work, one, order.ids, order.where, view.subject, view.body)
    box = next((each for each in await mailboxes_of(work) if str(each.id) == view.mailbox), None)
    limit = (box["daily_limit"] or 500) if box else 500
    first = found.sends[0] if found.sends else None
    return msgspec.structs.replace(
        view, looked=True, gets=len(found.sends), days=-(-len(found.sends) // limit),
        reasons=tuple(
            Reason(why, len(group), tuple((each.title, f"/{one.path}/{each.record}") for each in group[:_EXAMPLES]))
            for why, group in sorted(found.reasons().items(), key=_by_number)
        ),
        sample_to=str(first.recipient) if first else "", sample_subject=first.letter.subject if first else "",
        sample_body=first.letter.body if first else "",
    )  # fmt: skip


def _by_number(group: tuple[str, list[LeftOut]]) -> int:
    return -len(group[1])


def _wrong(view: MailingView, error: Invalid | Conflict) -> MailingView:
    errors: dict[str, str] = {}
    for problem in error.problems:
        errors[problem.field or ""] = f"{problem.message} {problem.hint or ''}".strip()
    if not error.problems:
        errors[error.field or ""] = f"{error.message} {error.hint or ''}".strip()
    return msgspec.structs.replace(view, error=errors.pop("", ""), errors=errors)


def _order(form: Form) -> Order:
    try:
        return msgspec.json.decode((form.get("order") or [""])[-1], type=Order)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Invalid(_("Begin again from the list."), code="damaged_order", field="order") from error


async def _page(web: Web, request: Visit, work: Workspace, mailing: Record) -> MailingPage:
    shell = web.shell(request, work)
    own = Binary("=", Path(("mailing",)), Literal(str(mailing.id)))
    figures = await work.aggregate(Aggregate(WRITTEN, (Measure("count"),), (Group("state"),), where=own))
    by_state: dict[str, int] = {str(row["state"]): int(row["count"]) for row in figures.rows}
    waiting = sum(by_state.get(name, 0) for name in ("queued", "held", "scheduled"))
    where = f'mailing = "{mailing.id}"'
    counts = tuple(
        Count(
            option.title, by_state[option.value], _MEANINGS.get(option.value, "information"),
            _listed(f'{where} and state = "{option.value}"'),
        )
        for option in STATES if by_state.get(option.value)
    )  # fmt: skip
    counts += await _followed(work, own, where)
    return MailingPage(
        shell=shell, title=mailing["subject"], path=f"{HERE}/{mailing.id}", csrf=shell.csrf,
        total=sum(by_state.values()), counts=counts, moving=bool(waiting or by_state.get("sending")), waiting=waiting,
        body=mailing["body"], list=_listed(where),
    )  # fmt: skip


async def _followed(work: Workspace, own: Node, where: str) -> tuple[Count, ...]:
    """How many were answered and, as far as that is noted, opened, and of how many a link was followed."""
    found = []
    for name in ("replied_at", "opened_at", "clicked_at"):
        condition = f"not empty({name})"
        number = await work.count(WRITTEN, all_of([own, parse(condition)]))
        if number:
            label = work.registry.get(WRITTEN).all_fields[name].title
            found.append(Count(label, number, "good", _listed(f"{where} and {condition}")))
    return tuple(found)


def _listed(where: str) -> str:
    return f"/written_emails?where={quote(where)}"
