"""The untyped tree of an expression: what the text says, before anyone knows what the names mean.

Other layers combine expressions with `all_of`, `any_of` and `negate`; never by gluing texts together.
`position` is a character offset in the text it came from, None in a tree that was built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, true, false or null as it was written."""

    value: str | Decimal | bool | None
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A name, or names joined by dots: a field, or the way to one over to-one links.

    positions: where each name starts; empty in a tree that was built.
    """

    names: tuple[str, ...]
    position: int | None = field(default=None, compare=False, repr=False)
    positions: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Items:
    """The list after `in` and `contains`."""

    items: tuple[Node, ...]
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class All:
    """`and` between two or more; never directly holds another All (see `all_of`)."""

    items: tuple[Node, ...]
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Any:
    """`or` between two or more; never directly holds another Any (see `any_of`)."""

    items: tuple[Node, ...]
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    item: Node
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negative:
    item: Node
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """op: one of `= != < <= > >= + - * / in contains starts ends`."""

    op: str
    left: Node
    right: Node
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends belong to it."""

    value: Node
    low: Node
    high: Node
    position: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`is null` is the call `empty`."""

    name: str
    args: tuple[Node, ...]
    position: int | None = field(default=None, compare=False, repr=False)


Node: TypeAlias = Literal | Path | Items | All | Any | Not | Negative | Binary | Between | Call


def all_of(nodes: Iterable[Node]) -> Node:
    """True when every one is true; of none: true."""
    items = tuple(_flat(nodes, All))
    if len(items) == 1:
        return items[0]
    return All(items, items[0].position) if items else Literal(True)


def any_of(nodes: Iterable[Node]) -> Node:
    """True when at least one is true; of none: false."""
    items = tuple(_flat(nodes, Any))
    if len(items) == 1:
        return items[0]
    return Any(items, items[0].position) if items else Literal(False)


def negate(node: Node) -> Node:
    """The opposite; of an opposite: the thing itself, since booleans have two values."""
    return node.item if isinstance(node, Not) else Not(node, node.position)


def _flat(nodes: Iterable[Node], kind: type[All] | type[Any]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, kind):
            yield from node.items
        else:
            yield node


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Items() | All() | Any():
            return node.items
        case Not() | Negative():
            return (node.item,)
        case Binary():
            return (node.left, node.right)
        case Between():
            return (node.value, node.low, node.high)
        case Call():
            return node.args
    return ()
