"""What is asked for: immutable, hashable, without SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from relata.engine.formula import Node
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_ORDER = 6


@dataclass(frozen=True, slots=True)
class Order:
    """One level of sorting. path: field, or path over links. Empty values come last either way."""

    path: tuple[str, ...]
    descending: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{'.'.join(self.path)}"


@dataclass(frozen=True, slots=True)
class Query:
    """A page of records. fields: paths to load; empty means all of the object's own that the reader may see.
    after: a cursor from the page before. deleted: False for living records, True for the bin. few: the filter leaves
    few
    records, such as the children of one: a single statement sorts them, where else a second one adds those without a
    sort value. as_on: the records as they were at this moment (see `past_rows`); None for now."""

    object: str
    where: Node | None = None
    order: tuple[Order, ...] = ()
    fields: tuple[str, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: str = ""
    deleted: bool = False
    few: bool = False
    as_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of an aggregate. function: count, distinct, filled (records with a value), sum, average, median, min,
    max. path: empty for count."""

    function: str
    path: str = ""

    @property
    def name(self) -> str:
        """The key in the answer: `count`, `sum_amount`, `max_account_revenue`."""
        return f"{self.function}_{self.path.replace('.', '_')}" if self.path else self.function


@dataclass(frozen=True, slots=True)
class Group:
    """One level of grouping. grain: "" or, for days and moments, day, week, month, quarter, year (the reader's
    zone)."""

    path: str
    grain: str = ""

    @property
    def name(self) -> str:
        """The key in the answer."""
        return f"{self.path}:{self.grain}" if self.grain else self.path


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Figures over records. limit: groups at most, largest first by the first measure. as_on: see `Query`."""

    object: str
    measures: tuple[Measure, ...] = (Measure("count"),)
    group_by: tuple[Group, ...] = ()
    where: Node | None = None
    limit: int = 500
    deleted: bool = False
    as_on: datetime | None = None


def parse_order(text: str | Iterable[str]) -> tuple[Order, ...]:
    """From `-amount,name`; Invalid for more than six levels."""
    parts = text.split(",") if isinstance(text, str) else list(text)
    words = [part.strip() for part in parts if part.strip()]
    if len(words) > MAX_ORDER:
        raise Invalid(
            _("At most %(max_order)s sort levels are possible.") % {"max_order": MAX_ORDER}, code="order", field="order"
        )
    return tuple(Order(tuple(word.lstrip("-+").split(".")), word.startswith("-")) for word in words)
