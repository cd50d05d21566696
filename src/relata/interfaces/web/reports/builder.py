"""The builder's view: the definition as inputs, each with what can be chosen for it, and the answer so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec
from markupsafe import Markup

from relata.engine.formula import Kind, Path, Unknown, parse
from relata.engine.metadata.object import Object
from relata.engine.query.filter_conditions import OPERATORS, family_of
from relata.engine.query.operand import operand
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import Definition, Grouping, Measure, Prompt
from relata.engine.ui.filter_fields import label_of
from relata.engine.ui.filter_tree import Group, tree_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.filter_words import operator_label
from relata.interfaces.web.filters import Row, rows_of
from relata.interfaces.web.reports import words
from relata.interfaces.web.reports.beside import BesideInputs, beside_inputs
from relata.interfaces.web.reports.event_inputs import EventInputs, event_inputs
from relata.interfaces.web.reports.pivot import Pivot
from relata.interfaces.web.shell import navigable

_PERIODS = ("date", "datetime")


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A level of groups as inputs. kind: of its values, "" before a field is chosen."""

    place: str
    label: str
    field: Option | None
    expression: str
    kind: str
    grain: str
    buckets: str
    top: str
    others: bool
    sort: str
    show_empty: bool
    error: str


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """A figure as inputs."""

    place: str
    name: str
    function: str
    field: Option | None
    expression: str
    where: str
    percentile: str
    label: str
    show: str
    unit: str
    hidden: bool
    metric: str
    error: str
    shows: tuple[Option, ...]


class PromptRow(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the reader as inputs. values: its default, carried along."""

    place: str
    name: str
    label: str
    field: Option | None
    operator: str
    operators: tuple[Option, ...]
    unit: str
    values: tuple[str, ...]


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What every row can choose from."""

    objects: tuple[Option, ...]
    functions: tuple[Option, ...]
    grains: tuple[Option, ...]
    sorts: tuple[Option, ...]
    kinds: tuple[Option, ...]
    dates: tuple[Option, ...]
    rests: tuple[Option, ...]
    units: tuple[Option, ...]
    rates: tuple[Option, ...]


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """A report's answer. error: why there is none. picture: drawn, None for a table alone; small: for a phone."""

    pivot: Pivot | None = None
    picture: Markup | None = None
    small: Markup | None = None
    figure: object = None
    notes: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""
    at: object = None
    as_on: date | None = None
    caption: str = ""
    is_empty: bool = False


class Builder(msgspec.Struct, frozen=True, kw_only=True):
    """The builder's page. key: of the report that is changed, "" for a new one. path: of the filter's buttons. root:
    the filter. partly: some of it has no row. error: of the whole form. adds: a row has just been added to the filter.
    """

    shell: Shell | None
    csrf: str
    key: str
    version: int
    title: str
    name: str
    description: str
    may_save: bool
    object: str
    noun: str
    path: str
    choices: Choices
    rows: tuple[GroupRow, ...]
    columns: tuple[GroupRow, ...]
    figures: tuple[FigureRow, ...]
    prompts: tuple[PromptRow, ...]
    root: Row | None
    partly: bool
    kind: str
    target: str
    date: str
    rates: str
    totals: bool
    events: EventInputs
    trend: bool
    beside: BesideInputs
    answer: AnswerView
    errors: dict[str, str]
    tab: str = "builder"
    adds: bool = False


async def builder_view(
    work: Workspace, definition: Definition, answer: AnswerView, *, tree: Group | None, problems: Iterable[Problem],
    csrf: str, key: str = "", version: int = 0, title: str = "", name: str = "", description: str = "",
    may_save: bool = False, shell: Shell | None = None,
) -> Builder:  # fmt: skip
    """tree: the filter as it is being built, which may be incomplete; None reads it from the definition."""
    one = work.registry.objects.get(definition.object)
    scope = FieldScope(work.registry, one, work.actor) if one is not None else None
    errors = {problem.field or "": f"{problem.message} {problem.hint or ''}".strip() for problem in problems}
    root = tree if tree is not None else _tree(scope, definition.where)
    picture = definition.picture
    return Builder(
        shell=shell, csrf=csrf, key=key, version=version, title=title, name=name, description=description,
        may_save=may_save, object=definition.object, noun=one.nouns if one else "", path="/report",
        choices=_choices(work, scope),
        rows=_group_rows(scope, definition.rows, "rows", errors),
        columns=_group_rows(scope, definition.columns, "columns", errors),
        figures=tuple(_figure_row(scope, f"measures.{at}", *both, errors)
                      for at, both in enumerate(zip(definition.names, definition.measures, strict=True))),
        prompts=tuple(_prompt_row(scope, f"prompts.{at}", prompt) for at, prompt in enumerate(definition.prompts)),
        root=await rows_of(work, one, root, {}) if one is not None else None,
        partly=False, kind=picture.kind, target=_plain(picture.target), date=definition.date, rates=definition.rates,
        totals=definition.totals, trend=picture.trend,
        events=event_inputs(work, scope, definition, errors), answer=answer, errors=errors,
        beside=await beside_inputs(work, definition, key),
    )  # fmt: skip


def _tree(scope: FieldScope | None, where: str) -> Group:
    try:
        return tree_of(scope, parse(where)) if scope is not None and where.strip() else Group()
    except RelataError:
        return Group()


def _plain(number: Decimal | None) -> str:
    return format(number, "f") if number is not None else ""


def _prompt_row(scope: FieldScope | None, place: str, prompt: Prompt) -> PromptRow:
    operators: tuple[str, ...] = ()
    try:
        if scope is not None and prompt.path:
            operators = OPERATORS[family_of(scope.find(tuple(prompt.path.split("."))))]
    except Unknown:
        operators = (prompt.operator,)
    return PromptRow(
        place=place, name=prompt.name, label=prompt.label, field=_field(scope, prompt.path),
        operator=prompt.operator if prompt.operator in operators else usual_operator(operators),
        operators=tuple(Option(value=one, label=operator_label(one)) for one in operators), unit=prompt.unit,
        values=prompt.values,
    )  # fmt: skip


def usual_operator(operators: tuple[str, ...]) -> str:
    """What one asks readers most: a span of days, one of several."""
    return next((one for one in ("in", "one_of", ">=") if one in operators), operators[0] if operators else "")


def _choices(work: Workspace, scope: FieldScope | None) -> Choices:
    objects = tuple(Option(value=one.name, label=one.title_plural) for one in reportable(work))
    return Choices(
        objects=objects, functions=words.functions(), grains=words.grains(), sorts=words.sorts(), kinds=words.kinds(),
        dates=_dates(scope) if scope is not None else (), rests=words.rests(), units=words.units(),
        rates=words.rates(),
    )  # fmt: skip


def reportable(work: Workspace) -> list[Object]:
    """What a report can be about: what has a list, and the parts of that."""
    parts = [
        one
        for one in work.registry.objects.values()
        if not one.nav and not one.personal and one.module in work.registry.modules
        and not work.registry.modules[one.module].essential and work.actor.rights.level(one, "read")
    ]  # fmt: skip
    places = [one for one in navigable(work) if not one.personal]
    return [*places, *sorted(parts, key=lambda one: one.title_plural)]


def _dates(scope: FieldScope) -> tuple[Option, ...]:
    return tuple(
        Option(value=name, label=field.title)
        for name, field in scope.object.all_fields.items()
        if field.type_name in ("date", "datetime") and not field.hidden and scope.reader.readable(scope.object, field)
    )


def _group_rows(
    scope: FieldScope | None, groupings: tuple[Grouping, ...], name: str, errors: Mapping[str, str]
) -> tuple[GroupRow, ...]:
    return tuple(
        GroupRow(
            place=f"{name}.{at}", label=one.label, field=_field(scope, one.path), expression=one.expression,
            kind=_kind(scope, one.path, one.expression), grain=one.grain,
            buckets=", ".join(_plain(end) for end in one.buckets), top=str(one.top or ""), others=one.others,
            sort=one.sort, show_empty=one.show_empty, error=errors.get(f"{name}.{at}", ""),
        )
        for at, one in enumerate(groupings)
    )  # fmt: skip


def _figure_row(scope: FieldScope | None, place: str, name: str, one: Measure, errors: Mapping[str, str]) -> FigureRow:
    return FigureRow(
        place=place, name=name, function=one.function, field=_field(scope, one.path), expression=one.expression,
        where=one.where, percentile=str(one.percentile), label=one.label, show=one.show, unit=one.unit,
        hidden=one.hidden, metric=one.metric, error=errors.get(place, ""), shows=words.shows(),
    )  # fmt: skip


def _field(scope: FieldScope | None, path: str) -> Option | None:
    if not path or scope is None:
        return None
    return Option(value=path, label=label_of(scope, path) or "?")


def _kind(scope: FieldScope | None, path: str, expression: str) -> str:
    """What the values are, as far as the inputs depend on it: period, number, or other."""
    if scope is None or not (path or expression.strip()):
        return ""
    try:
        found = operand(scope, parse(expression) if expression.strip() else Path(tuple(path.split("."))))
    except (Unknown, Invalid, RelataError):
        return ""
    if found.kind in (Kind.DATE, Kind.DATETIME):
        return "period"
    return "number" if found.kind in (Kind.NUMBER, Kind.MONEY) else "other"
