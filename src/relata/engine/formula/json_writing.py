"""An expression as JSON, in the form that json_reading.py describes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any as Anything

from relata.engine.formula.json_reading import CALCULATIONS, OPS
from relata.engine.formula.tree import All, Any, Between, Binary, Call, Items, Literal, Negative, Node, Not, Path


def to_json(node: Node) -> Anything:
    """Decoded JSON: dicts, lists, texts, numbers, true, false, null."""
    match node:
        case Literal():
            return _json_literal(node.value)
        case Path():
            return {"field": ".".join(node.names)}
        case Items():
            return [to_json(item) for item in node.items]
        case All():
            return {"all": [to_json(item) for item in node.items]}
        case Any():
            return {"any": [to_json(item) for item in node.items]}
        case Negative():
            return {"negative": to_json(node.item)}
        case Call(name="empty", args=(arg,)):
            return _side("field", "left", arg) | {"op": "empty"}
        case Call():
            return {"call": node.name, "args": [to_json(arg) for arg in node.args]}
        case Between():
            value = [to_json(node.low), to_json(node.high)]
            return _side("field", "left", node.value) | {"op": "between", "value": value}
        case Binary():
            right = "right" if node.op in CALCULATIONS else "value"
            return _side("field", "left", node.left) | {"op": node.op, right: to_json(node.right)}
        case Not():
            return _json_not(node)


def _side(field: str, other: str, node: Node) -> dict[str, Anything]:
    return {field: ".".join(node.names)} if isinstance(node, Path) else {other: to_json(node)}


def _json_not(node: Not) -> Anything:
    inner = to_json(node.item)
    if isinstance(inner, dict) and f"not_{inner.get('op')}" in OPS:
        return inner | {"op": f"not_{inner['op']}"}
    return {"not": inner}


def _json_literal(value: str | Decimal | bool | None) -> Anything:
    if not isinstance(value, Decimal):
        return value
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    close = float(value)
    return close if Decimal(repr(close)) == value else {"number": format(value, "f")}
