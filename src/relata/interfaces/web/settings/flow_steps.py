"""Steps of a flow: another one, its form, its place; and the form of what starts the flow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import editing, keeping
from relata.engine.automation.flows.checking import TRIGGER, problems_in
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.names import first_names
from relata.engine.automation.flows.steps import AnyStep
from relata.engine.automation.flows.triggers import SegmentTrigger
from relata.engine.automation.flows.wording import step_words
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.flow_forms import known_words, names_at, step_form
from relata.interfaces.web.settings.flow_inputs import Pairs, read_struct
from relata.interfaces.web.settings.flow_kinds import STEP_KINDS, objects_of
from relata.interfaces.web.settings.flow_triggers import read_trigger, trigger_form
from relata.interfaces.web.settings.flows import PLACE
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text


class KindLine(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of step to choose."""

    value: str
    label: str
    icon: str
    help: str
    needs_object: bool


class ChoosePage(Page, frozen=True, kw_only=True):
    """Which step comes next."""

    kinds: tuple[KindLine, ...]
    object: FormField
    action: str
    back: str
    block: str
    at: int


class StepPage(Page, frozen=True, kw_only=True):
    """The form of a step or trigger. words: what can be merged."""

    fields: tuple[FormField, ...]
    pairs: tuple[Pairs, ...]
    action: str
    back: str
    words: tuple[str, ...]
    step_id: str = ""
    remove: str = ""
    found: tuple[str, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(f"{PLACE}/{{key:str}}/steps/new")
    async def choose(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await ask_kind(request, record_id(key), request.query_params.get("block", ""), _at(request), {})

    async def ask_kind(
        request: Visit, flow: UUID, block: str, at: int, form: Form, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await keeping.flow_of(work, flow)
            kinds = tuple(
                KindLine(value=name, label=_(label), icon=icon, help=_(help_), needs_object=name in _OBJECTS)
                for name, (_kind, label, icon, help_) in STEP_KINDS.items()
            )
            field = text(
                "object", _("Object"), last(form, "object") or "task", errors_of(error), kind="choice",
                options=objects_of(work), help=_("Of which a record is created, found or gone through."),
            )  # fmt: skip
            view = ChoosePage(
                **frame(web, request, work, PLACE, _("Add a step"), error=error, known=("object",)),
                kinds=kinds, object=field, action=f"{PLACE}/{flow}/steps/new", back=f"{PLACE}/{flow}", block=block,
                at=at,
            )  # fmt: skip
            return web.page(work, "web/settings/flow_step_new.html", view, status=status_of(error))

        return await web.within(request, build)

    @post(f"{PLACE}/{{key:str}}/steps/new")
    async def add(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, form = record_id(key), await posted(request)
        block, at = last(form, "block"), int(last(form, "at")) if last(form, "at").isdecimal() else 0

        async def attempt() -> str:
            async def insert(work: Workspace) -> str:
                draft = await keeping.draft_of(work, flow)
                step = _new_step(draft.body, form)
                await keeping.save_draft(work, draft, editing.insert(draft.body, block, at, step))
                return step.id

            return f"{PLACE}/{flow}/steps/{await web.within(request, insert, read_only=False)}"

        return await settled(attempt, lambda error: ask_kind(request, flow, block, at, form, error))

    @get(f"{PLACE}/{{key:str}}/steps/{{step_id:str}}")
    async def step_page(request: Visit, key: FromPath[str], step_id: FromPath[str]) -> Response[bytes]:
        return await show_step(request, record_id(key), step_id, None)

    async def show_step(
        request: Visit, flow: UUID, step_id: str, form: Form | None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            body = (await keeping.versions(work, flow))[0].body
            step = editing.step_of(body, step_id)
            built = step_form(work, body, step, errors_of(error))
            fields = tuple(_given(one, form) for one in built.fields)
            problems = tuple(
                f"{one.message} {one.hint or ''}".strip() for one in problems_in(work, body) if one.field == step_id
            )
            title = step_words(work.registry, body, step)
            view = StepPage(
                **frame(web, request, work, PLACE, title, error=error, known=[one.name for one in fields]),
                fields=fields, pairs=built.pairs, action=f"{PLACE}/{flow}/steps/{step_id}", back=f"{PLACE}/{flow}",
                words=known_words(work, names_at(work, body, step)), step_id=step_id,
                remove=f"{PLACE}/{flow}/steps/{step_id}/remove",
                found=problems if request.query_params.get("checked") and error is None else (),
            )  # fmt: skip
            return web.page(work, "web/settings/flow_step.html", view, status=status_of(error))

        return await web.within(request, build)

    @post(f"{PLACE}/{{key:str}}/steps/{{step_id:str}}")
    async def save_step(request: Visit, key: FromPath[str], step_id: FromPath[str]) -> Response[bytes]:
        flow, form = record_id(key), await posted(request)

        async def attempt() -> str:
            async def save(work: Workspace) -> bool:
                draft = await keeping.draft_of(work, flow)
                step = editing.step_of(draft.body, step_id)
                body = editing.replace_step(draft.body, read_struct(type(step), form, step))
                await keeping.save_draft(work, draft, body)
                return any(one.field == step_id for one in problems_in(work, body))

            wrong = await web.within(request, save, read_only=False)
            return f"{PLACE}/{flow}/steps/{step_id}?checked=1" if wrong else f"{PLACE}/{flow}?done=saved"

        return await settled(attempt, lambda error: show_step(request, flow, step_id, form, error))

    @post(f"{PLACE}/{{key:str}}/steps/{{step_id:str}}/{{what:str}}")
    async def alter(request: Visit, key: FromPath[str], step_id: FromPath[str], what: FromPath[str]) -> Response[bytes]:
        flow = record_id(key)

        async def run(work: Workspace) -> None:
            draft = await keeping.draft_of(work, flow)
            body = draft.body
            if what == "remove":
                body = editing.remove(body, step_id)
            elif what in ("up", "down"):
                body = editing.move(body, step_id, -1 if what == "up" else 1)
            await keeping.save_draft(work, draft, body)

        await web.within(request, run, read_only=False)
        return redirect(f"{PLACE}/{flow}")

    @get(f"{PLACE}/{{key:str}}/trigger")
    async def trigger_page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show_trigger(request, record_id(key), None)

    async def show_trigger(
        request: Visit, flow: UUID, form: Form | None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            body = (await keeping.versions(work, flow))[0].body
            built = trigger_form(work, body, errors_of(error), await _views(work, body))
            fields = tuple(_given(one, form) for one in built.fields)
            problems = tuple(
                f"{one.message} {one.hint or ''}".strip() for one in problems_in(work, body) if one.field == TRIGGER
            )
            view = StepPage(
                **frame(
                    web, request, work, PLACE, _("When it starts"), error=error, known=[one.name for one in fields]
                ),
                fields=fields, pairs=built.pairs, action=f"{PLACE}/{flow}/trigger", back=f"{PLACE}/{flow}",
                words=known_words(work, first_names(work.registry, work.actor, body)),
                found=problems if request.query_params.get("checked") and error is None else (),
            )  # fmt: skip
            return web.page(work, "web/settings/flow_step.html", view, status=status_of(error))

        return await web.within(request, build)

    @post(f"{PLACE}/{{key:str}}/trigger", name="save_flow_trigger")
    async def save_trigger(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, form = record_id(key), await posted(request)

        async def attempt() -> str:
            async def save(work: Workspace) -> bool:
                draft = await keeping.draft_of(work, flow)
                body = read_trigger(form, draft.body)
                await keeping.save_draft(work, draft, body)
                return any(one.field == TRIGGER and body.steps for one in problems_in(work, body))

            wrong = await web.within(request, save, read_only=False)
            return f"{PLACE}/{flow}/trigger?checked=1" if wrong else f"{PLACE}/{flow}?done=saved"

        return await settled(attempt, lambda error: show_trigger(request, flow, form, error))

    return [choose, add, step_page, save_step, alter, trigger_page, save_trigger]


_OBJECTS = ("create", "find", "loop")
#: What a new step of a kind needs to be one, before anybody has filled it in.
_BLANK = {
    "create": ("object",), "find": ("object",), "loop": ("object",), "act": ("action",), "assign": ("to",),
    "notify": ("to", "text"), "mail": ("to", "subject", "text"), "branch": ("condition",), "call": ("flow",),
    "http": ("url",), "set": ("value",), "fail": ("message",), "ask": ("to", "title"),
}  # fmt: skip


def _new_step(body: Body, form: Form) -> AnyStep:
    name = last(form, "do")
    if name not in STEP_KINDS:
        raise Invalid(_("Choose a step."), code="required", field="do")
    wish = f"{name}_{last(form, 'object')}" if name in _OBJECTS else name
    values: dict[str, Any] = {one: last(form, "object") if one == "object" else "" for one in _BLANK.get(name, ())}
    defaults: dict[str, dict[str, Any]] = {
        "notify": {"to": "record.owner"},
        "assign": {"to": "record.owner"},
        "ask": {"to": "record.owner"},
        "wait": {"amount": 1},
    }
    kind = STEP_KINDS[name][0]
    values |= defaults.get(name, {}) if body.trigger.object or name == "wait" else {}
    return kind(id=editing.fresh_id(body, wish[:36]), **values)


def _given(field: FormField, form: Form | None) -> FormField:
    """An input as it was filled in, where the form comes back."""
    if form is None or field.name not in form or field.kind in ("choices", "boolean"):
        return field
    return msgspec.structs.replace(field, value=last(form, field.name))


async def _views(work: Workspace, body: Body) -> tuple[Option, ...]:
    """The filters of saved views, where a segment starts the flow."""
    if not isinstance(body.trigger, SegmentTrigger):
        return ()
    found = await work.find("view", object=body.trigger.object, order="name", limit=100)
    return tuple(Option(value=one["filter"], label=one["name"]) for one in found if one["filter"])


def _at(request: Visit) -> int:
    found = request.query_params.get("at", "")
    return int(found) if found.isdecimal() and len(found) < 5 else 0
