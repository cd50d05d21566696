"""Untyped tree to typed tree: every name resolved, every type settled, everything else refused with its place."""

from __future__ import annotations

from collections.abc import Iterator

from relata.engine.formula import typed
from relata.engine.formula.arithmetic import calculation, opposite
from relata.engine.formula.budget import CODE, MAX_TYPED_NODES, within_budget
from relata.engine.formula.calls import FUNCTIONS
from relata.engine.formula.checking import Checking
from relata.engine.formula.comparing import between, comparison, match
from relata.engine.formula.lexer import storable
from relata.engine.formula.membership import includes, one_of, one_of_these, within
from relata.engine.formula.problems import did_you_mean, refuse
from relata.engine.formula.scope import Scope
from relata.engine.formula.slots import with_dense_slots
from relata.engine.formula.spans import SPANS
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
from relata.engine.formula.typed import Checked, Null, Typed
from relata.engine.formula.types import BOOLEAN, NUMBER, TEXT, Kind, Type, described
from relata.foundation.i18n import gettext as _


def check(node: Node, scope: Scope, *, expect: Type | None = None) -> Checked:
    """The typed expression. Invalid, with the place, for unknown names and types that don't fit.

    expect: the type that the result must have, such as BOOLEAN for a filter.
    """
    checking = Checking(scope)
    root = _Checker(checking).result(within_budget(node), expect)
    _within_typed_budget(root)
    return with_dense_slots(root, checking.literals)


class _Checker:
    """Walks the tree; `value` and `condition` are what functions use for their arguments."""

    def __init__(self, checking: Checking) -> None:
        self.checking = checking

    def result(self, node: Node, expect: Type | None) -> Typed:
        if expect is None:
            return self.value(node)
        if expect.kind is Kind.BOOLEAN:
            return self.condition(node)
        root = self.value(node)
        converted = self.checking.convert(root, expect)
        if converted is None:
            raise refuse(
                _("This gives %(described)s; %(described2)s is needed")
                % {"described": described(root.type), "described2": described(expect)},
                node.position,
            )
        return converted

    def condition(self, node: Node) -> Typed:
        """A boolean; a literal null counts as false."""
        found = self.value(node)
        if isinstance(found, Null):
            return self.checking.const(False, BOOLEAN)
        if found.type.kind is not Kind.BOOLEAN:
            raise refuse(
                _("A condition is needed here, not %(described)s") % {"described": described(found.type)},
                node.position,
                _("Compare it with something, such as: amount > 100."),
            )
        return found

    def inside(self, checking: Checking) -> _Checker:
        return _Checker(checking)

    def value(self, node: Node) -> Typed:
        match node:
            case Literal():
                return self._literal(node)
            case Path():
                return self.checking.field(node)
            case Binary():
                return self._binary(node)
            case All():
                return typed.And(tuple(self.condition(item) for item in node.items))
            case Any():
                return typed.Or(tuple(self.condition(item) for item in node.items))
            case Not():
                return typed.Not(self.condition(node.item))
            case Call():
                return self._call(node)
            case Between():
                value, low, high = (self.value(part) for part in (node.value, node.low, node.high))
                return between(self.checking, value, low, high, node.position)
            case Negative():
                return opposite(self.checking, node, self.value(node.item))
            case Items():
                raise refuse(_("A list can only stand after in or contains"), node.position)

    def _literal(self, node: Literal) -> Typed:
        value = node.value
        if value is None:
            return Null()
        if isinstance(value, bool):
            return self.checking.const(value, BOOLEAN)
        if isinstance(value, str):
            return self.checking.const(storable(value, node.position), TEXT)
        return self.checking.const(value, NUMBER)

    def _binary(self, node: Binary) -> Typed:
        left = self.value(node.left)
        if node.op == "in":
            return self._in(node, left)
        if node.op == "contains" and left.type.kind is Kind.LIST:
            right = node.right
            wanted = [self.value(item) for item in right.items] if isinstance(right, Items) else self.value(right)
            return includes(self.checking, node, left, wanted)
        if isinstance(node.right, Items):
            raise refuse(_("%(op)s takes one text") % {"op": node.op}, node.right.position, _("Join several with or."))
        right_side = self.value(node.right)
        if node.op in ("contains", "starts", "ends"):
            return match(self.checking, node, left, right_side)
        if node.op in "+-*/":
            return calculation(self.checking, node, left, right_side)
        return comparison(self.checking, node, left, right_side)

    def _in(self, node: Binary, left: Typed) -> Typed:
        right = node.right
        if isinstance(right, Items) and len(right.items) == 1 and _is_span(right.items[0]):
            right = right.items[0]
        if isinstance(right, Call) and _is_span(right):
            return within(self.checking, node, left, right)
        if not isinstance(right, Items):
            return one_of(self.checking, node, left, self.value(right))
        items = [self.value(item) for item in right.items]
        if len(items) == 1 and items[0].type.kind is Kind.LIST:
            return one_of(self.checking, node, left, items[0])
        return one_of_these(self.checking, node, left, items)

    def _call(self, node: Call) -> Typed:
        function = FUNCTIONS.get(node.name)
        if function is not None:
            return function.typed(self, node)
        if node.name in SPANS:
            raise refuse(
                _("%(name)s() can only stand after in") % {"name": node.name},
                node.position,
                _("Write: … in %(name)s().") % {"name": node.name},
            )
        raise refuse(
            _('There is no function "%(name)s"') % {"name": node.name},
            node.position,
            did_you_mean(node.name, [*FUNCTIONS, *SPANS]),
        )


def _is_span(node: Node) -> bool:
    return isinstance(node, Call) and node.name in SPANS


def _within_typed_budget(root: Typed) -> None:
    """Money is taken apart into amount and currency, which may repeat what they stand on."""
    for count, __ in enumerate(_everything(root)):
        if count > MAX_TYPED_NODES:
            raise refuse(_("This expression is too large"), None, _("Split it into several fields."), CODE)


def _everything(root: Typed) -> Iterator[Typed]:
    for node in typed.walk(root):
        yield node
        if isinstance(node, typed.Extreme):
            yield from _everything(node.item)
        if isinstance(node, typed.Exists | typed.Count | typed.Extreme) and node.condition is not None:
            yield from _everything(node.condition)
