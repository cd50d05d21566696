"""The one rule for numbers, followed to the digit by both back ends.

Numbers are decimals. Sums and differences are exact; products and quotients are rounded to
12 decimal places, half away from zero (as PostgreSQL rounds `numeric`). What reaches 10^30 is null, and so is
a quotient by zero. A quotient is cut off, not rounded, at the 13th place first, so that it is rounded once.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

PLACES = 12
LITERAL_DIGITS = 29
LITERAL_DECIMALS = PLACES
LIMIT = Decimal(10) ** 30

#: Enough digits that nothing which stays under LIMIT is ever rounded by the context itself; nothing is raised.
EXACT = Context(prec=400, rounding=ROUND_HALF_UP, traps=[])

_UNIT = Decimal(1).scaleb(-PLACES)
_CUT = Decimal(10) ** (PLACES + 1)
_UNCUT = Decimal(1).scaleb(-PLACES - 1)


def is_writable(value: Decimal) -> bool:
    """A literal may have this value."""
    if not value.is_finite() or (value and abs(value.adjusted()) > LITERAL_DIGITS):
        return False
    most = 10**LITERAL_DIGITS
    return -most < value < most and rounded(value, LITERAL_DECIMALS) == value


def whole(value: object) -> int | None:
    """The whole number, or None when it is none."""
    # `value % 1` would raise for large numbers, as much of Decimal does outside of EXACT.
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else None


def bounded(value: Decimal, limit: Decimal = LIMIT) -> Decimal | None:
    """The value without a negative zero, or None if it reaches the limit or is no number."""
    if not value.is_finite() or not -limit < value < limit:
        return None
    return value if value else Decimal(0)


def rounded(value: Decimal, places: int = PLACES) -> Decimal:
    """Half away from zero; negative places round to tens, hundreds and so on."""
    if places == PLACES:
        return value.quantize(_UNIT, ROUND_HALF_UP, EXACT)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)


def product(left: Decimal, right: Decimal) -> Decimal | None:
    result = bounded(EXACT.multiply(left, right))
    return None if result is None else bounded(rounded(result))


def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    """None for a division by zero."""
    if not right:
        return None
    cut = bounded(EXACT.multiply(EXACT.divide_int(EXACT.multiply(left, _CUT), right), _UNCUT))
    return None if cut is None else bounded(rounded(cut))
