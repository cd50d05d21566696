"""The filter's dialog at work: each button sends the form and gets it back, the count follows what is typed."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import Node, all_of, parse, to_text
from relata.engine.metadata.object import Object
from relata.engine.query.filter_conditions import Condition
from relata.engine.query.pages import check_where
from relata.engine.query.request import Aggregate
from relata.engine.query.scope import FieldScope
from relata.engine.ui.filter_fields import fields_to_ask
from relata.engine.ui.filter_tree import Group, node_of, texts_in, tree_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.asked import KINDS
from relata.interfaces.web.filters import Form, Row, adds_a_row, read_tree, rows_of, search_condition, with_action
from relata.interfaces.web.finding import Choices
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.looks import address

#: What the dialog carries along and gives back to the view that it belongs to.
_KEPT = (
    "kind", "order", "q", "view", "columns", "group", "density", "deleted", "by", "board", "start", "end", "span",
    "day",
)  # fmt: skip


class FilterDialog(msgspec.Struct, frozen=True, kw_only=True):
    """tab: builder or text. before, after: the text around the place of its mistake. partly: some of it has no row.
    adds: a row has just been added, and waits for its field."""

    path: str
    tab: str
    root: Row
    text: str
    kept: tuple[tuple[str, str], ...]
    error: str = ""
    before: str = ""
    after: str = ""
    partly: bool = False
    clear: str = ""
    adds: bool = False


class Matches(msgspec.Struct, frozen=True, kw_only=True):
    """How many records the filter finds now, and the filter as text."""

    count: int | None
    error: str
    text: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the dialog."""

    @get("/{plural:str}/filter")
    async def opened(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one, query = work.registry.by_path(plural), request.query_params
            kept = {name: query[name] for name in _KEPT if name in query}
            where = query.get("where", "")
            view = await _from_text(work, one, where, kept)
            return web.page(work, "web/filter.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/filter")
    async def changed(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            kept, action = _kept(form), _one(form, "do")
            if _one(form, "tab") == "text":
                view = await _from_text(work, one, _one(form, "text"), kept, stay=action != "tab:builder")
            else:
                tree = with_action(read_tree(form), action)
                tab = "text" if action == "tab:text" else "builder"
                dialog = await _dialog(work, one, tree, kept, tab=tab)
                view = msgspec.structs.replace(dialog, adds=adds_a_row(action))
            return web.page(work, "web/filter_form.html", view)

        return await web.within(request, show)

    @post("/{plural:str}/filter/count")
    async def matches(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            return web.page(work, "web/filter_count.html", await _matches(work, one, form))

        return await web.within(request, show)

    @post("/{plural:str}/filter/apply")
    async def applied(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def show(work: Workspace) -> Response[bytes]:
            one, kept = work.registry.by_path(plural), _kept(form)
            if _one(form, "tab") == "text":
                view = await _from_text(work, one, _one(form, "text"), kept, stay=True)
                if view.error:
                    return web.page(work, "web/filter_form.html", view, status=422)
                return redirect(_address(one, kept, view.text.strip()), request)
            tree = _complete(read_tree(form))
            try:
                node = node_of(FieldScope(work.registry, one, work.actor), tree)
                check_where(work.context.ground, one.name, node, work.actor)
            except Invalid as refused:
                errors = {
                    problem.field or "": f"{problem.message} {problem.hint or ''}".strip()
                    for problem in refused.problems
                }
                view = await _dialog(work, one, tree, kept, errors=errors)
                return web.page(work, "web/filter_form.html", view, status=422)
            return redirect(_address(one, kept, to_text(node) if node is not None else ""), request)

        return await web.within(request, show)

    @get("/{plural:str}/filter/fields")
    async def fields(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.readable_object(work.registry.by_path(plural).name)
            scope = FieldScope(work.registry, one, work.actor)
            found = fields_to_ask(scope, request.query_params.get("q", ""))
            items = tuple(Option(value=item.value, label=item.label) for item in found)
            return web.page(work, "web/choices.html", Choices(items))

        return await web.within(request, show)

    return [opened, changed, matches, applied, fields]


def _one(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0]


def _kept(form: Form) -> dict[str, str]:
    return {name: _one(form, f"keep:{name}") for name in _KEPT if f"keep:{name}" in form}


def _address(one: Object, kept: dict[str, str], where: str) -> str:
    kind = kept.get("kind", "")
    query = {name: value for name, value in kept.items() if name != "kind"}
    return address(one, f"/{kind}" if kind in KINDS[1:] else "", {**query, "where": where})


def _complete(tree: Group) -> Group:
    """Without rows in which nothing was chosen yet."""
    items = tuple(
        _complete(item) if isinstance(item, Group) else item
        for item in tree.items
        if not (isinstance(item, Condition) and not item.path)
    )
    return Group(tree.mode, tuple(item for item in items if not (isinstance(item, Group) and not item.items)))


async def _from_text(
    work: Workspace, one: Object, text: str, kept: dict[str, str], *, stay: bool = False
) -> FilterDialog:
    """The dialog for a text. A text that is wrong stays a text, with its mistake. stay: on the text's own tab."""
    try:
        node = parse(text) if text.strip() else None
        check_where(work.context.ground, one.name, node, work.actor)
    except Invalid as refused:
        place = next((problem.position for problem in refused.problems if problem.position is not None), None)
        said = f"{refused.message} {refused.hint or ''}".strip()
        view = await _dialog(work, one, Group(), kept, tab="text", text=text)
        before, after = (text[:place], text[place:]) if place is not None else ("", "")
        return msgspec.structs.replace(view, error=said, before=before, after=after)
    tree = tree_of(FieldScope(work.registry, one, work.actor), node)
    return await _dialog(work, one, tree, kept, tab="text" if stay else "builder", text=text if stay else "")


async def _dialog(
    work: Workspace, one: Object, tree: Group, kept: dict[str, str], *, tab: str = "builder", text: str = "",
    errors: dict[str, str] | None = None,
) -> FilterDialog:  # fmt: skip
    node = node_of(FieldScope(work.registry, one, work.actor), tree, is_lenient=True)
    shown = tree if tree.items else Group(tree.mode, (Condition(""),))
    return FilterDialog(
        path=f"/{one.path}",
        tab=tab,
        root=await rows_of(work, one, shown, errors or {}),
        text=text or (to_text(node) if node is not None else ""),
        kept=tuple(kept.items()),
        error=(errors or {}).get("", ""),
        partly=any(True for _text in texts_in(tree)),
        clear=_address(one, kept, ""),
    )


async def _matches(work: Workspace, one: Object, form: Form) -> Matches:
    """Counted over what is complete so far."""
    text = _one(form, "text")
    try:
        node = _asked_node(work, one, form, text)
        check_where(work.context.ground, one.name, node, work.actor)
        words = search_condition(work, one, _one(form, "keep:q"))
        parts = [part for part in (node, words) if part is not None]
        request = Aggregate(one.name, where=all_of(parts) if parts else None)
        count = int((await work.aggregate(request)).rows[0]["count"])
    except RelataError as refused:
        return Matches(count=None, error=f"{refused.message} {refused.hint or ''}".strip(), text=text)
    return Matches(count=count, error="", text=to_text(node) if node is not None else "")


def _asked_node(work: Workspace, one: Object, form: Form, text: str) -> Node | None:
    if _one(form, "tab") == "text":
        return parse(text) if text.strip() else None
    return node_of(FieldScope(work.registry, one, work.actor), read_tree(form), is_lenient=True)
