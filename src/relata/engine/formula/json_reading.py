"""An expression as JSON, for programs that would rather not write text.

    {"all": [A, B]}  {"any": [A, B]}  {"not": A}
    {"field": "stage", "op": "=", "value": "won"}
    {"field": "amount", "op": "between", "value": [1, 10]}
    {"field": "industry", "op": "in", "value": ["software", "retail"]}     also not_in, contains, not_contains
    {"field": "close_date", "op": "empty"}                                 also not_empty
    {"field": "close_date", "op": "in", "value": {"call": "next_days", "args": [30]}}
    {"call": "exists", "args": [{"field": "activities"}, {"field": "kind", "op": "=", "value": "call"}]}
    {"left": {"field": "amount"}, "op": "*", "right": {"field": "probability"}}
    {"negative": A}  {"field": "account.industry"}

Where an expression stands, a JSON text, number, true, false or null is that literal. A number
that JSON's readers might round is {"number": "0.1234567890123"}. `left` may stand for `field` and `right` for `value`.
`from_json(to_json(node)) == node`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any as Anything
from typing import Final

from relata.engine.formula.budget import MAX_DEPTH, MAX_ITEMS, MAX_NODES, too_deep, within_budget
from relata.engine.formula.lexer import storable
from relata.engine.formula.numbers import LITERAL_DECIMALS, LITERAL_DIGITS, is_writable, rounded
from relata.engine.formula.problems import did_you_mean, refuse
from relata.engine.formula.tree import (
    Between,
    Binary,
    Call,
    Items,
    Literal,
    Negative,
    Node,
    Path,
    all_of,
    any_of,
    negate,
)
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later

CALCULATIONS: Final = ("+", "-", "*", "/")
_PLAIN_OPS: Final = ("=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts", "ends", *CALCULATIONS)
_NEGATED: Final = {f"not_{op}": op for op in ("in", "contains", "starts", "ends", "between")}
OPS: Final = (*_PLAIN_OPS, "between", "empty", *_NEGATED, "not_empty")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HELP: Final = later('Write {"field": "stage", "op": "=", "value": "won"}, or the expression as text.')


def from_json(tree: object) -> Node:
    """The tree of decoded JSON. Invalid, with code `expression`, when it has another form."""
    return within_budget(_Reader().node(tree, 0))


class _Reader:
    def __init__(self) -> None:
        self._seen = 0

    def node(self, tree: object, depth: int) -> Node:
        self._seen += 1
        if depth > MAX_DEPTH or self._seen > MAX_NODES + MAX_ITEMS:
            raise too_deep(None)
        if isinstance(tree, Mapping):
            return self._mapping(tree, depth + 1)
        return Literal(_literal(tree))

    def _side(self, tree: object, depth: int) -> Node:
        """What stands after an operator: a list, or any expression."""
        if isinstance(tree, list | tuple):
            return Items(tuple(self.node(item, depth + 1) for item in tree))
        return self.node(tree, depth)

    def _mapping(self, tree: Mapping[str, Anything], depth: int) -> Node:
        if "all" in tree:
            return all_of(self._several(tree, "all", depth))
        if "any" in tree:
            return any_of(self._several(tree, "any", depth))
        if "not" in tree:
            return negate(self.node(_only(tree, "not"), depth))
        if "negative" in tree:
            return Negative(self.node(_only(tree, "negative"), depth))
        if "number" in tree:
            return Literal(_exact(_only(tree, "number")))
        if "call" in tree:
            return self._call(tree, depth)
        if "op" in tree:
            return self._operator(tree, depth)
        if "field" in tree:
            return _path(_only(tree, "field"))
        raise refuse(_("This JSON is not an expression"), None, _(_HELP))

    def _several(self, tree: Mapping[str, Anything], key: str, depth: int) -> list[Node]:
        items = _only(tree, key)
        if not isinstance(items, list | tuple):
            raise refuse(_('"%(key)s" holds a list of conditions') % {"key": key}, None, _(_HELP))
        return [self.node(item, depth) for item in items]

    def _call(self, tree: Mapping[str, Anything], depth: int) -> Node:
        name, args = tree["call"], tree.get("args", [])
        _known(tree, {"call", "args"})
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(args, list | tuple):
            raise refuse(_('"call" is a name and "args" a list'), None, _('Write {"call": "next_days", "args": [30]}.'))
        return Call(name.lower(), tuple(self.node(arg, depth) for arg in args))

    def _operator(self, tree: Mapping[str, Anything], depth: int) -> Node:
        _known(tree, {"op", "field", "left", "value", "right"})
        op = tree["op"]
        if not isinstance(op, str) or op not in OPS:
            raise refuse(_('There is no operator "%(op)s"') % {"op": op}, None, did_you_mean(str(op), OPS))
        if ("field" in tree) == ("left" in tree):
            raise refuse(_("An operator needs either a field or a left side"), None, _(_HELP))
        left = _path(tree["field"]) if "field" in tree else self.node(tree["left"], depth)
        if op in ("empty", "not_empty"):
            empty = Call("empty", (left,))
            return empty if op == "empty" else negate(empty)
        if ("value" in tree) == ("right" in tree):
            raise refuse(_('"%(op)s" needs a value to compare with') % {"op": op}, None, _(_HELP))
        right = self._side(tree["value"] if "value" in tree else tree["right"], depth)
        node = _joined(_NEGATED.get(op, op), left, right)
        return negate(node) if op in _NEGATED else node


def _joined(op: str, left: Node, right: Node) -> Node:
    if op == "between":
        if not isinstance(right, Items) or len(right.items) != 2:
            raise refuse(_("between needs a list of two values"), None, _('Write "value": [1, 10].'))
        return Between(left, *right.items)
    if op == "contains" and isinstance(right, Items) and len(right.items) == 1:
        right = right.items[0]
    elif isinstance(right, Items) and op not in ("in", "contains"):
        raise refuse(
            _('"%(op)s" takes one value, not a list') % {"op": op},
            None,
            _("A list goes with in, contains and between."),
        )
    return Binary(op, left, right)


def _path(names: object) -> Path:
    parts = names.split(".") if isinstance(names, str) else []
    if not parts or not all(_NAME.fullmatch(part) for part in parts):
        raise refuse(_('"field" is a name such as stage or account.industry'), None, _(_HELP))
    return Path(tuple(parts))


def _only(tree: Mapping[str, Anything], key: str) -> Anything:
    _known(tree, {key})
    return tree[key]


def _known(tree: Mapping[str, Anything], keys: set[str]) -> None:
    for key in tree:
        if key not in keys:
            raise refuse(_('"%(key)s" has no meaning here') % {"key": key}, None, _(_HELP))


def _literal(value: object) -> str | Decimal | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return storable(value, None)
    if isinstance(value, int | float | Decimal):
        return _exact(str(value) if not isinstance(value, float) else repr(value))
    raise refuse(_("This JSON is not an expression"), None, _(_HELP))


def _exact(text: object) -> Decimal:
    try:
        number = Decimal(text) if isinstance(text, str) and len(text) <= 60 else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not is_writable(number):
        raise refuse(
            _("A number has at most %(literal_digits)s digits before the point and %(literal_decimals)s after it")
            % {"literal_digits": LITERAL_DIGITS, "literal_decimals": LITERAL_DECIMALS},
            None,
        )
    return number if number.as_tuple().exponent in range(-LITERAL_DECIMALS, 1) else rounded(number)
