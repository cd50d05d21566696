"""What figures and groups are of: a path or an expression, checked for one reader."""

from __future__ import annotations

from dataclasses import dataclass

from relata.engine.formula import Checked, Kind, Node, Path, Unknown, check
from relata.engine.metadata.fields import Field
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

NUMERIC = (Kind.NUMBER, Kind.MONEY, Kind.DURATION)
ORDERED = (*NUMERIC, Kind.DATE, Kind.DATETIME, Kind.TEXT)
#: Figures that count what happened to records; see `event_columns`.
OF_EVENTS = ("reached", "dropped", "between", "arrived", "open", "active")
_UNGROUPED = (Kind.JSON, Kind.LIST, Kind.GEO, Kind.NULL, Kind.DURATION)


@dataclass(frozen=True, slots=True)
class Operand:
    """field: where it is a plain path to one. part: of that field, such as a city."""

    node: Node
    checked: Checked
    field: Field | None = None
    part: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of its values."""
        return self.checked.root.type.kind

    @property
    def target(self) -> str:
        """The object that a link leads to, "" for anything else."""
        found = self.checked.root.type
        return (found.object or "") if found.kind is Kind.ID else ""


def operand(scope: FieldScope, node: Node) -> Operand:
    """Checked for the scope's reader; Unknown for a path that is not there for them, Invalid for a wrong expression."""
    if isinstance(node, Path):
        found = scope.find(node.names)
        return Operand(node, check(node, scope), found.field, found.part)
    return Operand(node, check(node, scope))


def grouped(scope: FieldScope, node: Node, grain: str, buckets: object) -> Operand:
    """The same as a level of groups; Invalid where nothing can be grouped by it."""
    found = operand(scope, node)
    if found.kind in _UNGROUPED or (found.kind is Kind.ID and not found.target and not _is_own_id(found)):
        raise Invalid(_("Records can't be grouped by this field."), code="not_groupable", field="groups")
    if grain and found.kind not in (Kind.DATE, Kind.DATETIME):
        raise Invalid(_("Only days and moments have periods."), code="grain", field="groups")
    if buckets and found.kind not in (Kind.NUMBER, Kind.MONEY):
        raise Invalid(_("Only numbers have ranges."), code="buckets", field="groups")
    return found


def measured(scope: FieldScope, function: str, node: Node | None) -> Operand | None:
    """The same as what a figure is of, None for a count of records; Invalid where the figure makes no sense."""
    if function == "count" or function in OF_EVENTS:
        return None
    if node is None:
        raise Invalid(_("Choose a field for this figure."), code="measure", field="measures")
    found = operand(scope, node)
    if function in ("sum", "average") and found.kind not in NUMERIC:
        raise Invalid(_("Only numbers, amounts and durations add up."), code="measure", field="measures")
    if function in ("median", "percentile", "min", "max") and found.kind not in ORDERED:
        raise Invalid(_("The values of this field have no order."), code="measure", field="measures")
    if function in ("median", "percentile") and found.kind is Kind.TEXT:
        raise Invalid(_("Texts have no middle."), code="measure", field="measures")
    if found.kind in (Kind.JSON, Kind.LIST, Kind.GEO) and function == "distinct":
        raise Invalid(_("The values of this field can't be told apart."), code="measure", field="measures")
    return found


def _is_own_id(found: Operand) -> bool:
    return isinstance(found.node, Path) and found.node.names[-1] == "id"


def groups_by(scope: FieldScope, path: str) -> bool:
    """Whether records can be grouped by a path, for those who offer it."""
    try:
        grouped(scope, Path(tuple(path.split("."))), "", ())
    except (Unknown, Invalid):
        return False
    return True
