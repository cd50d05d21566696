"""The words of the builder: what figures, periods, comparisons and pictures are called."""

from __future__ import annotations

from relata.engine.reporting.definition import FUNCTIONS, GRAINS, SHOWS
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option


def functions() -> tuple[Option, ...]:
    """What a figure can be."""
    names = {
        "count": _("Number of records"),
        "sum": _("Sum"),
        "average": _("Average"),
        "median": _("Median"),
        "percentile": _("Percentile"),
        "min": _("Smallest"),
        "max": _("Largest"),
        "distinct": _("Different values"),
        "filled": _("Records with a value"),
        "formula": _("Formula"),
    }
    return tuple(Option(value=name, label=label) for name, label in names.items() if name in FUNCTIONS)


def grains() -> tuple[Option, ...]:
    """The periods by which days are grouped."""
    names = {
        "day": _("Day"),
        "week": _("Week"),
        "month": _("Month"),
        "quarter": _("Quarter"),
        "year": _("Year"),
        "fiscal_quarter": _("Fiscal quarter"),
        "fiscal_year": _("Fiscal year"),
        "weekday": _("Day of the week"),
        "month_of_year": _("Month of the year"),
    }
    return tuple(Option(value=name, label=names[name]) for name in GRAINS)


def shows() -> tuple[Option, ...]:
    """What is shown of a figure."""
    names = {
        "value": _("as it is"),
        "share_of_parent": _("share of its group"),
        "share_of_total": _("share of all"),
        "running": _("running total"),
        "difference": _("difference to the period before"),
        "change": _("change to the period before, in %"),
        "difference_year": _("difference to a year before"),
        "change_year": _("change to a year before, in %"),
    }
    return tuple(Option(value=name, label=names[name]) for name in SHOWS)


def sorts() -> tuple[Option, ...]:
    """The orders of groups."""
    return (
        Option(value="", label=_("Natural order")),
        Option(value="-value", label=_("Largest first")),
        Option(value="value", label=_("Smallest first")),
        Option(value="label", label=_("A to Z")),
        Option(value="-label", label=_("Z to A")),
    )


def rests() -> tuple[Option, ...]:
    """What becomes of the groups that are not among the largest."""
    return (Option(value="", label=_("as one group")), Option(value="no", label=_("left out")))


def ways() -> tuple[Option, ...]:
    """What a report asks: figures of records, or what happened to them."""
    return (
        Option(value="", label=_("Counts, sums and other figures")),
        Option(value="funnel", label=_("A funnel: how far they come")),
        Option(value="cohort", label=_("Cohorts: what became of them")),
    )


def passes() -> tuple[Option, ...]:
    """How records come through a funnel."""
    return (
        Option(value="later", label=_("A later step stands for those before it")),
        Option(value="in_order", label=_("Each step after the one before")),
        Option(value="each", label=_("Each step, in any order")),
    )


def ages() -> tuple[Option, ...]:
    """What a grid of cohorts tells."""
    return (
        Option(value="reached", label=_("had it happen by then")),
        Option(value="active", label=_("had it happen in that period")),
        Option(value="open", label=_("did not have it happen yet")),
    )


def units() -> tuple[Option, ...]:
    """What a formula gives."""
    return (
        Option(value="", label=_("a number")),
        Option(value="percent", label=_("a percentage")),
        Option(value="money", label=_("an amount")),
    )


def rates() -> tuple[Option, ...]:
    """The day by whose rates amounts are converted."""
    return (Option(value="now", label=_("today")), Option(value="then", label=_("each record's day")))


#: Kind of picture -> its icon.
ICONS = {
    "table": "table", "bar": "chart-no-axes-column", "column": "chart-column", "stacked": "layers",
    "line": "chart-line", "area": "trending-up", "pie": "chart-pie", "donut": "pie-chart",
    "funnel": "funnel", "cohort": "layout-grid", "scatter": "grip-vertical",
    "heatmap": "grid-2x2", "gauge": "gauge", "number": "hash", "map": "map", "timeline": "align-left",
}  # fmt: skip


def kinds() -> tuple[Option, ...]:
    """The pictures; `note` is the icon."""
    names = {
        "table": _("Table"),
        "column": _("Columns"),
        "bar": _("Bars"),
        "stacked": _("Stacked columns"),
        "line": _("Line"),
        "area": _("Area"),
        "pie": _("Pie"),
        "donut": _("Ring"),
        "funnel": _("Funnel"),
        "cohort": _("Cohorts"),
        "scatter": _("Scatter"),
        "heatmap": _("Heat map"),
        "gauge": _("Gauge"),
        "number": _("Number"),
        "map": _("Map"),
        "timeline": _("Timeline"),
    }
    return tuple(Option(value=name, label=label, note=ICONS[name]) for name, label in names.items())
