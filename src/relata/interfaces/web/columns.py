"""Which columns a list has, how wide they are, what stands at their feet, and how it is sorted and grouped: dialogs
whose answers are addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.query.request import MAX_ORDER, parse_order
from relata.engine.query.scope import FieldScope
from relata.engine.ui.columns import ColumnChoice, column_choices, find
from relata.engine.ui.feet import functions_of
from relata.engine.ui.views import ViewColumn, order_text, read_columns
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.ground import HTML, Visit, Web
from relata.interfaces.web.looks import Shown, shown_by


class ChosenColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the list as the dialog holds it. feet: the figures that there can be at its foot."""

    path: str
    label: str
    width: int
    foot: str
    feet: tuple[Option, ...]
    is_title: bool = False


class ColumnsDialog(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. kept: the rest of the list's address. others: what could be added, by group."""

    action: str
    kept: tuple[tuple[str, str], ...]
    chosen: tuple[ChosenColumn, ...]
    others: tuple[tuple[str, tuple[ColumnChoice, ...]], ...]
    groups: tuple[Option, ...]
    group: str
    densities: tuple[Option, ...]
    density: str


class SortDialog(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. levels: path and "down" or "", filled up with empty ones."""

    action: str
    kept: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    fields: tuple[Option, ...]
    directions: tuple[Option, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these dialogs."""

    @get("/{plural:str}/columns")
    async def columns(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            return web.page(work, "web/columns.html", _columns(work, shown))

        return await web.within(request, show)

    @get("/{plural:str}/arranged")
    async def arranged(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        """From the columns' dialog back to the list."""

        async def build(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            return _to(shown.href(columns=_sent(shown, request.query_params), group=shown.look.group))

        return await web.within(request, build)

    @get("/{plural:str}/sorting")
    async def sorting(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            return web.page(work, "web/sorting.html", _sorting(work, shown))

        return await web.within(request, show)

    @get("/{plural:str}/sorted")
    async def sorted_(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        """From the sorting's dialog back to the list."""

        async def build(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            query = request.query_params
            levels = dict.fromkeys(
                (path, down == "down")
                for path, down in zip(query.getall("by", []), query.getall("way", []), strict=False)
                if path
            )
            return _to(shown.href(order=order_text(levels)))

        return await web.within(request, build)

    return [columns, arranged, sorting, sorted_]


def _to(target: str) -> Response[bytes]:
    return Response(b"", status_code=303, headers={"location": target}, media_type=HTML)


def _sent(shown: Shown, query: Mapping[str, str]) -> tuple[ViewColumn, ...]:
    """The columns that the dialog sent, in its order: three inputs for each."""
    listed: Sequence[str] = query.getall("column", [])  # type: ignore[attr-defined]
    texts = [f"{path}:{query.get(f'width.{path}', '')}:{query.get(f'foot.{path}', '')}" for path in listed]
    found = read_columns(",".join(text.replace(",", "") for text in texts))[0]
    title = shown.object.title_field
    plain = ViewColumn(title)
    return tuple(column for column in found if column != plain)


def _columns(work: Workspace, shown: Shown) -> ColumnsDialog:
    one = shown.object
    scope = FieldScope(work.registry, one, work.actor)
    choices = {choice.path: choice for choice in column_choices(work, one)}
    layout = work.layout(one.name)
    title = one.title_field
    columns = list(shown.look.columns) or [ViewColumn(path) for path in layout.columns]
    if title not in [column.path for column in columns]:
        columns.insert(0, ViewColumn(title))
    chosen = [made for column in columns if (made := _chosen(scope, column, choices, title))]
    paths = {column.path for column in chosen}
    grouped: dict[str, list[ColumnChoice]] = {}
    for choice in choices.values():
        if choice.path not in paths:
            grouped.setdefault(choice.group, []).append(choice)
    groups = tuple(Option(value=choice.path, label=_label(choice)) for choice in choices.values() if choice.groups)
    return ColumnsDialog(
        action=f"/{one.path}/arranged",
        kept=_kept(shown, "columns", "group", "density"),
        chosen=tuple(chosen),
        others=tuple((group or one.title, tuple(found)) for group, found in grouped.items()),
        groups=groups,
        group=shown.look.group,
        density=shown.look.density,
        densities=(
            Option(value="compact", label=_("Compact")),
            Option(value="default", label=_("Default")),
            Option(value="comfortable", label=_("Comfortable")),
        ),
    )


def _label(choice: ColumnChoice) -> str:
    return f"{choice.group}: {choice.label}" if choice.group else choice.label


def _chosen(
    scope: FieldScope, column: ViewColumn, choices: Mapping[str, ColumnChoice], title: str
) -> ChosenColumn | None:
    found = find(scope, tuple(column.path.split(".")))
    if found is None:
        return None
    known = choices.get(column.path)
    label = _label(known) if known else found.field.title if found.field else column.path
    words = foot_words()
    feet = tuple(Option(value=name, label=words[name]) for name in functions_of(found))
    return ChosenColumn(
        path=column.path, label=label, width=column.width, foot=column.foot, feet=feet, is_title=column.path == title
    )


def foot_words() -> dict[str, str]:
    """What the figures at the foot of a column are called."""
    return {
        "count": _("Records"),
        "filled": _("Filled"),
        "empty": _("Empty"),
        "distinct": _("Different values"),
        "sum": _("Sum"),
        "average": _("Average"),
        "median": _("Median"),
        "min": _("Lowest"),
        "max": _("Highest"),
    }


def _sorting(work: Workspace, shown: Shown) -> SortDialog:
    one = shown.object
    title = one.all_fields[one.title_field]
    fields = [Option(value=one.title_field, label=title.title)] if work.actor.readable(one, title) else []
    fields += [
        Option(value=choice.path, label=_label(choice)) for choice in column_choices(work, one) if choice.sortable
    ]
    try:
        levels = parse_order(shown.look.order or work.layout(one.name).order)
    except Invalid:
        levels = ()
    rows = [(".".join(level.path), "down" if level.descending else "") for level in levels]
    return SortDialog(
        action=f"/{one.path}/sorted",
        kept=_kept(shown, "order"),
        levels=tuple((rows + [("", "")] * MAX_ORDER)[: max(3, min(len(rows) + 1, MAX_ORDER))]),
        fields=tuple(fields),
        directions=(Option(value="up", label=_("Ascending")), Option(value="down", label=_("Descending"))),
    )


def _kept(shown: Shown, *without: str) -> tuple[tuple[str, str], ...]:
    """The rest of the address, as hidden inputs."""
    return tuple((name, value) for name, value in shown.full().items() if name not in without)
