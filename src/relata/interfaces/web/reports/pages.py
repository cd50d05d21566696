"""The list of reports, and the page of one: its prompts, its picture, its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.query.filter_conditions import Condition
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import Definition, Prompt
from relata.engine.reporting.prompts import answered
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.reports.shelf import Line, Report
from relata.engine.ui.filter_fields import label_of
from relata.engine.ui.filter_tree import Group
from relata.engine.ui.reports import asked, list_address
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.filters import Row, rows_of
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.reports.answers import answer_view
from relata.interfaces.web.reports.builder import AnswerView
from relata.interfaces.web.reports.past_days import PastDay, past_day

PLACE = "/report"
#: Before the name of a prompt in an address; the rest is the input's own name.
ASKED = "v:"


class ReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """A report in the list. about: its object's name."""

    key: str
    name: str
    description: str
    about: str


class AllReports(msgspec.Struct, frozen=True, kw_only=True):
    """The list: kept ones, and those of modules under what they are about. undo: brings back what was just deleted."""

    shell: Shell
    words: str
    kept: tuple[ReportLine, ...]
    shipped: tuple[tuple[str, tuple[ReportLine, ...]], ...]
    undo: str = ""


class PromptView(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the reader, as a filter's row."""

    label: str
    row: Row
    error: str = ""


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """records: the list of all that the report counts. csv, xlsx, lines (JSON), pdf: with the same answers. png,
    svg: likewise; "" where there is no picture."""

    shell: Shell
    key: str
    name: str
    description: str
    crumbs: tuple[Crumb, ...]
    is_shipped: bool
    may_change: bool
    may_export: bool
    may_embed: bool
    prompts: tuple[PromptView, ...]
    answer: AnswerView
    records: str
    csv: str
    lines: str
    xlsx: str
    pdf: str
    png: str
    svg: str
    past: PastDay
    changes: str
    path: str = PLACE


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the list and of single reports."""

    @get(PLACE)
    async def everything(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            words = request.query_params.get("q", "").strip()
            kept, shipped = await shelf.lines(work)
            gone = parse_id(request.query_params.get("undo", ""))
            view = AllReports(
                shell=web.shell(request, work, "reports"), words=words,
                kept=tuple(_line(work, one) for one in kept if _has(one, words)),
                shipped=_by_object(work, [one for one in shipped if _has(one, words)]),
                undo=f"{PLACE}/{gone}/restore" if gone else "",
            )  # fmt: skip
            return web.page(work, "web/reports/all.html", view)

        return await web.within(request, show)

    @get(f"{PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = await shelf.report(work, key)
            if parse_id(key):
                web.openings.note(work, web.database, "report", record_id(key))
            return web.page(work, "web/reports/page.html", await _view(web, request, work, found))

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/copy")
    async def copy(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def make(work: Workspace) -> str:
            return f"{PLACE}/{(await shelf.copy(work, key)).id}"

        return redirect(await web.within(request, make, read_only=False), request)

    @post(f"{PLACE}/{{key:str}}/delete")
    async def delete(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> str:
            await shelf.remove(work, key)
            return f"{PLACE}?undo={record_id(key)}"

        return redirect(await web.within(request, remove, read_only=False), request)

    @post(f"{PLACE}/{{key:str}}/restore")
    async def restore(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def bring_back(work: Workspace) -> str:
            await work.restore(("report", record_id(key)))
            return f"{PLACE}/{record_id(key)}"

        return redirect(await web.within(request, bring_back, read_only=False), request)

    return [everything, page, copy, delete, restore]


def answers_of(definition: Definition, query: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """What the address answers to each prompt."""
    return {one.name: query[f"{ASKED}{one.name}"] for one in definition.prompts if f"{ASKED}{one.name}" in query}


def query_of(request: Visit) -> dict[str, list[str]]:
    """All values of each parameter."""
    return {name: request.query_params.getall(name) for name in request.query_params}


def _has(one: Line, words: str) -> bool:
    return all(word in f"{one.name} {one.description}".casefold() for word in words.casefold().split())


def _line(work: Workspace, one: Line) -> ReportLine:
    about = work.registry.objects.get(one.object)
    name = about.title_plural if about is not None and work.actor.rights.level(about, "read") else ""
    return ReportLine(key=one.key, name=one.name, description=one.description, about=name)


def _by_object(work: Workspace, found: list[Line]) -> tuple[tuple[str, tuple[ReportLine, ...]], ...]:
    names = dict.fromkeys(one.object for one in found)
    return tuple(
        (
            work.registry.get(name).title_plural,
            tuple(msgspec.structs.replace(_line(work, one), about="") for one in found if one.object == name),
        )
        for name in names
    )


async def _view(web: Web, request: Visit, work: Workspace, found: Report) -> ReportPage:
    query = query_of(request)
    answers = answers_of(found.definition, query)
    kept = urlencode([(name, value) for name, values in query.items() for value in values], quote_via=quote)
    suffix = f"?{kept}" if kept else ""
    prompts = await _prompts(work, found.definition, answers)
    past = past_day(work, query)
    answer = await answer_view(work, found.definition, answers, found.name, past.day)
    chart = f"{PLACE}/{found.key}/chart" if answer.picture else ""
    return ReportPage(
        shell=web.shell(request, work, "reports"), key=found.key, name=found.name, description=found.description,
        crumbs=(Crumb(label=_("Reports"), href=PLACE), Crumb(label=found.name, href="")),
        is_shipped=found.is_shipped, may_change=found.may_change,
        may_export=work.actor.rights.permits("export_records"), prompts=prompts,
        may_embed=work.actor.rights.permits("manage_objects"),
        answer=answer, past=past,
        changes="" if found.definition.funnel or found.definition.cohort else f"{PLACE}/{found.key}/changes{suffix}",
        records=_records(work, found.definition),
        csv=f"{PLACE}/{found.key}/export.csv{suffix}", xlsx=f"{PLACE}/{found.key}/export.xlsx{suffix}",
        lines=f"{PLACE}/{found.key}/export.jsonl{suffix}",
        pdf=f"{PLACE}/{found.key}/pdf{suffix}",
        png=chart and f"{chart}.png{suffix}", svg=chart and f"{chart}.svg{suffix}",
    )  # fmt: skip


def _records(work: Workspace, definition: Definition) -> str:
    return list_address(work, definition.object, definition.where)


async def _prompts(
    work: Workspace, definition: Definition, answers: Mapping[str, Sequence[str]]
) -> tuple[PromptView, ...]:
    one = work.registry.objects.get(definition.object)
    if one is None or not definition.prompts:
        return ()
    errors = {}
    try:
        answered(work, definition, answers)
    except Invalid as error:
        errors = {problem.field: f"{problem.message} {problem.hint or ''}".strip() for problem in error.problems}
    scope = FieldScope(work.registry, one, work.actor)
    found = []
    for prompt in definition.prompts:
        label = label_of(scope, prompt.path)
        if label:  # what is gone or hidden is asked of nobody
            row = await _row(work, one, prompt, asked(prompt, answers))
            found.append(PromptView(label=prompt.label or label, row=row, error=errors.get(prompt.name, "")))
    return tuple(found)


async def _row(work: Workspace, one: Object, prompt: Prompt, values: tuple[str, ...]) -> Row:
    """The input of a prompt, named as the address names it."""
    tree = Group("all", (Condition(prompt.path, prompt.operator, values, prompt.unit),))
    rows = (await rows_of(work, one, tree, {})).rows
    return msgspec.structs.replace(rows[0], place=prompt.name)
