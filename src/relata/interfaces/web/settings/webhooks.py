"""Webhooks in the settings: who is told what, how it goes, and what was sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.webhooks import keeping, watching
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.flow_kinds import objects_of
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    settled,
    spoken,
    status_of,
    text,
)  # fmt: skip

PLACE, LOG = "/settings/webhooks", "/settings/webhook-log"
STATES = {
    "active": (later("On"), "good"), "paused": (later("Paused"), "warning"), "disabled": (later("Switched off"), "bad"),
}  # fmt: skip
LOG_STATES = {
    "waiting": (later("Waiting"), "information"), "delivered": (later("Delivered"), "good"),
    "failed": (later("Failed"), "bad"), "skipped": (later("Nothing to tell"), "neutral"),
    "undone": (later("Taken back before it was told"), "neutral"),
}  # fmt: skip
_HAPPENS = (
    ("created", later("Created")), ("changed", later("Changed")), ("deleted", later("Deleted")),
    ("restored", later("Restored")),
)  # fmt: skip
_NAMES = ("name", "url", "objects", "happens", "condition")
PAGE = 30


class HookRow(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook in the list."""

    name: str
    url: str
    href: str
    tells: str
    state: str
    meaning: str
    because: str
    health: watching.Health


class HooksPage(Page, frozen=True, kw_only=True):
    """The list."""

    rows: tuple[HookRow, ...]


class NewHookPage(Page, frozen=True, kw_only=True):
    """The form of a new one."""

    fields: tuple[FormField, ...]
    action: str


class LogRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery in the log."""

    href: str
    type: str
    title: str
    state: str
    meaning: str
    at: datetime
    status: int | None
    milliseconds: int | None
    attempts: int
    message: str
    next_at: datetime | None


class HookPage(Page, frozen=True, kw_only=True):
    """One webhook. secret: shown this once."""

    id: str
    state: str
    state_label: str
    meaning: str
    because: str
    subscriber: str
    is_mine: bool
    secret: str
    fields: tuple[FormField, ...]
    health: watching.Health
    log: tuple[LogRow, ...]
    next: str


class DeliveryPage(Page, frozen=True, kw_only=True):
    """One delivery. body, answer: None where this reader may not see them."""

    id: str
    hook: str
    hook_name: str
    state: str
    meaning: str
    at: datetime
    ended: datetime | None
    status: int | None
    milliseconds: int | None
    attempts: int
    message: str
    record: str
    record_href: str
    body: str | None
    answer: str | None
    waits: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = await keeping.webhooks(work)
            figures = await watching.health(work, [one.id for one in found])
            rows = tuple(_row(work, one, figures[one.id]) for one in found)
            view = HooksPage(**frame(web, request, work, PLACE), rows=rows)
            return web.page(work, "web/settings/webhooks.html", view)

        return await web.within(request, build)

    async def ask(request: Visit, form: Form, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await keeping.webhooks(work)
            values = frame(web, request, work, PLACE, _("New webhook"), error=error, known=_NAMES)
            fields = _fields(work, form, errors_of(error))
            view = NewHookPage(**values, fields=fields, action=f"{PLACE}/new")
            return web.page(work, "web/settings/webhook_new.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await ask(request, {"happens": ["created", "changed", "deleted"]})

    @post(f"{PLACE}/new")
    async def create(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def make(work: Workspace) -> tuple[Record, str]:
            return await keeping.make_webhook(work, web.sealer, _wish(form))

        try:  # no redirect: the secret is in no address, so it is shown here or never
            record, secret = await web.within(request, make, read_only=False)
        except (Invalid, Conflict) as error:
            return await ask(request, form, error)
        return await show(request, record.id, secret=secret)

    async def show(
        request: Visit, hook: UUID, form: Form | None = None, error: Refused | None = None, *, secret: str = ""
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = await keeping.webhook_of(work, hook)
            before = parse_id(request.query_params.get("before"))
            found = await watching.deliveries(work, hook, before=before, limit=PAGE)
            label, meaning = STATES[record["state"]]
            names = await titles_of(work.as_system().unit, {"user": {record["subscriber"]} - {None}})
            filled = form if form is not None else _form_of(record)
            view = HookPage(
                **frame(web, request, work, PLACE, record["name"], error=error, known=_NAMES), id=str(hook),
                state=record["state"], state_label=_(label), meaning=meaning, because=record["disabled_because"] or "",
                subscriber=names.get(("user", record["subscriber"]), "") or _("Somebody who left"),
                is_mine=record["subscriber"] == work.actor.user, secret=secret,
                fields=_fields(work, filled, errors_of(error)),
                health=(await watching.health(work, [hook]))[hook],
                log=await _log(work, found),
                next=f"{PLACE}/{hook}?before={found[-1].id}" if len(found) == PAGE else "",
            )  # fmt: skip
            return web.page(
                work, "web/settings/webhook.html", view, status=status_of(error), headers={"cache-control": "no-store"}
            )

        return await web.within(request, build)

    @get(f"{PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, record_id(key))

    @post(f"{PLACE}/{{key:str}}")
    async def save(request: Visit, key: FromPath[str]) -> Response[bytes]:
        hook, form = record_id(key), await posted(request)

        async def attempt() -> str:
            await web.within(request, lambda work: keeping.save_webhook(work, hook, _wish(form)), read_only=False)
            return f"{PLACE}/{hook}?done=saved"

        return await settled(attempt, lambda error: show(request, hook, form, error))

    @post(f"{PLACE}/{{key:str}}/secret")
    async def rotate(request: Visit, key: FromPath[str]) -> Response[bytes]:
        hook = record_id(key)
        secret = await web.within(request, lambda work: keeping.rotate_secret(work, web.sealer, hook), read_only=False)
        return await show(request, hook, secret=secret)

    @post(f"{PLACE}/{{key:str}}/{{what:str}}")
    async def turn(request: Visit, key: FromPath[str], what: FromPath[str]) -> Response[bytes]:
        hook = record_id(key)
        acts: Mapping[str, tuple[Callable[[Workspace], Awaitable[object]], str]] = {
            "pause": (lambda work: keeping.turn(work, web.queue, hook, "paused"), "saved"),
            "resume": (lambda work: keeping.turn(work, web.queue, hook, "active"), "resumed"),
            "test": (lambda work: keeping.send_test(work, web.queue, hook), "started"),
            "take": (lambda work: keeping.take_over(work, hook), "saved"),
            "delete": (lambda work: keeping.delete_webhook(work, hook), "deleted"),
        }
        if what not in acts:
            return redirect(f"{PLACE}/{hook}")
        act, done = acts[what]

        async def attempt() -> str:
            await web.within(request, act, read_only=False)
            return f"{PLACE}?done={done}" if what == "delete" else f"{PLACE}/{hook}?done={done}"

        return await settled(attempt, lambda error: show(request, hook, None, error))

    @get(f"{LOG}/{{key:str}}")
    async def delivery(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _delivery(web, request, work, record_id(key))
            return web.page(work, "web/settings/webhook_delivery.html", view, headers={"cache-control": "no-store"})

        return await web.within(request, build)

    @post(f"{LOG}/{{key:str}}/again")
    async def again(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def act(work: Workspace) -> UUID:
            return await keeping.deliver_again(work, web.queue, record_id(key))

        await web.within(request, act, read_only=False)
        return redirect(f"{LOG}/{record_id(key)}?done=started")

    return [listed, new, create, page, save, rotate, turn, delivery, again]


def _wish(form: Form) -> keeping.Wish:
    return keeping.Wish(
        last(form, "name"), last(form, "url"), tuple(one for one in form.get("objects", ()) if one),
        tuple(form.get("happens", ())), last(form, "condition"),
    )  # fmt: skip


def _form_of(record: Record) -> Form:
    return {
        "name": [record["name"]], "url": [record["url"]], "objects": list(record["objects"] or ()),
        "happens": list(record["happens"] or ()), "condition": [record["condition"] or ""],
    }  # fmt: skip


def _fields(work: Workspace, form: Form, errors: Mapping[str, str]) -> tuple[FormField, ...]:
    return (
        text("name", _("Name"), last(form, "name"), errors, required=True, max_length=120,
             autofocus=not form.get("name")),
        text("url", _("Address"), last(form, "url"), errors, required=True, kind="url",
             placeholder="https://", help=_("Each change is posted there as JSON.")),
        text("objects", _("Records of"), tuple(form.get("objects", ())), errors, kind="choices",
             options=_objects(work, form)),
        text("happens", _("When they are"), tuple(form.get("happens", ())), errors, kind="choices",
             options=spoken(_HAPPENS)),
        text("condition", _("Only when"), last(form, "condition"), errors, kind="long_text", wide=True,
             help=_("A condition over the record, where one object was chosen; empty: always. Such as amount > 1000.")),
    )  # fmt: skip


def _objects(work: Workspace, form: Form) -> tuple[Option, ...]:
    """What people work with; the product's own records only where they were chosen already."""
    chosen, registry = set(form.get("objects", ())), work.registry

    def is_own(name: str) -> bool:
        module = registry.modules.get(registry.objects[name].module)
        return module is None or not module.essential

    return tuple(one for one in objects_of(work) if one.value in chosen or is_own(one.value))


def _row(work: Workspace, record: Record, health: watching.Health) -> HookRow:
    label, meaning = STATES[record["state"]]
    words = [work.registry.objects[one].title_plural for one in record["objects"] if one in work.registry.objects]
    return HookRow(
        name=record["name"], url=record["url"], href=f"{PLACE}/{record.id}", tells=", ".join(words), state=_(label),
        meaning=meaning, because=record["disabled_because"] or "", health=health,
    )  # fmt: skip


async def _log(work: Workspace, found: list[watching.Delivery]) -> tuple[LogRow, ...]:
    wanted: dict[str, set[UUID]] = {}
    for one in found:
        if one.record is not None:
            wanted.setdefault(one.object, set()).add(one.record)
    titles = await titles_of(work.unit, wanted)
    rows = []
    for one in found:
        label, meaning = LOG_STATES[one.state]
        title = titles.get((one.object, one.record), "") if one.record else ""
        rows.append(
            LogRow(
                href=f"{LOG}/{one.id}", type=one.type, title=title, state=_(label), meaning=meaning, at=one.created_at,
                status=one.status, milliseconds=one.milliseconds, attempts=one.attempts, message=one.message,
                next_at=one.next_at if one.state == "waiting" and one.attempts else None,
            )
        )  # fmt: skip
    return tuple(rows)


async def _delivery(web: Web, request: Visit, work: Workspace, key: UUID) -> DeliveryPage:
    one = await watching.delivery_of(work, key)
    hook = await keeping.webhook_of(work, one.webhook)
    label, meaning = LOG_STATES[one.state]
    titles = await titles_of(work.unit, {one.object: {one.record}}) if one.record is not None else {}
    title = titles.get((one.object, one.record), "") if one.record is not None else ""
    return DeliveryPage(
        **frame(web, request, work, PLACE, one.type), id=str(key), hook=f"{PLACE}/{hook.id}", hook_name=hook["name"],
        state=_(label), meaning=meaning, at=one.created_at, ended=one.ended_at, status=one.status,
        milliseconds=one.milliseconds, attempts=one.attempts, message=one.message, record=title,
        record_href=record_href(work.registry, one.object, one.record) if one.record is not None and title else "",
        body=_pretty(one.body), answer=one.answer, waits=one.state == "waiting",
    )  # fmt: skip


def _pretty(body: str | None) -> str | None:
    return None if body is None else msgspec.json.format(body.encode(), indent=2).decode()
