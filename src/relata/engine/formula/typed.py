"""The typed tree: a small core that both back ends understand. Everything else is rewritten into it by the checker.

There is no money here: an amount of money is a number and a currency is a text; only the outermost node may be a
Pair of the two. `!=` is Not of Compare, a date compared with a datetime is the operation `midnight`, and so on.

Values of literals are not in the tree: a Const is a numbered slot. So the tree itself is the key under which
compiled SQL is cached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from relata.engine.formula.scope import Many, Ref
from relata.engine.formula.types import BOOLEAN, MONEY, NULL, NUMBER, TEXT, Type


@dataclass(frozen=True, slots=True)
class Const:
    """The literal in slot number `slot`; a tuple when it is the list after `in`."""

    slot: int
    type: Type


@dataclass(frozen=True, slots=True)
class Null:
    type: Type = NULL


@dataclass(frozen=True, slots=True)
class Dynamic:
    """What depends on who asks and when: today, now, me, my_team, my_teams, zone."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Field:
    """part: `amount` or `currency` of a money field, otherwise empty."""

    ref: Ref
    part: str = ""

    @property
    def type(self) -> Type:
        return {"amount": NUMBER, "currency": TEXT}.get(self.part, self.ref.type)


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry of the table in operations.py. Without an argument that reads a field it is computed once, in Python."""

    name: str
    args: tuple[Typed, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class If:
    condition: Typed
    then: Typed
    otherwise: Typed
    type: Type


@dataclass(frozen=True, slots=True)
class Coalesce:
    args: tuple[Typed, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Typed, ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Typed, ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    item: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Compare:
    """op: = < <= > >=. Both sides are of one kind.

    null_safe: two empty sides are equal; set only for = when both sides read fields that may be empty.
    """

    op: str
    left: Typed
    right: Typed
    null_safe: bool = False
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Between:
    value: Typed
    low: Typed
    high: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class OneOf:
    """value is in a list: a Const with a tuple, a Dynamic, a list field, or an Array of expressions."""

    value: Typed
    items: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Array:
    items: tuple[Typed, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Both are lists, and some value is in both."""

    left: Typed
    right: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Includes:
    """Both are lists, and the left one has every value of the right one."""

    left: Typed
    right: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Within:
    """A date or datetime lies in a span of the calendar, such as next_days(30)."""

    value: Typed
    span: str
    count: Typed | None
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Edge:
    """The first moment of a span (side `start`) or the first after it (`end`); only back ends make it."""

    span: str
    side: str
    count: Typed | None
    type: Type


@dataclass(frozen=True, slots=True)
class Match:
    """op: contains, starts, ends; in small letters (see texts.py)."""

    op: str
    text: Typed
    pattern: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Empty:
    """Null, the empty text, the empty list, JSON without content."""

    item: Typed
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Exists:
    many: Many
    condition: Typed | None
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Count:
    many: Many
    condition: Typed | None
    type: Type = NUMBER


@dataclass(frozen=True, slots=True)
class Extreme:
    """The earliest or latest moment of related records. function: min, max. item: read on the other side."""

    many: Many
    function: str
    item: Typed
    condition: Typed | None
    type: Type


@dataclass(frozen=True, slots=True)
class Pair:
    """Money, only as a whole result or on its way through the checker."""

    amount: Typed
    currency: Typed
    type: Type = MONEY


Typed: TypeAlias = (
    Const
    | Null
    | Dynamic
    | Field
    | Operation
    | If
    | Coalesce
    | And
    | Or
    | Not
    | Compare
    | Between
    | OneOf
    | Array
    | Overlaps
    | Includes
    | Within
    | Edge
    | Match
    | Empty
    | Exists
    | Count
    | Extreme
    | Pair
)


#: Where the parts of a node are that are read for the same record.
PARTS: dict[type, tuple[str, ...]] = {
    Operation: ("args",),
    Coalesce: ("args",),
    And: ("items",),
    Or: ("items",),
    Array: ("items",),
    If: ("condition", "then", "otherwise"),
    Not: ("item",),
    Empty: ("item",),
    Compare: ("left", "right"),
    Overlaps: ("left", "right"),
    Includes: ("left", "right"),
    Between: ("value", "low", "high"),
    OneOf: ("value", "items"),
    Within: ("value", "count"),
    Edge: ("count",),
    Match: ("text", "pattern"),
    Pair: ("amount", "currency"),
}


def children(node: Typed) -> Iterator[Typed]:
    """The parts of a node; what is read for related records is not among them."""
    for name in PARTS.get(type(node), ()):
        part = getattr(node, name)
        if isinstance(part, tuple):
            yield from part
        elif part is not None:
            yield part


def walk(node: Typed) -> Iterator[Typed]:
    """The node and everything below it, except what is read for related records."""
    yield node
    for child in children(node):
        yield from walk(child)


def is_constant(node: Typed) -> bool:
    """Nothing of it depends on the record."""
    # Money taken apart shares its parts, so each is looked at once: as a tree it may be exponentially large.
    pending, seen = [node], {id(node)}
    while pending:
        part = pending.pop()
        if isinstance(part, Field | Exists | Count | Extreme):
            return False
        fresh = [child for child in children(part) if id(child) not in seen]
        seen.update(map(id, fresh))
        pending += fresh
    return True


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked expression. `root` is the same for every expression that differs in literals only."""

    root: Typed
    literals: tuple[object, ...]

    @property
    def type(self) -> Type:
        return self.root.type
