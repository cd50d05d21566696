"""Which types can be compared, and how a comparison is rewritten into the core: titles of links, money, null."""

from __future__ import annotations

from collections.abc import Iterable

from relata.engine.formula.checking import Checking, amount, currency, mismatch
from relata.engine.formula.problems import did_you_mean, refuse
from relata.engine.formula.tree import Binary
from relata.engine.formula.typed import (
    And,
    Between,
    Compare,
    Const,
    Empty,
    Field,
    Match,
    Not,
    Null,
    Or,
    Typed,
    is_constant,
)
from relata.engine.formula.types import BOOLEAN, ORDERED, Kind, described, sentence
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.foundation.ids import parse_id

_NOT_COMPARABLE = {
    Kind.JSON: later("JSON can only be empty or not: write is null or is not null."),
    Kind.GEO: later("A place can only be empty or not: write is null or is not null."),
    Kind.LIST: later('Compare lists with contains or in, such as: tags contains "vip".'),
}


def comparison(checking: Checking, node: Binary, left: Typed, right: Typed) -> Typed:
    """The typed node of = != < <= > >=."""
    if node.op == "!=":
        return Not(_compared(checking, "=", left, right, node.position))
    return _compared(checking, node.op, left, right, node.position)


def _compared(checking: Checking, op: str, left: Typed, right: Typed, position: int | None) -> Typed:
    if isinstance(left, Null) or isinstance(right, Null):
        return _with_null(checking, op, left, right)
    if op == "=":
        left, right = _titles(checking, left, right, position)
    if {left.type.kind, right.type.kind} == {Kind.MONEY, Kind.NUMBER}:
        left, right = (amount(s) if s.type.kind is Kind.MONEY else s for s in (left, right))
    left, right = _paired(checking, left, right, position)
    kind = left.type.kind
    if kind in _NOT_COMPARABLE:
        raise refuse(
            _("%(sentence)s can't be compared") % {"sentence": sentence(described(left.type))},
            position,
            _(_NOT_COMPARABLE[kind]),
        )
    if op != "=" and kind not in ORDERED:
        raise refuse(
            _("%(sentence)s has no order") % {"sentence": sentence(described(left.type))},
            position,
            _("Compare it with = or !=."),
        )
    if kind is Kind.MONEY:
        return _money(op, left, right)
    if op != "=":
        return Compare(op, left, right)
    return equal(checking, left, right, position)


def equal(checking: Checking, left: Typed, right: Typed, position: int | None) -> Typed:
    """= of two sides of one type that is not money."""
    allowed_choice(checking, left, right, position)
    allowed_choice(checking, right, left, position)
    return Compare("=", left, right, _may_be_null(left) and _may_be_null(right))


def _may_be_null(node: Typed) -> bool:
    """It reads fields, and those may be empty."""
    if isinstance(node, Field) and not node.ref.nullable:
        return False
    return not is_constant(node)


def _with_null(checking: Checking, op: str, left: Typed, right: Typed) -> Typed:
    """`= null` asks whether the other side is empty; an order with null is false."""
    if op != "=":
        return checking.const(False, BOOLEAN)
    return empty(right if isinstance(left, Null) else left)


def empty(node: Typed) -> Typed:
    """The typed node of empty(x) and is null."""
    return Empty(amount(node) if node.type.kind is Kind.MONEY else node)


def _titles(checking: Checking, left: Typed, right: Typed, position: int | None) -> tuple[Typed, Typed]:
    """A link compared with a text that is no id compares the title of what it leads to."""
    if is_title_for(checking, left, right):
        return title(checking, left, position), right
    if is_title_for(checking, right, left):
        return left, title(checking, right, position)
    return left, right


def is_title_for(checking: Checking, link: Typed, text: Typed) -> bool:
    """link is a link, and text a text that can't be the id of anything."""
    if link.type.kind is not Kind.ID or text.type.kind is not Kind.TEXT:
        return False
    return not isinstance(text, Const) or parse_id(checking.literal(text)) is None


def title(checking: Checking, link: Typed, position: int | None) -> Field:
    found = checking.title_of(link)
    if found is None:
        raise refuse(_("This link can only be compared with an id"), position)
    return found


def _paired(checking: Checking, left: Typed, right: Typed, position: int | None) -> tuple[Typed, Typed]:
    both = checking.unify((left, right))
    if both is None:
        raise mismatch(
            _("%(one)s can't be compared with %(other)s"), left.type, right.type, position, _pairing_hint(left, right)
        )
    return both[0], both[1]


def _pairing_hint(left: Typed, right: Typed) -> str | None:
    kinds = {left.type.kind, right.type.kind}
    if Kind.LIST in kinds:
        return _NOT_COMPARABLE[Kind.LIST]
    if Kind.TEXT in kinds and kinds & {Kind.DATE, Kind.DATETIME}:
        return 'Write a date as date("2026-01-31").'
    if Kind.TEXT in kinds and kinds & {Kind.NUMBER, Kind.MONEY}:
        return "Write a number without quotes."
    if Kind.TEXT in kinds and Kind.BOOLEAN in kinds:
        return "Write true or false without quotes."
    return None


def _money(op: str, left: Typed, right: Typed) -> Typed:
    """Amounts of one currency; of two currencies nothing holds."""
    same = Compare("=", currency(left), currency(right))
    both = And((Compare(op, amount(left), amount(right)), same))
    if op != "=" or not (_may_be_null(amount(left)) and _may_be_null(amount(right))):
        return both
    return Or((both, And((Empty(amount(left)), Empty(amount(right))))))


def allowed_choice(checking: Checking, field: Typed, value: Typed, position: int | None) -> None:
    """Invalid when a choice field is compared with a literal that it can never have."""
    literal = checking.literal(value)
    if isinstance(field, Field) and field.ref.choices is not None and not field.part:
        _choice(field, (literal,) if isinstance(literal, str) else (), position)


def allowed_choices(checking: Checking, field: Typed, values: Iterable[object], position: int | None) -> None:
    """The same for a list of values."""
    if isinstance(field, Field) and field.ref.choices is not None and not field.part:
        _choice(field, (value for value in values if isinstance(value, str)), position)


def _choice(field: Field, values: Iterable[str], position: int | None) -> None:
    choices = field.ref.choices or frozenset()
    for value in values:
        if value not in choices:
            name = ".".join(field.ref.path)
            raise refuse(
                _('"%(value)s" is not a choice of %(name)s') % {"value": value, "name": name},
                position,
                did_you_mean(value, choices),
            )


def between(checking: Checking, value: Typed, low: Typed, high: Typed, position: int | None) -> Typed:
    """The typed node of between; both ends belong to it."""
    if any(isinstance(node, Null) for node in (value, low, high)):
        return checking.const(False, BOOLEAN)
    unified = checking.unify((value, low, high))
    if unified is None or unified[0].type.kind is Kind.MONEY:
        above = _compared(checking, ">=", value, low, position)
        return And((above, _compared(checking, "<=", value, high, position)))
    if unified[0].type.kind not in ORDERED:
        raise refuse(_("%(sentence)s has no order") % {"sentence": sentence(described(value.type))}, position)
    return Between(unified[0], unified[1], unified[2])


def match(checking: Checking, node: Binary, text: Typed, pattern: Typed) -> Typed:
    """The typed node of contains, starts and ends between texts."""
    if isinstance(text, Null) or isinstance(pattern, Null):
        return checking.const(False, BOOLEAN)
    if text.type.kind is Kind.ID:
        text = title(checking, text, node.position)
    for side in (text, pattern):
        if side.type.kind is not Kind.TEXT:
            raise refuse(
                _("%(op)s looks for a text in a text, not for %(described)s")
                % {"op": node.op, "described": described(side.type)},
                node.position,
            )
    return Match(node.op, text, pattern)
