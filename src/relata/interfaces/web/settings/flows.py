"""Flows: the list with how they do, and one flow with its steps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import hooks, keeping, watching
from relata.engine.automation.flows.checking import TRIGGER, problems_in
from relata.engine.automation.flows.definition import Body, inner_blocks
from relata.engine.automation.flows.objects import FLOW
from relata.engine.automation.flows.steps import AnyStep
from relata.engine.automation.flows.templates import Template, templates
from relata.engine.automation.flows.triggers import AnyTrigger, DateTrigger, ScheduleTrigger, WebhookTrigger
from relata.engine.automation.flows.wording import sentence, step_words, trigger_words
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.flow_kinds import STEP_KINDS, TRIGGER_KINDS, objects_of
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

PLACE = "/settings/flows"
STATES = {
    "draft": (later("Draft"), "neutral"), "active": (later("On"), "good"), "paused": (later("Paused"), "warning"),
    "archived": (later("Off"), "neutral"),
}  # fmt: skip
_PARTS = {
    "then": later("If so"), "otherwise": later("If not"), "steps": later("For each"), "rescue": later("If it fails"),
    "first": later("First lane"), "second": later("Second lane"), "third": later("Third lane"),
    "fourth": later("Fourth lane"),
}  # fmt: skip


class FlowRow(msgspec.Struct, frozen=True, kw_only=True):
    """A flow in the list."""

    name: str
    href: str
    sentence: str
    state: str
    meaning: str
    health: watching.Health
    because: str


class FlowsPage(Page, frozen=True, kw_only=True):
    """The list, and what one can begin with."""

    flows: tuple[FlowRow, ...]
    templates: tuple[Template, ...]


class NewPage(Page, frozen=True, kw_only=True):
    """What a new flow is called and starts on."""

    fields: tuple[FormField, ...]
    action: str
    submit: str


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the editor: a step, a heading of a block inside one, or the place for another step. kind: step, part
    or add."""

    kind: str
    depth: int
    id: str = ""
    words: str = ""
    icon: str = ""
    href: str = ""
    problems: tuple[str, ...] = ()
    block: str = ""
    at: int = 0
    is_first: bool = False
    is_last: bool = False


class HookView(msgspec.Struct, frozen=True, kw_only=True):
    """Where requests arrive; "" before the first secret. secret: shown this once. example: how one is sent."""

    address: str = ""
    secret: str = ""
    example: str = ""


class FlowPage(Page, frozen=True, kw_only=True):
    """One flow. hook: of one that requests start."""

    id: str
    name: str
    state: str
    state_label: str
    meaning: str
    because: str
    sentence: str
    trigger: str
    trigger_problems: tuple[str, ...]
    rows: tuple[StepRow, ...]
    number: int
    is_draft: bool
    live: int
    runs_as: str
    published_at: datetime | None
    health: watching.Health
    problems_count: int
    hook: HookView | None = None


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            lines = await watching.flow_lines(work)
            rows = tuple([await _row(work, one) for one in lines])
            view = FlowsPage(**frame(web, request, work, PLACE), flows=rows, templates=templates(work.registry))
            return web.page(work, "web/settings/flows.html", view)

        return await web.within(request, build)

    async def ask(request: Visit, form: Form, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await keeping.check_right(work)
            errors = errors_of(error)
            kinds = spoken((name, label) for name, (_kind, label) in TRIGGER_KINDS.items())
            fields = (
                text("name", _("Name"), last(form, "name"), errors, required=True, autofocus=True, max_length=120),
                text("on", _("It starts when"), last(form, "on") or "record", errors, kind="choice", options=kinds),
                text(
                    "object", _("Records of"), last(form, "object"), errors, kind="choice", options=objects_of(work),
                    placeholder=_("Choose an object"), help=_("Not needed for times and requests."),
                ),
            )  # fmt: skip
            values = frame(web, request, work, PLACE, _("New flow"), error=error, known=("name", "on", "object"))
            view = NewPage(**values, fields=fields, action=f"{PLACE}/new", submit=_("Create flow"))
            return web.page(work, "web/settings/flow_new.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await ask(request, {})

    @post(f"{PLACE}/new")
    async def create(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            async def make(work: Workspace) -> Record:
                body = Body(trigger=new_trigger(form))
                return await keeping.make_flow(work, last(form, "name"), body)

            flow = await web.within(request, make, read_only=False)
            return f"{PLACE}/{flow.id}"

        return await settled(attempt, lambda error: ask(request, form, error))

    @post(f"{PLACE}/template/{{name:str}}")
    async def from_template(request: Visit, name: FromPath[str]) -> Response[bytes]:
        async def make(work: Workspace) -> Record:
            await keeping.check_right(work)
            found = next((one for one in templates(work.registry) if one.key == name), None)
            if found is None:
                raise Invalid(_("There is no such template."), code="unknown_template")
            return await keeping.make_flow(work, found.title, found.body, purpose=found.purpose, template=found.key)

        flow = await web.within(request, make, read_only=False)
        return redirect(f"{PLACE}/{flow.id}")

    @get(f"{PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show_flow(web, request, record_id(key))

    @post(f"{PLACE}/{{key:str}}/secret")
    async def secret(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow = record_id(key)

        async def make(work: Workspace) -> str:
            return (await hooks.open_hook(work, web.sealer, flow))[1]

        try:  # no redirect: the secret is shown here or never
            found = await web.within(request, make, read_only=False)
        except Conflict as error:
            return await show_flow(web, request, flow, error)
        return await show_flow(web, request, flow, secret=found)

    @post(f"{PLACE}/{{key:str}}/{{what:str}}")
    async def turn(request: Visit, key: FromPath[str], what: FromPath[str]) -> Response[bytes]:
        flow = record_id(key)
        acts: Mapping[str, tuple[Callable[[Workspace, UUID], Awaitable[object]], str]] = {
            "publish": (keeping.publish, "published"), "pause": (keeping.pause, "paused"),
            "resume": (keeping.resume, "resumed"), "archive": (keeping.archive, "archived"),
            "discard": (keeping.discard_draft, "removed"), "delete": (_delete, "deleted"),
            "edit": (keeping.draft_of, ""),
        }  # fmt: skip
        if what not in acts:
            return redirect(f"{PLACE}/{flow}")
        act, done = acts[what]

        async def run(work: Workspace) -> str:
            await act(work, flow)
            return f"{PLACE}?done={done}" if what == "delete" else f"{PLACE}/{flow}{f'?done={done}' if done else ''}"

        return await settled(
            lambda: web.within(request, run, read_only=False), lambda error: show_flow(web, request, flow, error)
        )

    return [listed, new, create, from_template, page, secret, turn]


async def _delete(work: Workspace, flow: UUID) -> None:
    await keeping.flow_of(work, flow, lock=True)
    await work.as_system().delete((FLOW, flow))


def new_trigger(form: Form) -> AnyTrigger:
    """A trigger of the kind that the form says, for its object; Invalid where one is missing."""
    kind = TRIGGER_KINDS.get(last(form, "on"))
    if kind is None:
        raise Invalid.of([Problem("required", _("Choose how it starts."), "on")])
    object_name = last(form, "object")
    if not object_name and last(form, "on") in ("record", "date", "button", "segment"):
        raise Invalid.of([Problem("required", _("Choose an object."), "object")])
    more = {"field": ""} if kind[0] is DateTrigger else {"cron": "0 9 * * 1"} if kind[0] is ScheduleTrigger else {}
    named = "" if kind[0] is ScheduleTrigger else object_name
    return kind[0](object=named, **more)  # type: ignore[arg-type]


async def show_flow(
    web: Web, request: Visit, flow: UUID, error: Refused | None = None, *, secret: str = ""
) -> Response[bytes]:
    """The page of one flow. error: what kept it from being published. secret: of its hook, shown this once."""

    async def build(work: Workspace) -> Response[bytes]:
        record = await keeping.flow_of(work, flow)
        found = await keeping.versions(work, flow)
        shown = found[0]
        live = next((one for one in found if one.state == "active"), None)
        problems = problems_in(work, shown.body) if shown.state == "draft" else []
        by_step: dict[str, list[str]] = {}
        for one in problems:
            by_step.setdefault(one.field or TRIGGER, []).append(f"{one.message} {one.hint or ''}".strip())
        label, meaning = STATES[record["state"]]
        person = await work.as_system().get("user", live.published_by) if live and live.published_by else None
        values = frame(web, request, work, PLACE, record["name"], error=error, known=by_step)
        if error is not None and problems:
            values |= {"error": _("It can't be published yet. What is missing stands below."), "problems": ()}
        view = FlowPage(
            **values,
            id=str(flow), name=record["name"], state=record["state"], state_label=_(label), meaning=meaning,
            because=record["paused_because"] or "", sentence=sentence(work.registry, shown.body),
            trigger=trigger_words(work.registry, shown.body.trigger),
            trigger_problems=tuple(by_step.get(TRIGGER, ())), rows=tuple(_rows(work, flow, shown.body, by_step)),
            number=shown.number, is_draft=shown.state == "draft", live=live.number if live else 0,
            runs_as=person.title if person else "", published_at=live.published_at if live else None,
            health=await watching.health_of(work, flow), problems_count=len(problems),
            hook=await _hook(web, work, flow, shown.body, secret),
        )  # fmt: skip
        headers = {"cache-control": "no-store"} if secret else {}
        return web.page(work, "web/settings/flow.html", view, status=status_of(error), headers=headers)

    return await web.within(request, build)


async def _hook(web: Web, work: Workspace, flow: UUID, body: Body, secret: str) -> HookView | None:
    if not isinstance(body.trigger, WebhookTrigger):
        return None
    found = await hooks.hook_of(work, flow)
    if found is None:
        return HookView()
    address = f"{web.address}{hooks.address(work.context.id, found)}"
    names = [what.rpartition(":")[0] or name for name, what in body.trigger.inputs.items()]
    sample = msgspec.json.encode({name.split(".")[0]: "…" for name in names}).decode()
    return HookView(address=address, secret=secret, example=_EXAMPLE % {"address": address, "sample": sample})


#: Sends a signed request from a shell; the secret stands in SECRET.
_EXAMPLE = """BODY='%(sample)s'; ID=msg_$(date +%%s%%N); TIME=$(date +%%s)
KEY=$(printf %%s "${SECRET#whsec_}" | base64 -d | od -An -tx1 -v | tr -d ' \\n')
SIGN=$(printf '%%s.%%s.%%s' "$ID" "$TIME" "$BODY" | \\
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)
curl '%(address)s' -H 'content-type: application/json' -H "webhook-id: $ID" \\
  -H "webhook-timestamp: $TIME" -H "webhook-signature: v1,$SIGN" -d "$BODY"
"""


def _rows(work: Workspace, flow: UUID, body: Body, problems: dict[str, list[str]]) -> list[StepRow]:
    found: list[StepRow] = []

    def block(steps: tuple[AnyStep, ...], name: str, depth: int) -> None:
        for at, step in enumerate(steps):
            kind = type(step).__struct_config__.tag
            found.append(
                StepRow(
                    kind="step", depth=depth, id=step.id, words=step_words(work.registry, body, step),
                    icon=STEP_KINDS[str(kind)][2], href=f"{PLACE}/{flow}/steps/{step.id}",
                    problems=tuple(problems.get(step.id, ())), block=name, at=at, is_first=at == 0,
                    is_last=at == len(steps) - 1,
                )
            )  # fmt: skip
            for part, inner in inner_blocks(step):
                found.append(StepRow(kind="part", depth=depth + 1, words=_(_PARTS[part])))
                block(inner, f"{step.id}.{part}", depth + 1)
        found.append(StepRow(kind="add", depth=depth, block=name, at=len(steps)))

    block(body.steps, "", 0)
    return found


async def _row(work: Workspace, line: watching.FlowLine) -> FlowRow:
    found = await keeping.versions(work, line.flow.id)
    shown = next((one for one in found if one.state == "active"), found[0] if found else None)
    label, meaning = STATES[line.flow["state"]]
    return FlowRow(
        name=line.flow["name"], href=f"{PLACE}/{line.flow.id}",
        sentence=sentence(work.registry, shown.body) if shown else "", state=_(label), meaning=meaning,
        health=line.health, because=line.flow["paused_because"] or "",
    )  # fmt: skip
