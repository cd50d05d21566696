"""What of a definition holds for a reader: paths and expressions resolved, and what is gone told instead of shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import msgspec

from relata.engine.formula import Checked, Kind, Many, Node, Path, Ref, Unknown, check, parse
from relata.engine.formula import types as kinds
from relata.engine.metadata.fields import Address, Choice, Integer, Percent
from relata.engine.metadata.object import Object
from relata.engine.query.event_columns import event_parts
from relata.engine.query.operand import Operand, grouped, measured
from relata.engine.query.pages import check_where
from relata.engine.query.scope import FieldScope
from relata.engine.query.tabulation import Events, Figure, Level
from relata.engine.reporting.cohorts import cohort_asked
from relata.engine.reporting.definition import (
    FUNCTIONS,
    GRAINS,
    KINDS,
    MAX_COLUMNS,
    MAX_MEASURES,
    MAX_ROWS,
    MAX_TOP,
    SHOWS,
    Definition,
    Grouping,
    Measure,
    is_usable,
)
from relata.engine.reporting.event_figures import EventsAsked
from relata.engine.reporting.funnels import funnel_asked, with_any_steps
from relata.engine.reporting.labels import measure_label, operand_label
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _

#: Problems whose words name no field; what an expression's check says does.
OWN = frozenset({"gone", "report", "measure", "grain", "buckets", "top", "not_groupable"})
_TOTALS = ("count", "filled", "sum")


@dataclass(frozen=True)
class Groups:
    """A level of groups that is there. label: of the column."""

    grouping: Grouping
    level: Level
    operand: Operand
    label: str

    @cached_property
    def kind(self) -> str:
        """What `result.Level.kind` says."""
        if self.grouping.grain:
            return self.grouping.grain
        if self.grouping.buckets:
            return "bucket"
        if isinstance(self.operand.field, Address) and self.operand.part == "country":
            return "country"
        if isinstance(self.operand.field, Choice) and not self.operand.part:
            return "choice"
        if self.operand.target:
            return "user" if self.operand.target == "user" else "link"
        return str(self.operand.kind)


@dataclass(frozen=True)
class Sum:
    """A measure that is there. figure: None for a formula. kind: of its values; see `result.Shown`. of_money: it is
    worked out of amounts, whatever is shown of it."""

    measure: Measure
    name: str
    index: int
    label: str
    kind: str
    figure: Figure | None = None
    formula: Checked | None = None
    where: Node | None = None
    of_money: bool = False

    @property
    def is_additive(self) -> bool:
        """Whether its groups add up to the total."""
        return self.figure is not None and self.figure.function in _TOTALS and self.measure.show in (
            "value", "share_of_total",
        )  # fmt: skip


@dataclass(frozen=True)
class Resolved:
    """A definition for one reader. problems: what was left out, with its place in the definition (`rows.0`)."""

    object: Object
    scope: FieldScope
    where: Node | None
    rows: tuple[Groups, ...]
    columns: tuple[Groups, ...]
    measures: tuple[Sum, ...]
    then: Node | None
    problems: tuple[Problem, ...]
    events: Events | None = None


def resolve(work: Workspace, definition: Definition) -> Resolved:
    """Everything that is there; Invalid where the filter is not, since without it other records would count."""
    _limits(definition)
    if definition.object not in work.registry.objects:
        raise Invalid(
            _("The object of this report is gone."), code="gone", field="object", hint=_("Choose another one.")
        )
    one = work.readable_object(definition.object)
    scope = FieldScope(work.registry, one, work.actor)
    where = parse(definition.where) if definition.where.strip() else None
    try:
        check_where(work.context.ground, one.name, where, work.actor)
    except Invalid:
        raise Invalid(
            _("The filter of this report names a field that is gone or not open to you."),
            code="report_filter", field="where", hint=_("Change the filter, or ask for the field."),
        ) from None  # fmt: skip
    problems: list[Problem] = []
    rows = _groups(scope, definition.rows, "rows", problems)
    asked = _events_asked(scope, definition, rows)
    if asked is not None:
        columns: tuple[Groups, ...] = ()
        sums = _sums_of_events(asked)
    else:
        columns = _groups(scope, definition.columns, "columns", problems)
        sums = _measures(scope, definition, problems)
    return Resolved(
        one, scope, where, rows, columns, sums, _then(scope, definition, problems), tuple(problems),
        asked.events if asked is not None else None,
    )  # fmt: skip


def problems_of(work: Workspace, definition: Definition) -> list[Problem]:
    """All that keeps a definition from being shown as it says; for saving and for `where used`."""
    try:
        return list(resolve(work, with_any_steps(definition)).problems)
    except RelataError as error:
        return list(error.problems) or [Problem(error.code, error.message, error.field or "", error.hint)]


def node_of(path: str, expression: str) -> Node | None:
    """A path or an expression as a tree; None for neither."""
    if expression.strip():
        return parse(expression)
    return Path(tuple(path.split("."))) if path else None


def _limits(definition: Definition) -> None:
    wrong = [
        (len(definition.rows) > MAX_ROWS, "rows", _("At most %(most)s levels of rows are possible."), MAX_ROWS),
        (len(definition.columns) > MAX_COLUMNS, "columns", _("At most %(most)s levels of columns are possible."),
         MAX_COLUMNS),
        (not 0 < len(definition.measures) <= MAX_MEASURES, "measures", _("A report has 1 to %(most)s figures."),
         MAX_MEASURES),
        (not all(map(is_usable, _numbers(definition))), "measures", _("A number of this report is too large."), 0),
        (definition.picture.kind not in KINDS, "picture", _("There is no such kind of picture."), 0),
    ]  # fmt: skip
    found = [
        Problem("report", text % {"most": most} if most else text, place) for is_so, place, text, most in wrong if is_so
    ]
    if len(set(definition.names)) < len(definition.names):
        found.append(Problem("report", _("Two figures have the same name."), "measures"))
    if found:
        raise Invalid.of(found)


def _numbers(definition: Definition) -> list[Decimal]:
    """Those that somebody typed."""
    target = definition.picture.target
    ends = [end for one in (*definition.rows, *definition.columns) for end in one.buckets]
    return ends if target is None else [*ends, target]


def gone() -> str:
    """Without the field's name, which its reader may not be allowed to know."""
    return _("A field of this report is gone or not open to you.")


def _groups(
    scope: FieldScope, groupings: tuple[Grouping, ...], place: str, problems: list[Problem]
) -> tuple[Groups, ...]:
    found = []
    for index, grouping in enumerate(groupings):
        at = f"{place}.{index}"
        try:
            found.append(_group(scope, grouping))
        except Unknown:
            problems.append(Problem("gone", gone(), at, _("Choose another field.")))
        except Invalid as error:
            problems.append(Problem(error.code, error.message, at, error.hint))
    return tuple(found)


def _group(scope: FieldScope, grouping: Grouping) -> Groups:
    node = node_of(grouping.path, grouping.expression)
    if node is None:
        raise Invalid(_("Choose a field."), code="report")
    if grouping.grain and grouping.grain not in GRAINS:
        raise Invalid(_("There is no such period."), code="grain")
    if list(grouping.buckets) != sorted(set(grouping.buckets)) or len(grouping.buckets) > MAX_TOP:
        raise Invalid(_("Ranges begin at different numbers, the smallest first."), code="buckets")
    if not 0 <= grouping.top <= MAX_TOP:
        raise Invalid(_("The largest are at most %(most)s.") % {"most": MAX_TOP}, code="top")
    grain = grouping.grain
    found = grouped(scope, node, grain, grouping.buckets)
    if not grain and found.kind is Kind.DATETIME:
        grain = "day"
    level = Level(node, grain, grouping.buckets)
    return Groups(
        msgspec.structs.replace(grouping, grain=grain), level, found, grouping.label or operand_label(scope, found)
    )


def _measures(scope: FieldScope, definition: Definition, problems: list[Problem]) -> tuple[Sum, ...]:
    """Plain figures first, since formulas are over them."""
    found: dict[str, Sum] = {}
    numbered = list(enumerate(zip(definition.names, definition.measures, strict=True)))
    for index, (name, measure) in sorted(numbered, key=lambda one: one[1][1].function == "formula"):
        try:
            if measure.show not in SHOWS or measure.function not in FUNCTIONS:
                raise Invalid(_("There is no such figure."), code="measure")
            if measure.function == "formula":
                found[name] = _formula(found, name, index, measure)
            else:
                found[name] = _figure(scope, name, index, measure)
        except Unknown:
            problems.append(Problem("gone", gone(), f"measures.{index}", _("Choose another field.")))
        except Invalid as error:
            problems.append(Problem(error.code, error.message, f"measures.{index}", error.hint))
    return tuple(sorted(found.values(), key=lambda one: one.index))


def _figure(scope: FieldScope, name: str, index: int, measure: Measure) -> Sum:
    if not 1 <= measure.percentile <= 99:
        raise Invalid(_("A percentile is a whole number from 1 to 99."), code="measure")
    node = node_of(measure.path, measure.expression) if measure.function != "count" else None
    found = measured(scope, measure.function, node)
    where = parse(measure.where) if measure.where.strip() else None
    if where is not None:
        try:
            check(where, scope, expect=kinds.BOOLEAN)
        except Invalid:  # what it says names fields, and who reads a report need not know them
            raise Unknown(0) from None
    figure = Figure(measure.function, node, where, measure.percentile)
    if measure.show == "running" and measure.function not in _TOTALS:
        raise Invalid(_("Only counts and sums have a running total."), code="measure")
    kind = _kind(measure, found)
    label = measure.label or measure_label(scope, measure, found)
    of_money = found is not None and found.kind is Kind.MONEY
    return Sum(measure, name, index, label, kind, figure, where=where, of_money=of_money)


def _kind(measure: Measure, found: Operand | None) -> str:
    """The kind of what is shown."""
    if measure.show in ("share_of_parent", "share_of_total", "change", "change_year"):
        return "percent"
    if found is None or measure.function in ("distinct", "filled"):
        return "integer"
    if isinstance(found.field, Percent):
        return "percent"
    if isinstance(found.field, Integer) and measure.function in ("sum", "min", "max"):
        return "integer"
    return str(found.kind)


def _formula(known: dict[str, Sum], name: str, index: int, measure: Measure) -> Sum:
    if not measure.expression.strip():
        raise Invalid(_("Write a formula, such as m1 / m2."), code="measure")
    checked = check(parse(measure.expression), _Names(known), expect=kinds.NUMBER)
    kind = {"percent": "percent", "money": "money"}.get(measure.unit, "number")
    if measure.show in ("share_of_parent", "share_of_total", "change", "change_year"):
        kind = "percent"
    if measure.show == "running":
        raise Invalid(_("Only counts and sums have a running total."), code="measure")
    return Sum(measure, name, index, measure.label or measure.expression, kind, formula=checked)


def _events_asked(scope: FieldScope, definition: Definition, rows: tuple[Groups, ...]) -> EventsAsked | None:
    """What a funnel or cohort asks; Invalid where a part of it is gone or hidden, since every figure is made of it."""
    asked = None
    if definition.funnel is not None:
        asked = funnel_asked(definition.funnel, is_grouped=bool(rows))
    elif definition.cohort is not None:
        asked = cohort_asked(definition.cohort, rows[0].grouping if rows else None, scope.object.title_plural)
    if asked is None:
        return None
    try:
        event_parts(scope, asked.events)
    except (Unknown, Invalid) as error:
        if isinstance(error, Invalid) and error.code == "report":
            raise
        raise Invalid(
            _("What this report asks of events names a list or field that is gone or not open to you."),
            code="report_events", field="events", hint=_("Choose others, or ask for the field."),
        ) from None  # fmt: skip
    return asked


def _sums_of_events(asked: EventsAsked) -> tuple[Sum, ...]:
    found: dict[str, Sum] = {}
    for index, one in enumerate(asked.figures):
        name = one.measure.name
        if one.figure is None:
            found[name] = replace(_formula(found, name, index, one.measure), where=one.where)
        else:
            found[name] = Sum(one.measure, name, index, one.measure.label, one.kind, one.figure, where=one.where)
    return tuple(found.values())


class _Names:
    """The figures beside a formula as its fields; all are numbers, durations in days."""

    def __init__(self, known: dict[str, Sum]) -> None:
        self._known = known

    def resolve(self, path: tuple[str, ...]) -> Ref:
        one = self._known.get(path[0]) if len(path) == 1 else None
        if one is None or one.kind in ("date", "datetime", "text"):
            raise Unknown(0, tuple(self._known))
        return Ref(path, kinds.NUMBER)

    def many(self, name: str) -> Many:
        raise Unknown(0, tuple(self._known))

    def title_path(self, object_name: str) -> str | None:
        return None


def _then(scope: FieldScope, definition: Definition, problems: list[Problem]) -> Node | None:
    """The day by which amounts are converted."""
    if definition.rates != "then" or not definition.date:
        return None
    node = Path(tuple(definition.date.split(".")))
    try:
        found = grouped(scope, node, "day", ())
    except (Unknown, Invalid):
        problems.append(Problem("gone", gone(), "date", _("Choose another field.")))
        return None
    return found.node
