"""Numbers the slots of literals in the order in which the tree names them, and drops those that it doesn't.

While an expression is checked, each literal gets a slot, those inside a list too; without this, the length of a list
would show in the numbers behind it, and so in the key of compiled SQL.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from relata.engine.formula.typed import PARTS, Checked, Const, Count, Exists, Extreme, Typed

#: What is read for related records.
_INSIDE: dict[type, tuple[str, ...]] = {
    Exists: ("condition",), Count: ("condition",), Extreme: ("item", "condition"),
}  # fmt: skip


def with_dense_slots(root: Typed, literals: list[object]) -> Checked:
    """The checked expression."""
    numbering = _Numbering()
    numbered = numbering.of(root)
    return Checked(numbered, tuple(literals[slot] for slot in numbering.order))


class _Numbering:
    """order: old slot to new one. Parts that money shares are visited once."""

    def __init__(self) -> None:
        self.order: dict[int, int] = {}
        self._done: dict[int, tuple[Typed, Typed]] = {}

    def of(self, node: Typed) -> Typed:
        if isinstance(node, Const):
            return Const(self.order.setdefault(node.slot, len(self.order)), node.type)
        found = self._done.get(id(node))
        if found is None:
            # The old node is kept, lest its id be given to another one.
            found = self._done[id(node)] = (node, self._again(node))
        return found[1]

    def _again(self, node: Typed) -> Typed:
        parts = _INSIDE.get(type(node)) or PARTS.get(type(node), ())
        changes: dict[str, Any] = {name: self._part(getattr(node, name)) for name in parts}
        return replace(node, **changes) if changes else node

    def _part(self, part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(self.of(item) for item in part)
        return None if part is None else self.of(part)
