"""The cells of a table: what a value must be for its row to count."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from relata.foundation.money import Money

_BOUND = re.compile(r"^(>=|<=|>|<)\s*(.+)$")
_RANGE = re.compile(r"^(.+?)\s*\.\.\s*(.+)$")


def fits(value: Any, cell: str) -> bool:
    """Whether a value is what the cell asks for. An empty cell asks for nothing; `a; b` for one of them, whatever the
    case of letters; `>= 10`, `< 5` and `10..50` for a number in these bounds; `-` for no value."""
    wanted = [part.strip() for part in cell.split(";") if part.strip()]
    return not wanted or any(_is(value, one) for one in wanted)


def _is(value: Any, wanted: str) -> bool:
    if wanted == "-":
        return value is None or value == "" or value == ()
    if isinstance(value, (list, tuple)):
        return any(_is(one, wanted) for one in value)
    if value is None:
        return False
    number = _number(value)
    if number is not None:
        return _in_bounds(number, wanted)
    if isinstance(value, bool):
        return wanted.casefold() in (("true", "yes") if value else ("false", "no"))
    return str(value).casefold() == wanted.casefold()


def _in_bounds(number: Decimal, wanted: str) -> bool:
    if found := _BOUND.match(wanted):
        bound = _number(found[2])
        if bound is None:
            return False
        return {">=": number >= bound, "<=": number <= bound, ">": number > bound, "<": number < bound}[found[1]]
    if found := _RANGE.match(wanted):
        low, high = _number(found[1]), _number(found[2])
        return low is not None and high is not None and low <= number <= high
    return number == _number(wanted)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return None
    if isinstance(value, str) and not re.match(r"^[-+]?[0-9]", value.strip()):
        return None
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return None
