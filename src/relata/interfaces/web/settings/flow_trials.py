"""A flow before it is on: its stored tests, and what would have started it in the last quarter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.cases import Outcome, run_cases
from relata.engine.automation.flows.definition import Body, Case
from relata.engine.automation.flows.rehearsing import Rehearsed, rehearse
from relata.engine.automation.flows.triggers import WebhookTrigger
from relata.engine.automation.flows.wording import trigger_words
from relata.engine.ui.values import record_href
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.flow_inputs import Pairs
from relata.interfaces.web.settings.flows import PLACE
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

_ENDS = (("done", later("Well")), ("failed", later("With a failure")))


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored test. result: passed or failed, "" before it was run."""

    at: int
    name: str
    words: str
    result: str
    problem: str


class TestsPage(Page, frozen=True, kw_only=True):
    """The tests, and the form of another one."""

    cases: tuple[CaseRow, ...]
    fields: tuple[FormField, ...]
    pairs: tuple[Pairs, ...]
    base: str


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A run that there would have been."""

    title: str
    href: str
    at: datetime
    by: str


class RehearsalPage(Page, frozen=True, kw_only=True):
    """What would have started the flow. weeks: the Monday, how many, and how many of the most, in percent."""

    trigger: str
    found: Rehearsed
    weeks: tuple[tuple[date, int, int], ...]
    starts: tuple[Start, ...]
    is_segment: bool
    back: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, flow: UUID, form: Form, error: Refused | None = None, outcomes: Any = ()
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = await keeping.flow_of(work, flow)
            body = (await keeping.versions(work, flow))[0].body
            fields, pairs = _form(work, body, form, error)
            values = frame(
                web, request, work, PLACE, _("Tests of %(name)s") % {"name": record["name"]}, error=error,
                known=("name", "expect"),
            )  # fmt: skip
            view = TestsPage(**values, cases=_rows(body, outcomes), fields=fields, pairs=pairs, base=f"{PLACE}/{flow}")
            return web.page(work, "web/settings/flow_tests.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/{{key:str}}/tests")
    async def tests(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, record_id(key), {})

    @post(f"{PLACE}/{{key:str}}/tests", name="add_flow_test")
    async def add(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, form = record_id(key), await posted(request)

        async def attempt() -> str:
            async def keep(work: Workspace) -> None:
                draft = await keeping.draft_of(work, flow)
                case = _case(form)
                others = tuple(one for one in draft.body.tests if one.name != case.name)
                await keeping.save_draft(work, draft, msgspec.structs.replace(draft.body, tests=(*others, case)))

            await web.within(request, keep, read_only=False)
            return f"{PLACE}/{flow}/tests?done=saved"

        return await settled(attempt, lambda error: show(request, flow, form, error))

    @post(f"{PLACE}/{{key:str}}/tests/run", status_code=200)
    async def run(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow = record_id(key)

        async def act(work: Workspace) -> Any:
            await keeping.flow_of(work, flow)
            return await run_cases(work, (await keeping.versions(work, flow))[0].body)

        return await show(request, flow, {}, None, await web.within(request, act, read_only=False))

    @post(f"{PLACE}/{{key:str}}/tests/{{at:int}}/remove")
    async def remove(request: Visit, key: FromPath[str], at: FromPath[int]) -> Response[bytes]:
        flow = record_id(key)

        async def act(work: Workspace) -> None:
            draft = await keeping.draft_of(work, flow)
            left = tuple(one for place, one in enumerate(draft.body.tests) if place != at)
            await keeping.save_draft(work, draft, msgspec.structs.replace(draft.body, tests=left))

        await web.within(request, act, read_only=False)
        return redirect(f"{PLACE}/{flow}/tests?done=removed")

    @get(f"{PLACE}/{{key:str}}/rehearsal")
    async def rehearsal(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            flow = record_id(key)
            record = await keeping.flow_of(work, flow)
            body = (await keeping.versions(work, flow))[0].body
            values = frame(web, request, work, PLACE, _("Rehearsal of %(name)s") % {"name": record["name"]})
            try:
                found = await rehearse(work, body)
            except Invalid as error:
                found = Rehearsed()
                values["error"] = f"{error.message} {error.hint or ''}".strip()
            most = max(found.weeks.values(), default=1)
            view = RehearsalPage(
                **values, trigger=trigger_words(work.registry, body.trigger), found=found,
                weeks=tuple((week, count, round(count * 100 / most)) for week, count in found.weeks.items()),
                starts=await _starts(work, body, found), is_segment=body.trigger.__struct_config__.tag == "segment",
                back=f"{PLACE}/{flow}",
            )  # fmt: skip
            return web.page(work, "web/settings/flow_rehearsal.html", view)

        return await web.within(request, build)

    return [tests, add, run, remove, rehearsal]


def _rows(body: Body, outcomes: list[Outcome]) -> tuple[CaseRow, ...]:
    rows = []
    for at, case in enumerate(body.tests):
        given = ", ".join(f"{name} = {value}" for name, value in case.values.items())
        words = _("starts") if case.starts else _("does not start")
        if case.starts and case.expect:
            words = case.expect
        outcome = outcomes[at] if at < len(outcomes) else None
        result = "" if outcome is None else "failed" if outcome.problem else "passed"
        rows.append(
            CaseRow(
                at=at, name=case.name, words=f"{given or '–'} → {words}", result=result,
                problem=outcome.problem if outcome else "",
            )
        )  # fmt: skip
    return tuple(rows)


def _form(
    work: Workspace, body: Body, form: Form, error: Refused | None
) -> tuple[tuple[FormField, ...], tuple[Pairs, ...]]:
    errors = errors_of(error)
    one = work.registry.objects.get(body.trigger.object)
    options: tuple[Option, ...] = ()
    if one is not None:
        options = tuple(
            Option(value=field.name, label=field.title) for field in one.all_fields.values()
            if field.stored and not field.system and not field.read_only and work.actor.rights.writable(one, field)
        )  # fmt: skip
    elif isinstance(body.trigger, WebhookTrigger):
        options = tuple(Option(value=name, label=name) for name in body.trigger.inputs)
    fields = [text("name", _("Name"), last(form, "name"), errors, required=True, max_length=80)]
    if one is not None:
        starts = (("true", _("It starts")), ("false", _("It does not start")))
        fields.append(
            text("starts", _("The flow"), last(form, "starts") or "true", errors, kind="choice", required=True,
                 options=tuple(Option(value=value, label=label) for value, label in starts))
        )  # fmt: skip
    fields.append(
        text(
            "ends",
            _("It ends"),
            last(form, "ends") or "done",
            errors,
            kind="choice",
            options=spoken(_ENDS),
            required=True,
        )
    )
    if one is not None:
        help_ = _('A condition over the record, such as status = "open". Empty: anything.')
        fields.append(text("expect", _("Afterwards holds"), last(form, "expect"), errors, help=help_, wide=True))
    rows = (*zip(form.get("values.key", ()), form.get("values.value", ()), strict=False), ("", ""))
    label = _("A new record with") if one is not None else _("A request with")
    return tuple(fields), (Pairs(name="values", label=label, rows=rows, options=options),) if options else ()


def _case(form: Form) -> Case:
    name = last(form, "name")
    if not name:
        raise Invalid.of([Problem("required", _("Give the test a name."), "name")])
    keys, found = form.get("values.key", []), form.get("values.value", [])
    values = {key.strip(): value.strip() for key, value in zip(keys, found, strict=False) if key.strip()}
    return Case(
        name=name[:80], values=values, starts=last(form, "starts") != "false", expect=last(form, "expect"),
        ends="failed" if last(form, "ends") == "failed" else "done",
    )  # fmt: skip


async def _starts(work: Workspace, body: Body, found: Rehearsed) -> tuple[Start, ...]:
    object_name = body.trigger.object
    wanted: dict[str, set[UUID]] = {"user": {one.by for one in found.examples if one.by is not None}}
    if object_name:
        wanted[object_name] = wanted.get(object_name, set()) | {
            one.record for one in found.examples if one.record is not None
        }
    titles = await titles_of(work.unit, wanted)
    rows = []
    for one in found.examples:
        title = titles.get((object_name, one.record), "") if one.record is not None else ""
        href = record_href(work.registry, object_name, one.record) if one.record is not None and title else ""
        by = titles.get(("user", one.by), "") if one.by is not None else ""
        rows.append(Start(title=title or _("At this time"), href=href, at=one.at, by=by))
    return tuple(rows)
