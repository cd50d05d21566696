"""`in` and the `contains` of lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from relata.engine.formula import tree
from relata.engine.formula.checking import Checking, amount, mismatch
from relata.engine.formula.comparing import allowed_choice, allowed_choices, comparison, is_title_for, title
from relata.engine.formula.numbers import whole
from relata.engine.formula.problems import refuse
from relata.engine.formula.spans import MOST, SPANS
from relata.engine.formula.typed import (
    Array,
    Const,
    Includes,
    Null,
    OneOf,
    Operation,
    Or,
    Overlaps,
    Typed,
    Within,
)
from relata.engine.formula.types import BOOLEAN, DATETIME, NUMBER, Kind, Type, described, list_of, sentence
from relata.foundation.i18n import gettext as _

_ORDINARY = (Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.DURATION, Kind.ID)


def within(checking: Checking, node: tree.Binary, value: Typed, call: tree.Call) -> Typed:
    """`close_date in next_days(30)`."""
    if isinstance(value, Null):
        return checking.const(False, BOOLEAN)
    if value.type.kind not in (Kind.DATE, Kind.DATETIME):
        raise refuse(
            _("%(sentence)s can't lie in %(name)s()")
            % {"sentence": sentence(described(value.type)), "name": call.name},
            node.position,
        )
    return Within(value, call.name, _count(checking, call))


def _count(checking: Checking, call: tree.Call) -> Const | None:
    if not SPANS[call.name].counted:
        if call.args:
            raise refuse(_("%(name)s() takes nothing in its parentheses") % {"name": call.name}, call.position)
        return None
    number = whole(call.args[0].value) if len(call.args) == 1 and isinstance(call.args[0], tree.Literal) else None
    if number is None or not 0 <= number <= MOST:
        raise refuse(
            _("%(name)s(n) needs a whole number from 0 to %(most)s") % {"name": call.name, "most": MOST},
            call.position,
            _("Write %(name)s(30).") % {"name": call.name},
        )
    return checking.const(Decimal(number), NUMBER)


def one_of(checking: Checking, node: tree.Binary, value: Typed, listed: Typed) -> Typed:
    """`x in list` where the list is a value: a field, my_teams()."""
    if isinstance(value, Null) or isinstance(listed, Null):
        return checking.const(False, BOOLEAN)
    if value.type.kind is Kind.LIST:
        if checking.unify((value, listed)) is None:
            raise mismatch(_("%(one)s can't be looked up in %(other)s"), value.type, listed.type, node.position)
        return Overlaps(value, listed)
    item = listed.type.item
    if item is None:
        raise refuse(
            _("in needs a list, not %(described)s") % {"described": described(listed.type)},
            node.position,
            _("Write a list as (1, 2, 3)."),
        )
    converted = checking.convert(value, item)
    if converted is None:
        raise mismatch(_("%(one)s can't be looked up in %(other)s"), value.type, listed.type, node.position)
    allowed_choice(checking, listed, converted, node.position)
    return OneOf(converted, listed)


def one_of_these(checking: Checking, node: tree.Binary, value: Typed, items: Sequence[Typed]) -> Typed:
    """`x in (a, b, c)`: the literals as one list, titles of links as another, the rest one by one."""
    if any(isinstance(item, Null) for item in items):
        raise refuse(_("A list can't hold null"), node.position, _("Write: … in (…) or … is null."))
    if isinstance(value, Null):
        return checking.const(False, BOOLEAN)
    if value.type.kind is Kind.LIST:
        return Overlaps(value, _list_of_literals(checking, node, value, items))
    if value.type.kind is Kind.MONEY and all(item.type.kind is Kind.NUMBER for item in items):
        value = amount(value)
    if value.type.kind not in _ORDINARY:
        return _one_by_one(checking, node, value, items)
    if value.type.kind is Kind.DATE and any(item.type.kind is Kind.DATETIME for item in items):
        value = Operation("midnight", (value,), DATETIME)
    titles = [item for item in items if is_title_for(checking, value, item)]
    literals = [item for item in items if isinstance(item, Const) and item not in titles]
    others = [item for item in items if not isinstance(item, Const) and item not in titles]
    found: list[Typed] = []
    if literals or not items:
        found.append(_among_literals(checking, node, value, literals))
    if titles:
        found.append(one_of_these(checking, node, title(checking, value, node.position), titles))
    if others:
        found.append(_among_expressions(checking, node, value, others))
    return found[0] if len(found) == 1 else Or(tuple(found))


def _one_by_one(checking: Checking, node: tree.Binary, value: Typed, items: Sequence[Typed]) -> Typed:
    equal = tree.Binary("=", node.left, node.right, node.position)
    found = tuple(comparison(checking, equal, value, item) for item in items)
    return Or(found) if found else checking.const(False, BOOLEAN)


def _among_literals(checking: Checking, node: tree.Binary, value: Typed, items: Sequence[Typed]) -> Typed:
    converted = [_as(checking, node, item, value.type) for item in items]
    if any(not isinstance(item, Const) for item in converted):
        return _among_expressions(checking, node, value, converted)
    values = tuple(checking.literal(item) for item in converted)
    allowed_choices(checking, value, values, node.position)
    return OneOf(value, checking.const(values, list_of(value.type)))


def _among_expressions(checking: Checking, node: tree.Binary, value: Typed, items: Sequence[Typed]) -> Typed:
    return OneOf(value, Array(tuple(_as(checking, node, item, value.type) for item in items), list_of(value.type)))


def _as(checking: Checking, node: tree.Binary, item: Typed, type_: Type) -> Typed:
    converted = checking.convert(item, type_)
    if converted is None:
        raise mismatch(_("%(one)s can't be in a list to compare with %(other)s"), item.type, type_, node.position)
    return converted


def _list_of_literals(checking: Checking, node: tree.Binary, value: Typed, items: Sequence[Typed]) -> Typed:
    item_type = value.type.item
    assert item_type is not None
    converted = [_as(checking, node, item, item_type) for item in items]
    if any(not isinstance(item, Const) for item in converted):
        return Array(tuple(converted), value.type)
    values = tuple(checking.literal(item) for item in converted)
    allowed_choices(checking, value, values, node.position)
    return checking.const(values, value.type)


def includes(checking: Checking, node: tree.Binary, value: Typed, wanted: Typed | list[Typed]) -> Typed:
    """`tags contains "x"`, `tags contains ("x", "y")`, `tags contains other_tags`."""
    if isinstance(wanted, list):
        return Includes(value, _list_of_literals(checking, node, value, wanted))
    if isinstance(wanted, Null):
        return checking.const(False, BOOLEAN)
    if wanted.type.kind is Kind.LIST:
        if checking.unify((value, wanted)) is None:
            raise mismatch(_("%(one)s can't be looked up in %(other)s"), wanted.type, value.type, node.position)
        return Includes(value, wanted)
    if isinstance(wanted, Const):
        return Includes(value, _list_of_literals(checking, node, value, [wanted]))
    return one_of(checking, node, wanted, value)
