"""Numbers and the numbers that the system hands out."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

import sqlalchemy as sa

from relata.engine.metadata.fields.base import Column, Field, ParseContext, expect_text
from relata.foundation.i18n import gettext as _

#: Largest magnitude that any number takes; keeps sums inside numeric(24, …) and JSON readers exact enough.
LIMIT = Decimal(10) ** 15
_FIRST_GROUP = re.compile(r"[-+]?\d{1,3}")
_SPACES = re.compile(r"[\s\u00a0\u202f']")


def read_decimal(field: Field, raw: Any) -> Decimal:
    """The number in `raw`: JSON number, or text such as `1234.5`, `1,234.50`, `1.234,50`. Invalid otherwise."""
    if isinstance(raw, bool):
        field.refuse(_("%(field)s must be a number.") % {"field": field.title}, hint="Send a number, such as 12.5.")
    if isinstance(raw, (int, Decimal)):
        number = Decimal(raw)
    else:
        try:
            number = Decimal(plain_number(expect_text(field, raw)))
        except (InvalidOperation, ValueError):
            field.refuse(_("%(field)s must be a number.") % {"field": field.title}, hint="Send a number, such as 12.5.")
    if not number.is_finite() or abs(number) > LIMIT:
        field.refuse(
            _("%(field)s is out of range.") % {"field": field.title},
            code="out_of_range",
            hint=_("Use at most 15 digits."),
        )
    return number


def plain_number(text: str) -> str:
    """`text` without grouping, with a point as the decimal mark.

    Of two marks the last is the decimal one; a single comma is decimal unless exactly three digits follow it.
    ValueError where marks that can only group do not stand between groups, as in `1..2`, `1.2.3` and `1 2`.
    """
    text = _SPACES.sub(" ", text.strip())
    sign, text = (text[0], text[1:].strip()) if text[:1] in ("-", "+") else ("", text)
    end = next((at for at, letter in enumerate(text) if letter in ".,"), len(text))
    text = sign + _ungrouped(text[:end], " ") + text[end:]
    if " " in text or "_" in text:  # the latter means something to Python alone
        raise ValueError(text)
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        group, mark = (",", ".") if point > comma else (".", ",")
        whole, _, decimals = text.partition(mark)
        return f"{_ungrouped(whole, group)}.{decimals}"
    if comma >= 0:
        grouped = text.count(",") > 1 or len(text) - comma - 1 == 3
        return _ungrouped(text, ",") if grouped else text.replace(",", ".")
    return _ungrouped(text, ".") if text.count(".") > 1 else text


def _ungrouped(text: str, mark: str) -> str:
    """Groups of three, as most write them, or of two before the last three, as in India."""
    first, *groups = text.split(mark)
    if groups and not (
        _FIRST_GROUP.fullmatch(first) and len(groups[-1]) == 3 and all(len(one) in (2, 3) for one in groups[:-1])
    ):
        raise ValueError(text)
    return first + "".join(groups)


class _Ranged(Field, frozen=True, kw_only=True, omit_defaults=True):
    minimum: float | None = None
    maximum: float | None = None

    def in_range(self, number: Decimal) -> Decimal:
        if self.minimum is not None and number < Decimal(str(self.minimum)):
            self.refuse(
                _("%(field)s must be at least %(minimum)s.") % {"field": self.title, "minimum": f"{self.minimum:g}"},
                code="out_of_range",
            )
        if self.maximum is not None and number > Decimal(str(self.maximum)):
            self.refuse(
                _("%(field)s must be at most %(maximum)s.") % {"field": self.title, "maximum": f"{self.maximum:g}"},
                code="out_of_range",
            )
        return number


class Integer(_Ranged, frozen=True, kw_only=True, tag="integer", omit_defaults=True):
    """A whole number, up to 15 digits. plain: shown without separators, as a year is."""

    plain: bool = False
    widget: ClassVar[str] = "number"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.BigInteger(), "number"),)

    def parse(self, raw: Any, context: ParseContext) -> int:
        number = self.in_range(read_decimal(self, raw))
        if number != number.to_integral_value():
            self.refuse(
                _("%(field)s must be a whole number.") % {"field": self.title}, hint=_("Leave out the decimals.")
            )
        return int(number)


class DecimalField(_Ranged, frozen=True, kw_only=True, tag="decimal", omit_defaults=True):
    """A number with decimals. places: how many are kept; more are refused, never rounded away."""

    places: int = 4
    widget: ClassVar[str] = "number"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Numeric(), "number"),)

    def parse(self, raw: Any, context: ParseContext) -> Decimal:
        number = self.in_range(read_decimal(self, raw))
        if round(number, self.places) != number:
            self.refuse(
                _("%(field)s takes at most %(places)s decimals.") % {"field": self.title, "places": self.places},
                hint=_("Round it first."),
            )
        return number.normalize() + 0 if number else Decimal(0)

    def to_text(self, value: Any) -> str:
        return "" if value is None else format(Decimal(value), "f")


class Percent(DecimalField, frozen=True, kw_only=True, tag="percent", omit_defaults=True):
    """0-100, not 0-1."""

    minimum: float | None = 0
    maximum: float | None = 100
    places: int = 2
    widget: ClassVar[str] = "percent"

    def parse(self, raw: Any, context: ParseContext) -> Decimal:
        return DecimalField.parse(self, raw.rstrip("% ") if isinstance(raw, str) else raw, context)


class AutoNumber(Field, frozen=True, kw_only=True, tag="auto_number", omit_defaults=True):
    """A number that the system hands out, such as `C-00042`; gaps appear where a write was rolled back."""

    prefix: str = ""
    digits: int = 5
    widget: ClassVar[str] = "text"
    plain_order: ClassVar[bool] = True

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Text(), "text"),)

    def parse(self, raw: Any, context: ParseContext) -> str:
        self.refuse(
            _("%(field)s is given by the system.") % {"field": self.title}, code="read_only", hint=_("Leave it out.")
        )
