"""What a table of figures asks of one object: levels of groups, figures, and which subtotals. Values without SQL; see
`tabulating` for the statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from relata.engine.formula import Node

#: Figures of groups that follow from those of their parts.
COMPOSED = ("count", "filled", "sum", "average", "min", "max", "reached", "dropped", "arrived", "open", "active")
#: How each grain begins: PostgreSQL's own, or one that is shifted to the fiscal month.
TRUNCATED = {
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
    "fiscal_quarter": "quarter", "fiscal_year": "year",
}  # fmt: skip
NUMBERED = {"weekday": "isodow", "month_of_year": "month"}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of groups. of: a path or an expression. grain: of days and moments. buckets: lower ends of ranges.
    kept: the values that stay groups of their own, everything else is one; None keeps all."""

    of: Node
    grain: str = ""
    buckets: tuple[Decimal, ...] = ()
    kept: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. of: None for a count of records. where: only of records that fulfil it. percentile: 1 to 99.
    step: of a figure over events, the step's number from 1, or how many periods later from 0."""

    function: str
    of: Node | None = None
    where: Node | None = None
    percentile: int = 50
    step: int = 0

    @property
    def is_composed(self) -> bool:
        """Whether that of a group follows from those of its parts."""
        return self.function in COMPOSED


@dataclass(frozen=True, slots=True)
class Worth:
    """What one unit of a currency is worth in `base`, from a day until another, which is out; None for no end."""

    currency: str
    rate: Decimal
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """How amounts become one currency. then: the day of the record by which a rate is chosen; None where there is one
    rate for each currency."""

    base: str
    worth: tuple[Worth, ...] = ()
    then: Node | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """What happened to each record, read in one scan beside the records. relation: the related list; "" where `at` is
    of the record itself. at: when it happened. steps: which events count for which step. passes: of steps, `later`
    where a later step stands for those before it, `each` where every step must have happened, `in_order` where the
    first of each must also follow the one before; of ages, `active` where every event counts, else the first. among:
    what holds for an event of any step, where that is told more shortly than by all of them. since, grain: the day of
    the record and the periods by which it ages."""

    relation: str
    at: Node
    steps: tuple[Node, ...] = ()
    passes: str = "later"
    since: Node | None = None
    grain: str = ""
    among: Node | None = None


@dataclass(frozen=True, slots=True)
class Tabulation:
    """sets: for each subtotal the levels that it keeps; empty for the finest alone. limit: groups at most, the largest
    by the first figure; 0 for all, without their total (see `tabulating.every`). fiscal_month: 1 to 12. seconds:
    after so long it is stopped. as_on: the moment at which the records are looked at, see `past_rows`; None for now."""

    object: str
    levels: tuple[Level, ...] = ()
    figures: tuple[Figure, ...] = (Figure("count"),)
    where: Node | None = None
    sets: tuple[tuple[int, ...], ...] = ()
    exchange: Exchange = field(default_factory=lambda: Exchange("EUR"))
    fiscal_month: int = 1
    limit: int = 5000
    seconds: float = 20.0
    events: Events | None = None
    as_on: datetime | None = None


class Rest:
    """The group of everything that is not kept."""

    def __repr__(self) -> str:
        return "REST"


REST = Rest()


@dataclass(frozen=True, slots=True)
class Group:
    """One group. kept: the levels that it is of. keys: their values. count: how many records. foreign: how many of its
    amounts were converted; without_rate: how many could not be. figures: one for each asked; an average is
    (sum, how many)."""

    kept: tuple[int, ...]
    keys: tuple[Any, ...]
    count: int
    foreign: int
    without_rate: int
    figures: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Tabulated:
    """complete: False where more groups exist than `limit`. total: of all groups, also of those that are left out; None
    where it does not follow from them."""

    groups: list[Group]
    complete: bool
    total: Group | None = None
