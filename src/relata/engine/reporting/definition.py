"""What a report asks: which records, in which groups, with which figures, and how it is drawn. Plain values that can be
kept as JSON; `checking` says what of one holds for a reader, `running` answers it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.metadata.fields.numbers import LIMIT
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Of days and moments, in the reader's zone. Weeks are ISO weeks, fiscal ones begin in the workspace's month.
GRAINS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "weekday", "month_of_year")
#: Those that follow one another, so that there is a period before.
PERIODS = GRAINS[:7]
FUNCTIONS = (
    "count", "distinct", "filled", "sum", "average", "median", "percentile", "min", "max", "formula",
)  # fmt: skip
#: What is shown of a figure. `year`: to the same period one year before.
SHOWS = (
    "value", "share_of_parent", "share_of_total", "running", "difference", "change", "difference_year", "change_year",
)  # fmt: skip
KINDS = (
    "table", "pivot", "bar", "column", "stacked", "line", "area", "pie", "donut", "funnel", "cohort", "scatter",
    "heatmap", "gauge", "number", "map", "timeline",
)  # fmt: skip
#: How a record comes through a funnel; see `query.tabulation.Events`.
PASSES = ("later", "each", "in_order")
#: What a cohort's grid tells of its records: had they reached it by then, did it happen then, was it still to come.
AGES = ("reached", "active", "open")
#: The periods by which cohorts age.
AGE_GRAINS = ("day", "week", "month", "quarter", "year")
MAX_STEPS, MAX_AGES = 12, 24
MAX_ROWS, MAX_COLUMNS, MAX_MEASURES, MAX_TOP = 3, 2, 12, 100
_LONGEST = 40_000


class Grouping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One level of groups: of a field or a path over links, or of an expression. grain: of GRAINS, for days and
    moments. buckets: the lower ends of ranges of numbers, ascending. top: so many groups at most, the largest by the
    first measure; the rest become one group where `others` says so. sort: "" for the natural order (time, the order of
    choices, titles), `label`, `-label`, or `value`, `-value` by the first measure. show_empty: periods in between and
    choices without a record are shown, too."""

    path: str = ""
    expression: str = ""
    label: str = ""
    grain: str = ""
    buckets: tuple[Decimal, ...] = ()
    top: int = 0
    others: bool = True
    sort: str = ""
    show_empty: bool = False


class Measure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure. function: of FUNCTIONS. path or expression: of what; neither for `count`. A `formula` has an
    expression over the names of the measures beside it. where: only records that also fulfil this. name: for formulas;
    without one it is m1, m2 ... by its place. show: of SHOWS. unit: "" for the value's own, percent for 0.25 as 25 %,
    or a short word. hidden: counted for formulas and not shown. metric: the key of a kept definition that it came
    from."""

    function: str = "count"
    path: str = ""
    expression: str = ""
    where: str = ""
    percentile: int = 90
    name: str = ""
    label: str = ""
    show: str = "value"
    unit: str = ""
    hidden: bool = False
    metric: str = ""


class Prompt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A condition that a reader may fill in: as `query.filter_conditions.Condition`. values: the default; without any
    the condition does not hold anyone up. name: in addresses."""

    name: str
    path: str
    operator: str = ""
    values: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""


class Picture(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it is drawn. kind: of KINDS. target: of a gauge, and a line in a chart. height: s, m or l. trend:
    whether a line through the periods is drawn, with what is usual around it."""

    kind: str = "table"
    target: Decimal | None = None
    height: str = "m"
    values: bool = True
    trend: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step of a funnel. where: which events are one."""

    where: str = ""
    label: str = ""


class Funnel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far records come. events: a related list. at: when an event happened. by: a choice or link of the events
    whose values are the steps, in their order; only: a condition on what it links to; steps: the steps where there is
    no `by`. passes: of PASSES."""

    events: str
    at: str
    by: str = ""
    only: str = ""
    steps: tuple[Step, ...] = ()
    passes: str = "later"


class Cohort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of the records that began in the same period, which the first level of rows says. events: a related
    list; "" where `at` is of the record. at: when it happened. where: which events count. shows: of AGES. periods: how
    many later ones are told."""

    at: str
    events: str = ""
    where: str = ""
    shows: str = "reached"
    periods: int = 12


class Definition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole report. funnel, cohort: what it asks of events; its figures are made of that, and `measures` does not
    matter. beside: the keys of further reports with the same groups, whose figures stand in the same rows. where: an
    expression, as lists have. date: the path to the day or moment by which a picker of periods filters, and by which
    amounts are converted where rates is `then` (else `now`: today's rates). totals: whether totals and subtotals are
    shown."""

    object: str
    where: str = ""
    prompts: tuple[Prompt, ...] = ()
    rows: tuple[Grouping, ...] = ()
    columns: tuple[Grouping, ...] = ()
    measures: tuple[Measure, ...] = (Measure(),)
    picture: Picture = Picture()
    date: str = ""
    rates: str = "now"
    totals: bool = True
    funnel: Funnel | None = None
    cohort: Cohort | None = None
    beside: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What formulas call the measures, in their order."""
        return tuple(one.name or f"m{index + 1}" for index, one in enumerate(self.measures))


def is_usable(number: Decimal) -> bool:
    """Whether it is no larger than any number that a record can hold."""
    return number.is_finite() and abs(number) <= LIMIT


def read(body: object) -> Definition:
    """From what a record keeps or an interface sends; Invalid for what is no definition."""
    try:
        definition = msgspec.convert(body, Definition, strict=False)
    except (msgspec.ValidationError, ArithmeticError) as error:
        raise Invalid(
            _("This is not a report: %(why)s.") % {"why": str(error)[:200]}, code="report", field="body"
        ) from None
    if len(msgspec.json.encode(definition)) > _LONGEST:
        raise Invalid(_("This report is too long."), code="report", field="body")
    return definition


def write(definition: Definition) -> dict[str, Any]:
    """As JSON for a record."""
    body: dict[str, Any] = msgspec.to_builtins(definition)
    return body
