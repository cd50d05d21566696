"""The builder at work: every change sends the whole form and gets it back with the answer beside it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import Path, Unknown, to_text
from relata.engine.query.filter_conditions import Condition
from relata.engine.query.operand import groups_by, measured
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.checking import problems_of
from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture
from relata.engine.reporting.reports import shelf
from relata.engine.ui.filter_fields import fields_to_ask
from relata.engine.ui.filter_tree import Group, node_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.filters import adds_a_row, read_tree
from relata.interfaces.web.filters import with_action as with_filter_action
from relata.interfaces.web.finding import Choices
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, redirect
from relata.interfaces.web.reports.answers import answer_view
from relata.interfaces.web.reports.builder import AnswerView, Builder, builder_view
from relata.interfaces.web.reports.event_forms import Form, one
from relata.interfaces.web.reports.event_inputs import begun
from relata.interfaces.web.reports.first_picture import with_places_or_days
from relata.interfaces.web.reports.forms import named, read_form, with_action

PLACE = "/report"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the builder."""

    @get(f"{PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            query = request.query_params
            name = query.get("object", "")
            known = next((found for found in work.registry.objects.values() if name in (found.name, found.path)), None)
            definition = _first(work, known.name if known else "", query.get("where", ""))
            view = await _page(web, request, work, definition, title=_("New report"))
            return web.page(work, "web/reports/builder.html", view)

        return await web.within(request, show)

    @get(f"{PLACE}/{{key:str}}/edit")
    async def edit(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = await shelf.report(work, key)
            view = await _page(
                web, request, work, found.definition, title=found.name, name=found.name, key=key,
                description=found.description, version=found.version, may_save=found.may_change,
            )  # fmt: skip
            return web.page(work, "web/reports/builder.html", view)

        return await web.within(request, show)

    @post(f"{PLACE}/change")
    async def change(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/reports/change.html", await _changed(request, work, form, one(form, "do")))

        return await web.within(request, show)

    @post(f"{PLACE}/filter")
    async def filtered(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            action = one(form, "do")
            view = await _changed(request, work, form, "", filter_action=action)
            view = msgspec.structs.replace(view, adds=adds_a_row(action))
            return web.page(work, "web/reports/filtered.html", view)

        return await web.within(request, show)

    @post(f"{PLACE}/save")
    async def save(request: Visit) -> Response[bytes]:
        form = await posted(request)
        key = one(form, "key") if one(form, "do") != "new" else ""

        async def write(work: Workspace) -> str:
            definition, problems = _read(work, form)
            definition = msgspec.structs.replace(
                definition, prompts=tuple(found for found in definition.prompts if found.path)
            )
            problems = [*problems, *problems_of(work, definition)]
            if problems:
                raise Invalid.of(problems)
            name, description = one(form, "name"), one(form, "description")
            if key:
                version = int(one(form, "version") or 0) or None
                await shelf.save(work, key, name, definition, description, version)
                return f"{PLACE}/{key}"
            return f"{PLACE}/{(await shelf.make(work, name, definition, description)).id}"

        async def again(work: Workspace, error: RelataError) -> Response[bytes]:
            problems = list(error.problems) or [Problem(error.code, error.message, error.field or "", error.hint)]
            view = await _changed(request, work, form, "", more=problems)
            return web.page(work, "web/reports/change.html", view, status=422)

        try:
            return redirect(await web.within(request, write, read_only=False), request)
        except Invalid as error:
            problem = error
            return await web.within(request, lambda work: again(work, problem))

    @get(f"{PLACE}/fields")
    async def fields(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            query = request.query_params
            about = work.readable_object(query.get("object", ""))
            scope = FieldScope(work.registry, about, work.actor)
            found = fields_to_ask(scope, query.get("q", ""), limit=200)
            use = query.get("use", "group")
            items = [Option(value=item.value, label=item.label) for item in found if _fits(scope, use, item.value)]
            return web.page(work, "web/choices.html", Choices(tuple(items[:40])))

        return await web.within(request, show)

    return [new, edit, change, filtered, save, fields]


def _fits(scope: FieldScope, use: str, path: str) -> bool:
    """Whether a field can be grouped by, or the figure `use` can be of it."""
    if use in ("group", "ask"):
        return use == "ask" or groups_by(scope, path)
    try:
        return measured(scope, use, Path(tuple(path.split(".")))) is not None
    except (Unknown, Invalid):
        return False


def _first(work: Workspace, name: str, where: str) -> Definition:
    """What the builder begins with: how many there are, by what groups them on their board or first of all."""
    if name not in work.registry.objects:
        return Definition(object="")
    scope = FieldScope(work.registry, work.readable_object(name), work.actor)
    board = work.layout(name).board
    choices = [found for found, field in scope.object.all_fields.items() if field.type_name == "choice"]
    by = board.by if board else next(iter(choices), "owner")
    rows = (Grouping(path=by),) if groups_by(scope, by) else ()
    return Definition(object=name, where=where, rows=rows, measures=(Measure(name="m1"),), picture=Picture(kind="bar"))


async def _page(web: Web, request: Visit, work: Workspace, definition: Definition, **more: Any) -> Builder:
    definition = msgspec.structs.replace(definition, measures=named(definition.measures))
    answer = await answer_view(work, definition, {})
    problems = problems_of(work, definition) if definition.object else []
    return await builder_view(
        work, definition, answer, tree=None, problems=problems, csrf=exchange(request).csrf_token(),
        shell=web.shell(request, work, "reports"), **more,
    )  # fmt: skip


async def _changed(
    request: Visit, work: Workspace, form: Form, action: str, *, filter_action: str = "",
    more: list[Problem] | None = None,
) -> Builder:  # fmt: skip
    """The form as it is after a button, with the answer to it."""
    tree = with_filter_action(read_tree(form), filter_action)
    definition, problems = _read(work, form, tree)
    if one(form, "object") != one(form, "object.before"):
        definition, tree, problems = _first(work, one(form, "object"), ""), Group(), []
    definition = begun(work, with_action(definition, action), one(form, "way"))
    if one(form, "kind") != one(form, "kind.before"):
        definition = with_places_or_days(work, definition)
        definition = msgspec.structs.replace(definition, measures=named(definition.measures))
    found = [*problems, *(more or [])]
    if definition.object and more is None:
        found += [problem for problem in problems_of(work, definition) if not _is_unchosen(definition, problem)]
    answer = await answer_view(work, _complete(definition), {}) if definition.object else AnswerView()
    return await builder_view(
        work, definition, answer, tree=tree, problems=found, csrf=exchange(request).csrf_token(), key=one(form, "key"),
        version=int(one(form, "version") or 0), name=one(form, "name"), description=one(form, "description"),
        may_save=one(form, "may_save") == "true", title=one(form, "title"),
    )  # fmt: skip


def _read(work: Workspace, form: Form, tree: Group | None = None) -> tuple[Definition, list[Problem]]:
    """The definition with the filter that the rows make; conditions in which nothing was chosen yet are left out."""
    name = one(form, "object")
    if name not in work.registry.objects:
        return Definition(object=""), [Problem("required", _("Choose what the report is about."), "object")]
    scope = FieldScope(work.registry, work.readable_object(name), work.actor)
    where, problems = "", []
    try:
        node = node_of(scope, _chosen(tree if tree is not None else read_tree(form)), is_lenient=True)
        where = to_text(node) if node is not None else ""
    except RelataError as error:
        problems.append(Problem("filter", error.message, "where", error.hint))
    written = read_form(form, where)
    return written.definition, [*problems, *written.problems]


def _chosen(tree: Group) -> Group:
    """Without rows in which nothing was chosen yet."""
    items = tuple(_chosen(item) if isinstance(item, Group) else item for item in tree.items)
    return Group(tree.mode, tuple(item for item in items if not (isinstance(item, Condition) and not item.path)))


def _complete(definition: Definition) -> Definition:
    """Without levels and figures in which nothing was chosen yet."""
    return msgspec.structs.replace(
        definition,
        prompts=tuple(found for found in definition.prompts if found.path),
        rows=tuple(found for found in definition.rows if found.path or found.expression),
        columns=tuple(found for found in definition.columns if found.path or found.expression),
        measures=tuple(
            found for found in definition.measures if found.function == "count" or found.path or found.expression
        ) or (Measure(),),
    )  # fmt: skip


def _is_unchosen(definition: Definition, problem: Problem) -> bool:
    """Whether a problem is that nothing was chosen yet, which the empty input says by itself."""
    name, _dot, index = (problem.field or "").partition(".")
    if name not in ("rows", "columns", "measures") or not index.isdecimal():
        return False
    item = getattr(definition, name)[int(index)]
    return not (item.path or item.expression)
