"""What pages of past days share: which moment is meant, for which records a filter held, what their sums were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from relata.engine.formula import Binary, Literal, Node, Path, all_of, evaluate, to_text
from relata.engine.metadata.fields import MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.pages import context_of
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.rules.condition import Condition, condition_of
from relata.engine.rules.own_values import OwnValues
from relata.engine.ui.board_totals import NO_FIGURES, Figures, Summed, told, total_field, weighted_field
from relata.engine.workspace.rewinding import Rewound
from relata.engine.workspace.workspace import Workspace


def end_of(work: Workspace, day: date) -> datetime:
    """The last moment of a day where the person is."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(work.actor.zone)) - timedelta(microseconds=1)


def filter_of(work: Workspace, one: Object, where: Node | None) -> Condition | None:
    """A page's filter as it is asked of single records."""
    return condition_of(work.registry, one, to_text(where), work.actor) if where is not None else None


def both(*parts: Node | None) -> Node:
    """All of them, without those that are none."""
    return all_of([part for part in parts if part is not None])


def unchanged(where: Node | None, at: datetime) -> Node:
    """Records that are as they were: nobody changed them since."""
    moment = Literal(at.isoformat())
    return both(where, *(Binary("<=", Path((name,)), moment) for name in ("changed_at", "created_at")))


def made_since(where: Node | None, at: datetime) -> Node:
    """Records that came later."""
    return both(where, Binary(">", Path(("created_at",)), Literal(at.isoformat())))


def holding(
    work: Workspace, one: Object, condition: Condition, changed: Sequence[Rewound], *, now: bool = False
) -> list[Rewound]:
    """Those for which the condition held, or holds now; asked once for equal values."""
    context, reads = context_of(work.actor), sorted(condition.reads)
    known: dict[tuple[Any, ...], bool] = {}
    found = []
    for record in changed:
        values = record.now if now else record.then
        key = tuple(values.get(name) for name in reads)
        if key not in known or "id" in reads:
            own = OwnValues(one, values, record_id=record.id, formulas=condition.formulas, context=context)
            known[key] = evaluate(condition.checked, own, context) is True
        if known[key]:
            found.append(record)
    return found


async def past_figures(work: Workspace, one: Object, where: Node | None, day: date) -> Figures:
    """Count and sums of all records of a list at the end of a day, at the rates of that day."""
    layout = work.layout(one.name).board
    total = total_field(work, one, layout)
    summed = Summed(total, weighted_field(work, one, layout) if total is not None else None)
    measures = [Measure("count"), *(Measure("sum", field.name) for field in summed.fields)]
    groups = (Group(f"{total.name}.currency"),) if isinstance(total, MoneyField) else ()
    found = await work.aggregate(Aggregate(one.name, tuple(measures), groups, where, as_on=end_of(work, day)))
    return (await told(work, summed, {"": list(found.rows)}, day)).get("", NO_FIGURES)
