"""Runs of flows: which there were, what each step did, again from a step, or not any further."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import keeping, replaying, watching
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.noticing import PUMP
from relata.engine.automation.flows.wording import step_words
from relata.engine.history.entries import Entry
from relata.engine.ui.change_words import in_words, linked_by
from relata.engine.ui.values import record_href
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.flows import PLACE
from relata.interfaces.web.settings.frame import Form, Page, frame, last

RUNS = "/settings/flow-runs"
RUN_STATES = {
    "ready": (later("Due"), "information"), "waiting": (later("Waiting"), "information"),
    "calling": (later("Calling"), "information"), "queued": (later("In the queue"), "neutral"),
    "done": (later("Done"), "good"), "failed": (later("Failed"), "bad"), "stopped": (later("Stopped"), "warning"),
}  # fmt: skip
STEP_STATES = {
    **RUN_STATES, "retrying": (later("Will be tried again"), "warning"), "uncertain": (later("Uncertain"), "warning"),
    "skipped": (later("Passed over"), "neutral"),
}  # fmt: skip
PAGE = 50


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the list."""

    href: str
    title: str
    state: str
    meaning: str
    at: datetime
    message: str
    version: int
    wakes: datetime | None


class Tab(msgspec.Struct, frozen=True, kw_only=True):
    """A state to filter by."""

    label: str
    href: str
    count: int | None
    current: bool


class RunsPage(Page, frozen=True, kw_only=True):
    """The runs of a flow. again: the state whose runs can be run again together, "" where none are shown."""

    runs: tuple[RunRow, ...]
    tabs: tuple[Tab, ...]
    next: str
    back: str
    again: str


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was changed."""

    label: str
    before: str
    after: str


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """What a step did. facts: ids, counts and what was sent, in pairs."""

    id: str
    words: str
    state: str
    meaning: str
    at: datetime
    milliseconds: int | None
    attempts: int
    message: str
    facts: tuple[tuple[str, str], ...]
    records: tuple[tuple[str, str], ...]
    changes: tuple[ChangeLine, ...]
    may_replay: bool


class RunPage(Page, frozen=True, kw_only=True):
    """One run. chain: the causes before it, oldest first, as words and addresses. again: how it is run again; edited:
    with other inputs, too."""

    id: str
    flow: str
    flow_name: str
    number: int
    state: str
    meaning: str
    message: str
    record: str
    record_href: str
    started: datetime
    ended: datetime | None
    wakes: datetime | None
    who: str
    steps: tuple[StepView, ...]
    chain: tuple[tuple[str, str], ...]
    is_open: bool
    again: tuple[FormField, ...]
    edited: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(f"{PLACE}/{{key:str}}/runs")
    async def listed(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, query = record_id(key), request.query_params
        state = query.get("state", "") if query.get("state", "") in watching.STATES else ""

        async def build(work: Workspace) -> Response[bytes]:
            record = await keeping.flow_of(work, flow)
            lines = await watching.run_lines(
                work, flow, state=state, record=parse_id(query.get("record")), before=parse_id(query.get("before")),
                limit=PAGE,
            )  # fmt: skip
            counts = await watching.run_counts(work, flow)
            titles = await _titles(work, lines)
            kept = {"state": state, "record": query.get("record", "")}
            more = {**kept, "before": str(lines[-1].id)} if len(lines) == PAGE else {}
            view = RunsPage(
                **frame(web, request, work, PLACE, _("Runs of %(name)s") % {"name": record["name"]}),
                runs=tuple(_run_row(work, one, titles) for one in lines), tabs=tuple(_tabs(flow, state, counts)),
                next=f"{PLACE}/{flow}/runs?{_query(more)}" if more else "", back=f"{PLACE}/{flow}",
                again=state if state in ("failed", "stopped") and lines else "",
            )  # fmt: skip
            return web.page(work, "web/settings/flow_runs.html", view)

        return await web.within(request, build)

    @get(f"{RUNS}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/settings/flow_run.html", await _run_page(web, request, work, record_id(key)))

        return await web.within(request, build)

    @post(f"{PLACE}/{{key:str}}/runs/replay")
    async def replay_all(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, form = record_id(key), await posted(request)
        state = "stopped" if last(form, "state") == "stopped" else "failed"

        async def run(work: Workspace) -> int:
            number = last(form, "version")
            count = await replaying.replay_many(
                work, flow, state=state, on_live=True, number=int(number) if number.isdecimal() else None
            )
            if count:
                await web.queue.enqueue(
                    work.unit.connection, PUMP, {"schema": work.context.schema}, key=work.context.schema
                )
            return count

        count = await web.within(request, run, read_only=False)
        return redirect(f"{PLACE}/{flow}/runs?done={'started' if count else 'nothing'}")

    @post(f"{RUNS}/{{key:str}}/replay")
    async def replay(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def run(work: Workspace) -> UUID:
            number, inputs = last(form, "version"), _inputs(form)
            found = await replaying.replay(
                work, record_id(key), last(form, "step"), on_live=last(form, "on") == "live",
                number=int(number) if number.isdecimal() and len(number) < 7 else None, inputs=inputs,
            )  # fmt: skip
            await web.queue.enqueue(
                work.unit.connection, PUMP, {"schema": work.context.schema}, key=work.context.schema
            )
            return found

        return redirect(f"{RUNS}/{await web.within(request, run, read_only=False)}?done=started")

    @post(f"{RUNS}/{{key:str}}/stop")
    async def stop(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: replaying.stop_run(work, record_id(key)), read_only=False)
        return redirect(f"{RUNS}/{key}?done=ended")

    return [listed, page, replay_all, replay, stop]


def _inputs(form: Form) -> dict[str, object] | None:
    """Other values than the trigger brought, as the form sends them; None where it asked for none."""
    if "edited" not in form:
        return None
    given = {name.removeprefix("in."): values[-1].strip() for name, values in form.items() if name.startswith("in.")}
    words: dict[str, object] = {"true": True, "false": False}
    return {name: words.get(text, text) for name, text in given.items() if text}


def _query(values: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _tabs(flow: UUID, state: str, counts: Mapping[str, int]) -> list[Tab]:
    found = [Tab(label=_("All"), href=f"{PLACE}/{flow}/runs", count=sum(counts.values()), current=not state)]
    for name, (label, _meaning) in RUN_STATES.items():
        if counts.get(name) or name == state:
            href = f"{PLACE}/{flow}/runs?state={name}"
            found.append(Tab(label=_(label), href=href, count=counts.get(name, 0), current=name == state))
    return found


async def _titles(work: Workspace, lines: list[watching.RunLine]) -> dict[tuple[str, UUID], str]:
    wanted: dict[str, set[UUID]] = {}
    for one in lines:
        if one.record is not None:
            wanted.setdefault(one.object, set()).add(one.record)
    return await titles_of(work.unit, wanted)


def _run_row(work: Workspace, one: watching.RunLine, titles: Mapping[tuple[str, UUID], str]) -> RunRow:
    label, meaning = RUN_STATES[one.state]
    title = titles.get((one.object, one.record), "") if one.record else ""
    return RunRow(
        href=f"{RUNS}/{one.id}", title=title or (_("A record that is gone or hidden") if one.record else _("Run")),
        state=_(label), meaning=meaning, at=one.created_at, message=message_of(one.code, one.message),
        version=one.number, wakes=one.wake_at if one.state == "waiting" else None,
    )  # fmt: skip


def message_of(code: str, message: str) -> str:
    """Why a run ended, where it says so in a code alone."""
    words = {
        "loop": _("It was stopped, since it would start itself again and again."),
        "by_hand": _("Somebody stopped it."), "undone": _("The bulk change that caused it was taken back."),
        "gone": _("Its version is gone."),
    }  # fmt: skip
    return message or words.get(code, "")


async def _run_page(web: Web, request: Visit, work: Workspace, key: UUID) -> RunPage:
    run = await watching.run_of_id(work, key)
    flow = await keeping.flow_of(work, run.flow)
    versions = await keeping.versions(work, run.flow)
    version = next((one for one in versions if one.id == run.version), None)
    lines = await watching.step_lines(work, run, version.published_by if version else None)
    brought = await watching.inputs_of_run(work, run, version.published_by if version else None)
    body = version.body if version else None
    wanted: dict[str, set[UUID]] = {"user": {run.person} if run.person else set()}
    if run.record is not None:
        wanted.setdefault(run.object, set()).add(run.record)
    for line in lines:
        for name, record in line.detail.get("records", ()):
            wanted.setdefault(name, set()).add(UUID(record))
    titles = await titles_of(work.unit, wanted)
    linked = await titles_in(work, [one for line in lines for one in line.changes])
    label, meaning = RUN_STATES[run.state]
    title = titles.get((run.object, run.record), "") if run.record else ""
    values = frame(web, request, work, PLACE, _("Run of %(name)s") % {"name": flow["name"]})
    return RunPage(
        **values, id=str(run.id), flow=f"{PLACE}/{run.flow}", flow_name=flow["name"],
        number=version.number if version else 0, state=_(label), meaning=meaning,
        message=message_of(run.code, run.message), record=title,
        record_href=record_href(work.registry, run.object, run.record) if run.record and title else "",
        started=run.created_at, ended=run.ended_at,
        wakes=run.wake_at if run.ended_at is None and run.state in ("waiting", "ready") else None,
        who=titles.get(("user", run.person), "") if run.person else "",
        steps=tuple(_step_view(work, body, line, titles, linked, ended=run.ended_at is not None) for line in lines),
        chain=await _chain(work, run.chain), is_open=run.ended_at is None,
        again=_again(work, versions, version, brought), edited=bool(brought),
    )  # fmt: skip


def _again(
    work: Workspace, versions: list[keeping.Version], version: keeping.Version | None, brought: Mapping[str, Any] | None
) -> tuple[FormField, ...]:
    """Which version, from which step, with which inputs."""
    published = tuple(
        Option(value=str(one.number), label=_("Version %(number)s") % {"number": one.number})
        for one in versions if one.state != "draft"
    )  # fmt: skip
    steps: tuple[Option, ...] = ()
    if version is not None:
        body = version.body
        steps = tuple(
            Option(value=step.id, label=step_words(work.registry, body, step)) for _depth, _block, step in body.walk()
        )
    first = published[0].value if published else ""
    return (
        FormField(name="version", label=_("On"), kind="choice", options=published, value=first, required=True),
        FormField(name="step", label=_("From"), kind="choice", options=steps, placeholder=_("The beginning"), value=""),
        *(
            FormField(name=f"in.{name}", label=name.replace("_", " ").capitalize(), kind="text", value=_typed(value))
            for name, value in (brought or {}).items()
        ),
    )  # fmt: skip


def _typed(value: object) -> str:
    """As it would be typed again."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


async def _chain(work: Workspace, chain: list[list[str]]) -> tuple[tuple[str, str], ...]:
    flows = {UUID(flow) for flow, _record, _run in chain}
    titles = await titles_of(work.unit, {"flow": flows})
    return tuple((titles.get(("flow", UUID(flow)), _("A flow")), f"{RUNS}/{run}") for flow, _record, run in chain)


def _step_view(
    work: Workspace, body: Body | None, line: watching.StepLine, titles: Titles, linked: Titles, *, ended: bool
) -> StepView:
    label, meaning = STEP_STATES[line.state]
    step = body.by_id.get(line.step) if body else None
    spent = int((line.ended_at - line.started_at).total_seconds() * 1000) if line.ended_at else None
    lanes = [str(one) for one in line.detail.get("runs", ())]
    records = [(_("Lane %(number)s") % {"number": at}, f"{RUNS}/{one}") for at, one in enumerate(lanes, 1)]
    for name, key in line.detail.get("records", ()):
        title = titles.get((name, UUID(key)))
        if title is not None and name in work.registry.objects:
            shown = title or work.registry.get(name).title
            records.append((shown, record_href(work.registry, name, UUID(key))))
    return StepView(
        id=line.step, words=step_words(work.registry, body, step) if body and step else line.step, state=_(label),
        meaning=meaning, at=line.started_at, milliseconds=spent, attempts=line.attempts, message=line.message,
        facts=facts_of(line.detail, line.values), records=tuple(records),
        changes=tuple(change for entry in line.changes for change in change_lines(work, entry, linked)),
        may_replay=ended and step is not None,
    )  # fmt: skip


def facts_of(detail: Mapping[str, Any], values: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """What a step says of itself, in pairs."""
    words = {
        "count": _("Records"), "holds": _("The condition holds"), "until": _("Until"), "met": _("It came true"),
        "status": _("Answer"), "key": _("Idempotency key"), "uncertain": _("Uncertain"), "told": _("Told"),
        "url": _("Address"), "method": _("Method"), "headers": _("Headers"), "body": _("Sent"), "to": _("To"),
        "subject": _("Subject"), "text": _("Text"), "action": _("Action"), "would_start": _("Would start"),
        "would_ask": _("Would ask"), "approved": _("Approved"),
        "answered": _("Answered"),
    }  # fmt: skip
    both = {**detail, **(values or {})}
    return tuple(
        (words[name], _shown(value)) for name, value in both.items() if name in words and value not in (None, "", {})
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


async def titles_in(work: Workspace, entries: Iterable[Entry]) -> Titles:
    """What the records that entries name are called."""
    wanted: dict[str, set[UUID]] = {}
    for entry in entries:
        one = work.registry.objects.get(entry.object)
        if one is not None:
            for name, ids in linked_by(work, one, [entry]).items():
                wanted.setdefault(name, set()).update(ids)
    return await titles_of(work.unit, wanted)


def change_lines(work: Workspace, entry: Entry, titles: Titles) -> list[ChangeLine]:
    """The values of an entry of the log, before and after, as people read them."""
    one = work.registry.objects.get(entry.object)
    found = []
    for name in dict.fromkeys((*entry.after, *entry.before)):
        field = one.field(name) if one else None
        if one is None or field is None or field.hidden:
            continue
        before, after = [in_words(work, one, name, values.get(name), titles) for values in (entry.before, entry.after)]
        found.append(ChangeLine(label=f"{one.title}: {field.title}", before=before[:200], after=after[:200]))
    return found[:40]
