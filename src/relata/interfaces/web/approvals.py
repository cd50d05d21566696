"""Approvals on screen: what waits for a person, and the dialogs in which one submits, decides, delegates, recalls."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.approvals import deciding, inbox, submitting
from relata.engine.automation.approvals.inbox import Entry
from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.metadata.fields import AnyTarget
from relata.engine.ui import approving
from relata.engine.ui.values import record_href
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.record_views import Tab

_Refused = Invalid | Conflict | Denied
_SHOWS: tuple[inbox.Show, ...] = ("waiting", "sent", "decided")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One approval. href: of the record, "" where it can't be seen any more. kind: what the record is."""

    entry: Entry
    href: str
    kind: str
    icon: str


class InboxView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. next: address of what follows."""

    shell: Shell
    show: str
    tabs: tuple[Tab, ...]
    lines: tuple[Line, ...]
    next: str


class DialogView(msgspec.Struct, frozen=True, kw_only=True):
    """A question. meaning: danger for what refuses."""

    title: str
    text: str
    action: str
    submit: str
    kind: str
    csrf: str
    fields: tuple[FormField, ...]
    error: str = ""
    changes: approving.Changes = msgspec.field(default_factory=approving.Changes)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of approvals."""

    @get("/approvals")
    async def page(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/approvals.html", await _view(web, request, work, request.query_params))

        return await web.within(request, show)

    return [page, *_submitting(web), *_deciding(web)]


def _submitting(web: Web) -> list[HTTPRouteHandler]:
    async def ask(request: Visit, plural: str, key: UUID, error: _Refused | None = None) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, key)
            offers = await approving.offers(work, record)
            form = await posted(request) if error else {}
            fields = [
                _text("comment", _("Comment"), _last(form, "comment"), help=_("What those who decide should know."))
            ]
            if len(offers) > 1:
                options = tuple(Option(value=name, label=label) for name, label in offers)
                chosen = _last(form, "process") or offers[0][0]
                fields.insert(0, FormField(
                    name="process", label=_("Approval"), kind="choice", value=chosen, options=options, required=True,
                ))  # fmt: skip
            text = await approving.asked_first(work, record, offers[0][0]) if len(offers) == 1 else ""
            view = DialogView(
                title=_("Submit for approval"), text=text, action=f"/approvals/submit/{plural}/{key}",
                submit=_("Submit"), kind="primary", csrf=exchange(request).csrf_token(), fields=tuple(fields),
                error=_said(error), changes=await approving.changes_since(work, record),
            )  # fmt: skip
            return _dialog(web, work, view, error)

        return await web.within(request, show)

    @get("/approvals/submit/{plural:str}/{key:str}")
    async def form(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await ask(request, plural, record_id(key))

    @post("/approvals/submit/{plural:str}/{key:str}")
    async def submit(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        sent = await posted(request)

        async def act(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await submitting.submit(work, one.name, record_id(key), _last(sent, "process"), _last(sent, "comment"))
            return f"/{one.path}/{key}"

        try:
            return redirect(await web.within(request, act, read_only=False), request)
        except (Invalid, Conflict, Denied) as error:
            return await ask(request, plural, record_id(key), error)

    return [form, submit]


def _deciding(web: Web) -> list[HTTPRouteHandler]:
    async def ask(request: Visit, key: UUID, what: str, error: _Refused | None = None) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            form = await posted(request) if error else {}
            found = await _request(work, key)
            title = (await titles_of(work.unit, {found.object: [found.id]})).get((found.object, found.id), "")
            return _dialog(web, work, _question(request, key, what, title, form, error), error)

        return await web.within(request, show)

    @get("/approvals/{key:str}/{what:str}")
    async def form(request: Visit, key: FromPath[str], what: FromPath[str]) -> Response[bytes]:
        return await ask(request, record_id(key), _known(what))

    @post("/approvals/{key:str}/{what:str}")
    async def act(request: Visit, key: FromPath[str], what: FromPath[str]) -> Response[bytes]:
        sent = await posted(request)

        async def decide(work: Workspace) -> Response[bytes]:
            about = await _request(work, record_id(key))
            await _do(work, record_id(key), _known(what), sent)
            where = urlsplit(str(request.headers.get("hx-current-url") or ""))
            if where.path != "/approvals":
                return redirect(record_href(work.registry, about.object, about.id), request)
            query = {name: value for name, _sep, value in (part.partition("=") for part in where.query.split("&"))}
            view = await _view(web, request, work, query)
            said = msgspec.json.encode({"close-dialog": {}, "toast": {"message": _done(what)}}).decode()
            headers = {"hx-retarget": "#approvals", "hx-reswap": "outerHTML", "hx-trigger": said}
            return web.page(work, "web/approval_list.html", view, headers=headers)

        try:
            return await web.within(request, decide, read_only=False)
        except (Invalid, Conflict, Denied) as error:
            return await ask(request, record_id(key), what, error)

    return [form, act]


async def _do(work: Workspace, key: UUID, what: str, form: dict[str, list[str]]) -> None:
    reason, to = _last(form, "reason"), parse_id(_last(form, "user"))
    if what in ("delegate", "reassign") and to is None:
        raise Invalid(_("Choose who decides."), code="required", field="user")
    if what in ("approve", "reject"):
        await deciding.decide(work, key, approve=what == "approve", reason=reason)
    elif what == "delegate" and to is not None:
        await deciding.delegate(work, key, to, reason)
    elif what == "reassign" and to is not None:
        await deciding.reassign(work, key, to, reason=reason)
    else:
        await deciding.recall(work, key, reason)


async def _request(work: Workspace, key: UUID) -> AnyTarget:
    """What a request is about. NotFound unless the actor sees it, or has a part in it."""
    if await deciding.my_part(work, key) is None:
        await work.get(REQUEST, key)
    about: AnyTarget = (await work.as_system().get(REQUEST, key))["about"]
    return about


def _known(what: str) -> str:
    if what not in ("approve", "reject", "delegate", "recall", "reassign"):
        raise NotFound("There is no such page.", code="unknown_page")
    return what


def _done(what: str) -> str:
    return {
        "approve": _("Approved."), "reject": _("Rejected."), "delegate": _("Delegated."), "recall": _("Recalled."),
        "reassign": _("Another approver was named."),
    }[what]  # fmt: skip


def _question(
    request: Visit, key: UUID, what: str, title: str, form: dict[str, list[str]], error: _Refused | None
) -> DialogView:
    titles = {
        "approve": _("Approve %(what)s"), "reject": _("Reject %(what)s"), "delegate": _("Delegate %(what)s"),
        "recall": _("Recall the approval of %(what)s"), "reassign": _("Another approver for %(what)s"),
    }  # fmt: skip
    submits = {
        "approve": _("Approve"), "reject": _("Reject"), "delegate": _("Delegate"), "recall": _("Recall"),
        "reassign": _("Name"),
    }  # fmt: skip
    texts = {"recall": _("Nobody decides then, and the record is free again.")}
    errors = {one.field: one.message for one in error.problems} if error else {}
    if error is not None and error.field and not errors:
        errors[error.field] = error.message
    is_needed = what == "reject"
    fields = [_text("reason", _("Reason") if is_needed else _("Comment"), _last(form, "reason"), required=is_needed,
                    error=errors.get("reason", ""), autofocus=what not in ("delegate", "reassign"))]  # fmt: skip
    if what in ("delegate", "reassign"):
        wrong = errors.get("user", "") or errors.get("to", "")
        fields.insert(0, FormField(
            name="user", label=_("Who decides"), kind="link", value=None, source="/choose/user", required=True,
            error=wrong, autofocus=True,
        ))  # fmt: skip
    said = _said(error) if error is not None and not errors else ""
    return DialogView(
        title=titles[what] % {"what": title or _("this")}, text=texts.get(what, ""), action=f"/approvals/{key}/{what}",
        submit=submits[what], kind="danger" if is_needed else "primary", csrf=exchange(request).csrf_token(),
        fields=tuple(fields), error=said,
    )  # fmt: skip


def _dialog(web: Web, work: Workspace, view: DialogView, error: _Refused | None) -> Response[bytes]:
    headers = {"hx-retarget": "#dialog", "hx-reswap": "innerHTML"} if error else None
    return web.page(work, "web/approval_dialog.html", view, status=422 if error else 200, headers=headers)


def _said(error: _Refused | None) -> str:
    return f"{error.message} {error.hint or ''}".strip() if error else ""


def _text(name: str, label: str, value: str, **more: object) -> FormField:
    return FormField(name=name, label=label, kind="long_text", value=value, rows=3, **more)  # type: ignore[arg-type]


def _last(form: dict[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[-1].strip()


async def _view(web: Web, request: Visit, work: Workspace, query: object) -> InboxView:
    asked = query.get("show", "") if hasattr(query, "get") else ""
    show: inbox.Show = next((one for one in _SHOWS if one == asked), "waiting")
    after = query.get("after", "") if hasattr(query, "get") else ""
    found, following = await inbox.entries(work, show, after or "")
    count = await inbox.waiting_count(work)
    labels = {"waiting": _("Waiting for me"), "sent": _("Sent by me"), "decided": _("Decided by me")}
    return InboxView(
        shell=web.shell(request, work, "approvals"),
        show=show,
        tabs=tuple(
            Tab(name=one, label=labels[one], href=f"/approvals?show={one}", current=one == show,
                count=count if one == "waiting" and count else None)
            for one in _SHOWS
        ),
        lines=tuple(_line(work, one) for one in found),
        next=f"/approvals?show={show}&after={following}" if following else "",
    )  # fmt: skip


def _line(work: Workspace, one: Entry) -> Line:
    target = work.registry.objects.get(one.about.object)
    return Line(
        entry=one, kind=target.title if target else "", icon=target.icon if target else "box",
        href=record_href(work.registry, one.about.object, one.about.id) if one.can_see else "",
    )  # fmt: skip
