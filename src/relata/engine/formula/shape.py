"""What two expressions have in common when they differ in literals only."""

from __future__ import annotations

from collections.abc import Hashable

from relata.engine.formula.typed import Checked


def shape(checked: Checked) -> tuple[Hashable, tuple[object, ...]]:
    """The key under which compiled SQL may be cached (for one object and one set of columns), and the literals.

    How many values a list has is not part of the key.
    """
    return checked.root, checked.literals
