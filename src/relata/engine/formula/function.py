"""What a function is for the checker, and the usual ways to build its typed node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from relata.engine.formula.checking import Checking
from relata.engine.formula.problems import refuse
from relata.engine.formula.tree import Call, Node
from relata.engine.formula.typed import Null, Operation, Typed
from relata.engine.formula.types import Type, described
from relata.foundation.i18n import gettext as _


class Walker(Protocol):
    """The checker, as functions see it."""

    checking: Checking

    def value(self, node: Node) -> Typed: ...

    def condition(self, node: Node) -> Typed: ...

    def inside(self, checking: Checking) -> Walker: ...


@dataclass(frozen=True, slots=True)
class Function:
    """One function that people may call.

    signature: for people, such as `round(number, places)`. least, most: how many arguments; most is None when any
    number will do.
    """

    signature: str
    help: str
    least: int
    most: int | None
    build: Callable[[Walker, Call], Typed]

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]

    def typed(self, walker: Walker, call: Call) -> Typed:
        count = len(call.args)
        if count < self.least or (self.most is not None and count > self.most):
            raise refuse(
                _("%(name)s is written %(signature)s") % {"name": call.name, "signature": self.signature}, call.position
            )
        return self.build(walker, call)


def refused(call: Call, index: int, wanted: str, found: Type) -> Exception:
    """The error for an argument of the wrong type."""
    place = call.args[index].position
    return refuse(
        _("%(name)s needs %(wanted)s here, not %(described)s")
        % {"name": call.name, "wanted": wanted, "described": described(found)},
        call.position if place is None else place,
    )


def argument(walker: Walker, call: Call, index: int, type_: Type) -> Typed:
    """The argument as that type, or Invalid."""
    node = walker.value(call.args[index])
    converted = walker.checking.convert(node, type_)
    if converted is None:
        raise refused(call, index, described(type_), node.type)
    return converted


def simple(signature: str, help: str, takes: Sequence[Type], gives: Type, operation: str) -> Function:
    """A function of fixed types that is one operation."""

    def build(walker: Walker, call: Call) -> Typed:
        return Operation(operation, tuple(argument(walker, call, i, type_) for i, type_ in enumerate(takes)), gives)

    return Function(signature, help, len(takes), len(takes), build)


def common(walker: Walker, call: Call, nodes: Sequence[Typed]) -> tuple[Typed, ...]:
    """All as one type, or Invalid."""
    unified = walker.checking.unify(nodes)
    if unified is None:
        kinds = ", ".join(sorted({str(node.type) for node in nodes if not isinstance(node, Null)}))
        raise refuse(
            _("%(name)s needs values of one type, not of several (%(kinds)s)") % {"name": call.name, "kinds": kinds},
            call.position,
        )
    return unified
