"""Where the SQL back end gets its columns: the port that the query layer fills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from relata.engine.formula.scope import Many, Ref

Element = ColumnElement[Any]


class Columns(Protocol):
    """Where the values of a scope's fields are. A formula field is given as its own expression, compiled
    as a value and with Params of its own.

    A money field is two columns; where the amount is not null, the currency must not be. Datetimes are timestamptz,
    durations intervals, links uuid, lists arrays.
    """

    def column(self, ref: Ref) -> Element:
        """The value; of money, the amount."""
        ...

    def currency(self, ref: Ref) -> Element: ...

    def exists(self, many: Many, build: Callable[[Columns], Element]) -> Element:
        """True when a record on the other side fulfils what `build` gives for its columns; never null."""
        ...

    def count(self, many: Many, build: Callable[[Columns], Element]) -> Element:
        """How many do; 0, never null, when none does."""
        ...

    def extreme(
        self, many: Many, function: str, item: Callable[[Columns], Element], build: Callable[[Columns], Element]
    ) -> Element:
        """The least or greatest `item` of those that do; null when none has one. function: min, max."""
        ...
