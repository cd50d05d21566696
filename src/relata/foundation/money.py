"""Money: an amount with its currency (ISO 4217). Amounts of different currencies never add up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Currencies whose minor unit is not 1/100 (ISO 4217, table A.1).
MINOR_DIGITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
_CODE = re.compile(r"^[A-Z]{3}$")


def is_currency_code(text: str) -> bool:
    """Three capital letters; whether a bank knows it is not asked."""
    return bool(_CODE.match(text))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """amount: at most 4 decimal places are kept. currency: ISO 4217 code."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not is_currency_code(self.currency):
            raise Invalid(_("A currency is three capital letters, such as EUR."), code="currency")

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise Invalid(
                _("%(currency)s and %(currency2)s can't be combined; convert one of them first.")
                % {"currency": self.currency, "currency2": other.currency},
                code="currency_mismatch",
            )

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __truediv__(self, divisor: Decimal | int) -> Money:
        return Money(self.amount / divisor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def rounded(self) -> Money:
        """Half-even to the currency's minor unit."""
        places = Decimal(1).scaleb(-MINOR_DIGITS.get(self.currency, 2))
        return Money(self.amount.quantize(places, rounding=ROUND_HALF_EVEN), self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
