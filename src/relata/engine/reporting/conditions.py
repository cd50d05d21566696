"""From a group back to the records in it: the condition that a list takes, of the same path and the same values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Call, Items, Kind, Literal, Node, all_of, any_of, negate
from relata.engine.query.tabulation import NUMBERED, REST
from relata.engine.reporting.checking import Groups
from relata.engine.reporting.periods import moved


def condition_of(groups: Groups, value: Any) -> Node:
    """What holds for the records of one group and for no others."""
    node = groups.level.of
    if value is REST:
        return _rest(groups)
    if value is None:
        if groups.operand.kind is Kind.BOOLEAN:
            return Binary("=", node, Literal(None))
        return Call("empty", (node,))
    if groups.level.buckets:
        return _range(groups, value)
    if groups.level.grain:
        return _period(groups, value)
    return Binary("=", node, _literal(value))


def _rest(groups: Groups) -> Node:
    kept = groups.level.kept or ()
    if groups.level.buckets or groups.level.grain:
        return negate(any_of(condition_of(groups, value) for value in kept))
    named = tuple(_literal(value) for value in kept if value is not None)
    parts = [negate(Binary("in", groups.level.of, Items(named)))] if named else []
    if None in kept:
        parts.append(negate(condition_of(groups, None)))
    return all_of(parts)


def _range(groups: Groups, index: int) -> Node:
    node, ends = groups.level.of, groups.level.buckets
    parts: list[Node] = []
    if index > 0:
        parts.append(Binary(">=", node, Literal(ends[index - 1])))
    if index < len(ends):
        parts.append(Binary("<", node, Literal(ends[index])))
    return all_of(parts)


def _period(groups: Groups, value: Any) -> Node:
    node, grain = groups.level.of, groups.level.grain
    if grain in NUMBERED:
        return Binary("=", Call("weekday" if grain == "weekday" else "month", (node,)), Literal(Decimal(value)))
    after = moved(value, grain, 1)
    return all_of([Binary(">=", node, _literal(value)), Binary("<", node, _literal(after))])


def _literal(value: Any) -> Node:
    match value:
        case bool() | str() | Decimal():
            return Literal(value)
        case int():
            return Literal(Decimal(value))
        case UUID():
            return Literal(str(value))
        case datetime():
            return Call("datetime", (Literal(value.isoformat()),))
        case date():
            return Call("date", (Literal(value.isoformat()),))
    raise TypeError(type(value))
