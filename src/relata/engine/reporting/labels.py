"""What figures and groups are called where nobody gave them a name."""

from __future__ import annotations

from relata.engine.formula import Path, to_text
from relata.engine.query.operand import Operand
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import Measure
from relata.foundation.i18n import gettext as _


def operand_label(scope: FieldScope, found: Operand) -> str:
    """The field's name, after that of the link that leads to it."""
    if not isinstance(found.node, Path):
        return to_text(found.node)
    place = scope.find(found.node.names)
    name = place.field.title if place.field else place.object.title
    if place.field and place.part and place.part != "amount":
        name = f"{name}: {place.part.replace('_', ' ')}"
    return f"{place.links[-1][1].title}: {name}" if place.links else name


def measure_label(scope: FieldScope, measure: Measure, found: Operand | None) -> str:
    """Such as `Sum of amount`, with what is shown of it."""
    if found is None:
        name = scope.object.title_plural
    else:
        name = figure_words(measure.function, measure.percentile) % {"field": operand_label(scope, found)}
    return _shown(measure.show) % {"figure": name}


def figure_words(function: str, percentile: int = 50) -> str:
    """With `%(field)s`."""
    return {
        "distinct": _("Different values of %(field)s"),
        "filled": _("Records with %(field)s"),
        "sum": _("Sum of %(field)s"),
        "average": _("Average of %(field)s"),
        "median": _("Median of %(field)s"),
        "percentile": _("%(percent)s %% of %(field)s lie below").replace("%(percent)s", str(percentile)),
        "min": _("Smallest %(field)s"),
        "max": _("Largest %(field)s"),
    }[function]


def _shown(show: str) -> str:
    return {
        "value": "%(figure)s",
        "share_of_parent": _("%(figure)s, share of the group"),
        "share_of_total": _("%(figure)s, share of all"),
        "running": _("%(figure)s, running total"),
        "difference": _("%(figure)s, difference to the period before"),
        "change": _("%(figure)s, change to the period before"),
        "difference_year": _("%(figure)s, difference to one year before"),
        "change_year": _("%(figure)s, change to one year before"),
    }[show]
