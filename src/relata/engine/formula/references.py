"""What an expression reads: for "where used", for what must be computed again, and for what an index can hold."""

from __future__ import annotations

from dataclasses import dataclass

from relata.engine.formula import typed
from relata.engine.formula.operations import OPERATIONS
from relata.engine.formula.scope import Many, Ref
from relata.engine.formula.typed import Checked, Typed


@dataclass(frozen=True, slots=True)
class Reading:
    """refs: fields of the record and over its to-one links. relations: to-many relations, each with what is read on its
    other side. dynamic: what of the person and the clock it depends on, such as today and zone."""

    refs: frozenset[Ref]
    relations: frozenset[tuple[Many, Reading]]
    dynamic: frozenset[str]

    def is_own(self, sub_fields: frozenset[tuple[str, ...]] = frozenset()) -> bool:
        """Nothing but the record's own fields decides. sub_fields: paths of several names that lead over no link,
        such as ("amount", "currency")."""
        near = all(len(ref.path) == 1 or ref.path in sub_fields for ref in self.refs)
        return near and not self.relations and not self.dynamic


_RELATED = (typed.Exists, typed.Count, typed.Extreme)


def references(checked: Checked) -> frozenset[Ref]:
    """The fields that are read, except inside exists and count."""
    return reading(checked).refs


def relations(checked: Checked) -> frozenset[tuple[Many, Reading]]:
    """The to-many relations that are read, each with what is read there."""
    return reading(checked).relations


def reading(checked: Checked) -> Reading:
    """Everything that the result depends on."""
    return _reading(checked.root)


def _reading(root: Typed) -> Reading:
    nodes = list(typed.walk(root))
    return Reading(
        frozenset(node.ref for node in nodes if isinstance(node, typed.Field)),
        frozenset((node.many, _inner(node)) for node in nodes if isinstance(node, _RELATED)),
        frozenset(name for node in nodes for name in _dynamic(node)),
    )


def _inner(node: typed.Exists | typed.Count | typed.Extreme) -> Reading:
    found = Reading(frozenset(), frozenset(), frozenset()) if node.condition is None else _reading(node.condition)
    if not isinstance(node, typed.Extreme):
        return found
    item = _reading(node.item)
    return Reading(found.refs | item.refs, found.relations | item.relations, found.dynamic | item.dynamic)


def _dynamic(node: Typed) -> tuple[str, ...]:
    match node:
        case typed.Dynamic():
            return (node.name,)
        case typed.Within():
            return ("now", "zone")
        case typed.Operation() if OPERATIONS[node.name].is_zoned:
            return ("zone",)
    return ()
