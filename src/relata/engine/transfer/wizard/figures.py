"""How a column writes its numbers: which mark is the decimal one, and the currency. Decided by the whole column."""

from __future__ import annotations

import re

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR"}
_NUMBER = re.compile(
    r"\(?[-+]?\s*(?P<before>[€$£¥₹]|[A-Z]{3})?\s*[-+]?(?P<digits>\d[\d.,'\s\u00a0\u202f]*|[.,]\d+)\s*"
    r"(?P<after>[€$£¥₹]|[A-Z]{3}|%)?\s*-?\)?"
)


class NumberForms:
    """Evidence about one column, text by text."""

    def __init__(self) -> None:
        self._points = self._commas = self._open_points = self._open_commas = 0
        self._currencies: dict[str, int] = {}

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether it can be a number or an amount."""
        return bool(_NUMBER.fullmatch(text))

    @staticmethod
    def has_currency(text: str) -> bool:
        """Whether it says of which money it is."""
        found = _NUMBER.fullmatch(text)
        return bool(found) and (found["before"] or found["after"] or "%") != "%"  # type: ignore[index]

    def add(self, text: str) -> None:
        """Another text of the column."""
        found = _NUMBER.fullmatch(text)
        if found is None:
            return
        sign = found["before"] or found["after"] or ""
        if sign and sign != "%":
            code = _SYMBOLS.get(sign, sign)
            self._currencies[code] = self._currencies.get(code, 0) + 1
        digits = found["digits"].strip()
        point, comma = digits.rfind("."), digits.rfind(",")
        if point >= 0 and comma >= 0:
            self._points += point > comma
            self._commas += comma > point
        elif point >= 0:
            self._one(digits, ".", point)
        elif comma >= 0:
            self._one(digits, ",", comma)

    def _one(self, digits: str, mark: str, at: int) -> None:
        """A text with one kind of mark: several of it group; one before three figures may do either."""
        groups = digits.count(mark) > 1
        is_open = not groups and len(digits) - at - 1 == 3 and 0 < at <= 3 and digits[0] != "0"
        if is_open:
            self._open_points += mark == "."
            self._open_commas += mark == ","
        elif (mark == ".") != groups:
            self._points += 1
        else:
            self._commas += 1

    def marks(self) -> tuple[str, ...]:
        """The decimal mark, or both where nothing decides; empty for a column of plain whole numbers."""
        if self._points or self._commas:
            return (".",) if self._points >= self._commas else (",",)
        if self._open_points:
            return (".", ",")
        return (",", ".") if self._open_commas else ()

    @property
    def currency(self) -> str:
        """The commonest one, ISO 4217 where the sign is known; "" for none."""
        return max(self._currencies, key=lambda code: self._currencies[code], default="")
