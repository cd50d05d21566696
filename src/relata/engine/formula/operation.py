"""What an operation is: one meaning, written once in Python and once in SQL, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from relata.engine.formula.context import EvaluationContext


@dataclass(frozen=True, slots=True)
class Moment:
    """What an operation in Python may know besides its arguments."""

    context: EvaluationContext
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class OperationRule:
    """python: gets the arguments, after the Moment if the rule is zoned. sql: a template with {0}, {1}, or {all} for
    any number of arguments, each put into `each` and joined by `joiner`; {zone} is the person's zone, {collation} the
    one for small and capital letters.

    Each argument stands once in the template, so that nested operations stay small. A null argument makes a null
    result unless `sees_null`. python may raise OverflowError or ValueError for a result that does not exist; that is
    null too, and sql must give null for it.
    """

    python: Callable[..., Any]
    sql: str
    sees_null: bool = False
    each: str = "{0}"
    joiner: str = ", "

    @property
    def is_zoned(self) -> bool:
        """Its arguments begin, in Python, with the Moment."""
        return "{zone}" in self.sql
