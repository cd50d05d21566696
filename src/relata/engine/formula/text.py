"""Tree to text; `parse(to_text(node)) == node` for every tree that `parse` or the constructors make."""

from __future__ import annotations

from decimal import Decimal

from relata.engine.formula.lexer import RESERVED
from relata.engine.formula.parser import ADD, AND, COMPARE, MULTIPLY, OR, SIGN
from relata.engine.formula.tree import (
    All,
    Any,
    Between,
    Binary,
    Call,
    Items,
    Literal,
    Negative,
    Node,
    Not,
    Path,
)

_ATOM = SIGN + 1
_POWERS = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def to_text(node: Node) -> str:
    """The shortest usual spelling, with parentheses only where they are needed."""
    return _text(node, OR)


def _text(node: Node, floor: int) -> str:
    text, power = _spelled(node)
    return text if power >= floor else f"({text})"


def _spelled(node: Node) -> tuple[str, int]:
    """The text without outer parentheses, and how tightly it holds together."""
    match node:
        case Literal():
            return _literal(node.value), _ATOM
        case Path():
            return ".".join((_name(node.names[0]), *node.names[1:])), _ATOM
        case Items():
            return f"({', '.join(_text(item, OR) for item in node.items)})", _ATOM
        case Call():
            return f"{node.name}({', '.join(_text(arg, OR) for arg in node.args)})", _ATOM
        case All():
            return " and ".join(_text(item, COMPARE) for item in node.items), AND
        case Any():
            return " or ".join(_text(item, AND) for item in node.items), OR
        case Not():
            return _negated(node)
        case Negative():
            return _negative(node), SIGN
        case Between():
            return _between(node, "between"), COMPARE
        case Binary():
            return _binary(node, node.op)


def _negated(node: Not) -> tuple[str, int]:
    item = node.item
    if isinstance(item, Binary) and item.op in ("in", "contains", "starts", "ends"):
        return _binary(item, f"not {item.op}")
    if isinstance(item, Between):
        return _between(item, "not between"), COMPARE
    return f"not {_text(item, COMPARE)}", COMPARE


def _negative(node: Negative) -> str:
    inner = _text(node.item, SIGN)
    # -(5) is Negative(5) while -5 is a literal; and two minus signs in a row need something between them.
    return f"-({inner})" if isinstance(node.item, Literal | Negative) else f"-{inner}"


def _binary(node: Binary, op: str) -> tuple[str, int]:
    power = _POWERS.get(node.op, COMPARE)
    left = _text(node.left, power if power > COMPARE else ADD)
    return f"{left} {op} {_text(node.right, max(power, COMPARE) + 1)}", power


def _between(node: Between, op: str) -> str:
    return f"{_text(node.value, ADD)} {op} {_text(node.low, ADD)} and {_text(node.high, ADD)}"


def _name(name: str) -> str:
    return f"`{name}`" if name.lower() in RESERVED else name


def _literal(value: str | Decimal | bool | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return '"' + "".join(_ESCAPES.get(sign, sign) for sign in value) + '"'
