"""A filter as people build it: groups of conditions, conditions on related lists, and what only text can say.

`node_of` makes the expression and `tree_of` reads one back; for every tree that can be built, reading what was made
gives the same tree. What `tree_of` does not know stays in it as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from relata.engine.formula import (
    All,
    Any,
    Binary,
    Call,
    Literal,
    Node,
    Not,
    Path,
    Unknown,
    all_of,
    any_of,
    negate,
    parse,
    to_text,
)
from relata.engine.query.filter_conditions import Condition, condition_node, read_condition, whole_number
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _

MODES = ("all", "any", "none", "not_all")
#: What can be asked about a related list; the last three count.
LIST_OPERATORS = ("has", "has_none", "at_least", "at_most", "exactly")
_COUNTED = {"at_least": ">=", "at_most": "<=", "exactly": "="}
#: Levels of groups that the builder shows; deeper ones stay text.
MAX_DEPTH = 5


class Group(msgspec.Struct, frozen=True):
    """mode: all, any, none or not all of the items hold."""

    mode: str = "all"
    items: tuple[Item, ...] = ()


class Related(msgspec.Struct, frozen=True):
    """Records of a related list that fulfil the group: that there are any, none, or how many. count: as typed."""

    list: str
    operator: str = "has"
    count: str = "1"
    group: Group = Group()


class Text(msgspec.Struct, frozen=True):
    """A condition in the language's own words."""

    text: str


Item: TypeAlias = Condition | Group | Related | Text


def node_of(scope: FieldScope, group: Group, *, is_lenient: bool = False) -> Node | None:
    """The expression; None where nothing is asked. Invalid names each item that is not complete by its place (`0.2`);
    a lenient call leaves those out."""
    problems: list[Problem] = []
    node = _group(scope, group, "", problems)
    if problems and not is_lenient:
        raise Invalid.of(problems)
    return node


def _group(scope: FieldScope, group: Group, place: str, problems: list[Problem]) -> Node | None:
    nodes = []
    for index, item in enumerate(group.items):
        at = f"{place}.{index}" if place else str(index)
        try:
            node = _item(scope, item, at, problems)
        except Unknown:
            problems.append(
                Problem("filter", _("This field or list is not there any more."), at, _("Choose another one."))
            )
            continue
        except RelataError as error:
            problems.append(Problem("filter", error.message, at, error.hint))
            continue
        if node is not None:
            nodes.append(node)
    if not nodes:
        return None
    joined = all_of(nodes) if group.mode in ("all", "not_all") else any_of(nodes)
    return negate(joined) if group.mode in ("none", "not_all") else joined


def _item(scope: FieldScope, item: Item, at: str, problems: list[Problem]) -> Node | None:
    if isinstance(item, Condition):
        return condition_node(scope, item)
    if isinstance(item, Group):
        return _group(scope, item, at, problems)
    if isinstance(item, Text):
        return parse(item.text)
    return _related(scope, item, at, problems)


def _related(scope: FieldScope, item: Related, at: str, problems: list[Problem]) -> Node:
    child = scope.many(item.list).scope
    assert isinstance(child, FieldScope)
    inner = _group(child, item.group, at, problems)
    args = (Path(tuple(item.list.split("."))), *((inner,) if inner is not None else ()))
    if item.operator in _COUNTED:
        return Binary(_COUNTED[item.operator], Call("count", args), Literal(whole_number(item.count)))
    found = Call("exists", args)
    return negate(found) if item.operator == "has_none" else found


def tree_of(scope: FieldScope, node: Node | None) -> Group:
    """The tree of an expression; its root is always a group."""
    if node is None:
        return Group()
    found = _read(scope, node, 0)
    return found if isinstance(found, Group) else Group("all", (found,))


def _read(scope: FieldScope, node: Node, depth: int) -> Item:
    if depth < MAX_DEPTH:
        if (group := _read_group(scope, node, depth)) is not None:
            return group
        if (related := _read_related(scope, node, depth)) is not None:
            return related
    condition = read_condition(scope, node)
    return condition if condition is not None else Text(to_text(node))


def _read_group(scope: FieldScope, node: Node, depth: int) -> Group | None:
    inner = node.item if isinstance(node, Not) else node
    if not isinstance(inner, All | Any):
        return None
    plain, negated = ("all", "not_all") if isinstance(inner, All) else ("any", "none")
    mode = negated if isinstance(node, Not) else plain
    return Group(mode, tuple(_read(scope, item, depth + 1) for item in inner.items))


def _read_related(scope: FieldScope, node: Node, depth: int) -> Related | None:
    operator, call = "has", node
    count = "1"
    if isinstance(node, Not):
        operator, call = "has_none", node.item
    elif isinstance(node, Binary) and isinstance(node.right, Literal):
        found = next((name for name, op in _COUNTED.items() if op == node.op), "")
        if not found or isinstance(node.right.value, (str, bool)) or node.right.value is None:
            return None
        operator, call, count = found, node.left, format(node.right.value, "f")
    wanted = "count" if operator in _COUNTED else "exists"
    if not isinstance(call, Call) or call.name != wanted or not isinstance(call.args[0], Path):
        return None
    if operator in _COUNTED and not count.isdecimal():
        return None
    name = ".".join(call.args[0].names)
    try:
        child = scope.many(name).scope
    except (Unknown, RelataError):
        return None
    assert isinstance(child, FieldScope)
    if len(call.args) == 1:
        return Related(name, operator, count)
    inner = _read(child, call.args[1], depth + 1)
    return Related(name, operator, count, inner if isinstance(inner, Group) else Group("all", (inner,)))


def texts_in(group: Group) -> Iterator[Text]:
    """What the builder could only keep as text."""
    for item in group.items:
        if isinstance(item, Text):
            yield item
        elif isinstance(item, Group):
            yield from texts_in(item)
        elif isinstance(item, Related):
            yield from texts_in(item.group)
