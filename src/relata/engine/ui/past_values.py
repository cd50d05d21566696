"""What pages of past days share: which records are as they were, for which a filter held, what their sums were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from relata.engine.formula import Binary, Checked, Literal, Node, Path, all_of, evaluate, references, to_text
from relata.engine.metadata.fields import Formula, MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.pages import context_of
from relata.engine.query.scope import FieldScope
from relata.engine.rules.condition import Condition, condition_of
from relata.engine.rules.own_values import OwnValues
from relata.engine.ui.board_totals import Summed
from relata.engine.workspace.rewinding import Rewound
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money

#: Of more records that changed since, weighted sums are not told: working them out one by one takes too long.
MOST_WEIGHTED = 1000


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


def weights(work: Workspace, one: Object, summed: Summed) -> list[str]:
    """The fields that the weighted sum is worked out from."""
    checked = _formula(work, one, summed)
    return sorted({ref.path[0] for ref in references(checked)}) if checked is not None else []


def _formula(work: Workspace, one: Object, summed: Summed) -> Checked | None:
    if not isinstance(summed.weighted, Formula):
        return None
    return FieldScope(work.registry, one, work.actor).formula(one, summed.weighted)


def add_changed(
    work: Workspace, one: Object, summed: Summed, rows: dict[str, list[dict[str, Any]]],
    lanes: Mapping[str, Sequence[Rewound]],
) -> None:  # fmt: skip
    """What changed records counted then, beside what the others do."""
    total, formula, context = summed.total, _formula(work, one, summed), context_of(work.actor)
    for value, records in lanes.items():
        for record in records:
            row: dict[str, Any] = {"count": 1}
            if total is not None:
                amount = record.then.get(total.name)
                row[f"sum_{total.name}"] = _number(amount)
                row[f"{total.name}.currency"] = amount.currency if isinstance(amount, Money) else None
            if summed.weighted is not None:
                found = (
                    evaluate(formula, OwnValues(one, record.then, record_id=record.id), context) if formula else None
                )
                row[f"sum_{summed.weighted.name}"] = _number(found)
            rows.setdefault(value, []).append(row)
    if isinstance(total, MoneyField):
        for value in rows:
            rows[value] = _joined(rows[value], total.name, summed.weighted.name if summed.weighted else "")


def _number(value: Any) -> Decimal | None:
    return None if value is None else value.amount if isinstance(value, Money) else Decimal(value)


def _joined(rows: list[dict[str, Any]], total: str, weighted: str) -> list[dict[str, Any]]:
    """One row for each currency."""
    found: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault(row[f"{total}.currency"], {f"{total}.currency": row[f"{total}.currency"], "count": 0})
        known["count"] += row["count"]
        for name in (f"sum_{total}", *([f"sum_{weighted}"] if weighted else [])):
            known[name] = _sum(known.get(name), row.get(name))
    return list(found.values())


def _sum(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else one + other
