"""Values of several parts, each part a real column: money, postal address, person name, point."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa

from relata.engine.metadata.fields.base import Column, Field, ParseContext, expect_text
from relata.engine.metadata.fields.numbers import read_decimal
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money, is_currency_code

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR"}


class MoneyField(Field, frozen=True, kw_only=True, tag="money", omit_defaults=True):
    """An amount with its currency. A bare number takes the workspace's currency. rated_on: the field with the day at
    whose rates it is told in other currencies, today while that is empty."""

    minimum: float | None = None
    rated_on: str = ""
    widget: ClassVar[str] = "money"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Numeric(), "number"), Column("currency", sa.Text(), "text"))

    def parse(self, raw: Any, context: ParseContext) -> Money | None:
        if isinstance(raw, Money):
            return raw
        amount, currency = self._split(raw, context)
        if amount in (None, ""):
            return None
        number = read_decimal(self, amount)
        if self.minimum is not None and number < Decimal(str(self.minimum)):
            self.refuse(
                _("%(field)s must be at least %(minimum)s.") % {"field": self.title, "minimum": f"{self.minimum:g}"},
                code="out_of_range",
            )
        if round(number, 4) != number:
            self.refuse(_("%(field)s takes at most 4 decimals.") % {"field": self.title}, hint=_("Round it first."))
        if not is_currency_code(currency):
            self.refuse(
                _("%(field)s: a currency is three capital letters.") % {"field": self.title},
                hint=_("Write EUR or USD."),
            )
        return Money(number, currency)

    def _split(self, raw: Any, context: ParseContext) -> tuple[Any, str]:
        if isinstance(raw, dict):
            if unknown := set(raw) - {"amount", "currency"}:
                self.refuse(f"{self.title} takes amount and currency, not {sorted(map(str, unknown))[0][:40]}.")
            return raw.get("amount"), expect_text(self, raw.get("currency") or context.currency)
        if not isinstance(raw, str):
            return raw, context.currency
        text, currency = raw.strip(), context.currency
        for symbol, code in _SYMBOLS.items():
            if symbol in text:
                text, currency = text.replace(symbol, ""), code
        words = text.split()
        if len(words) > 1 and is_currency_code(words[-1].upper()):
            text, currency = " ".join(words[:-1]), words[-1].upper()
        elif len(words) > 1 and is_currency_code(words[0].upper()):
            text, currency = " ".join(words[1:]), words[0].upper()
        return text, currency

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (None, None) if value is None else (value.amount, value.currency)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return None if cells[0] is None or cells[1] is None else Money(cells[0], cells[1])

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"amount": plain_amount(value), "currency": value.currency}

    def to_text(self, value: Any) -> str:
        return "" if value is None else f"{plain_amount(value)} {value.currency}"


def plain_amount(value: Money) -> str:
    """The amount with at least two and at most four decimals, without an exponent: `1000.50`, `0.0025`."""
    whole, _, places = format(round(value.amount, 4), "f").partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places:0<2}"


@dataclass(frozen=True, slots=True)
class AddressValue:
    """A postal address. country: ISO 3166-1 alpha-2 or whatever was typed."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


class PersonNameValue(msgspec.Struct, frozen=True):
    """A person's name in parts; `full` is what lists show."""

    salutation: str = ""
    first: str = ""
    last: str = ""

    @property
    def full(self) -> str:
        """First and last name, whatever of the two there is."""
        return f"{self.first} {self.last}" if self.first and self.last else self.first or self.last


@dataclass(frozen=True, slots=True)
class GeoValue:
    """WGS 84 degrees. lat: -90 to 90. lng: -180 to 180."""

    lat: float
    lng: float


class _Texts(Field, frozen=True, kw_only=True, omit_defaults=True):
    """Several texts in one field."""

    parts: ClassVar[tuple[str, ...]] = ()

    def read_parts(self, raw: Any) -> dict[str, str]:
        """The known parts of a JSON object, trimmed; unknown ones are refused."""
        if not isinstance(raw, dict):
            self.refuse(f"{self.title} must have its parts: {', '.join(self.parts)}.", hint="Send an object.")
        if unknown := set(raw) - set(self.parts):
            self.refuse(
                f"{self.title} has no part {sorted(map(str, unknown))[0][:40]}.",
                hint=f"Parts: {', '.join(self.parts)}.",
            )
        texts = {part: expect_text(self, raw.get(part) or "").strip() for part in self.parts}
        if any(len(text) > 255 for text in texts.values()):
            self.refuse(_("%(field)s: a part has at most 255 characters.") % {"field": self.title}, code="too_long")
        return texts


class Address(_Texts, frozen=True, kw_only=True, tag="address", omit_defaults=True):
    """Street, postcode, city, region and country; filter with `address.city`."""

    widget: ClassVar[str] = "address"
    sortable: ClassVar[bool] = False
    parts: ClassVar[tuple[str, ...]] = ("street", "postcode", "city", "region", "country")

    def columns(self) -> tuple[Column, ...]:
        return tuple(Column(part, sa.Text(), "text") for part in self.parts)

    def parse(self, raw: Any, context: ParseContext) -> AddressValue | None:
        if isinstance(raw, AddressValue):
            return raw
        if isinstance(raw, str):
            raw = {"street": raw}
        texts = self.read_parts(raw)
        return AddressValue(**texts) if any(texts.values()) else None

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return tuple(getattr(value, part) or None if value else None for part in self.parts)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return AddressValue(*(cell or "" for cell in cells)) if any(cells) else None

    def to_json(self, value: Any) -> Any:
        return None if value is None else {part: getattr(value, part) for part in self.parts}

    def to_text(self, value: Any) -> str:
        return ", ".join(getattr(value, part) for part in self.parts if getattr(value, part)) if value else ""


class PersonName(_Texts, frozen=True, kw_only=True, tag="person_name", omit_defaults=True):
    """A person's name; a plain text is split at its last space. Sorted and searched as "First Last"."""

    widget: ClassVar[str] = "person_name"
    parts: ClassVar[tuple[str, ...]] = ("salutation", "first", "last")

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Text(), "text"), *(Column(part, sa.Text(), "text") for part in self.parts))

    def parse(self, raw: Any, context: ParseContext) -> PersonNameValue | None:
        if isinstance(raw, PersonNameValue):
            return raw
        if isinstance(raw, str):
            first, _, last = expect_text(self, raw).strip().rpartition(" ")
            if len(first) <= 255 and len(last) <= 255:
                return PersonNameValue("", first.strip(), last) if last else None
            raw = {"first": first, "last": last}
        texts = self.read_parts(raw)
        if not texts["first"] and not texts["last"]:
            return None
        return PersonNameValue(**texts)

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        if value is None:
            return (None, None, None, None)
        return (value.full, value.salutation or None, value.first or None, value.last or None)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return None if cells[0] is None else PersonNameValue(*(cell or "" for cell in cells[1:]))

    def to_json(self, value: Any) -> Any:
        if value is None:
            return None
        return {"full": value.full, **{part: getattr(value, part) for part in self.parts}}

    def read_parts(self, raw: Any) -> dict[str, str]:
        if isinstance(raw, dict):  # an answer sent back as it came carries `full`, which its parts decide
            raw = {key: part for key, part in raw.items() if key != "full"}
        return _Texts.read_parts(self, raw)

    def to_text(self, value: Any) -> str:
        return value.full if value else ""


class GeoPoint(Field, frozen=True, kw_only=True, tag="geo_point", omit_defaults=True):
    """A point on the map: {"lat": 52.5, "lng": 13.4} or "52.5, 13.4"."""

    widget: ClassVar[str] = "geo_point"
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return (Column("lat", sa.Double(), "number"), Column("lng", sa.Double(), "number"))

    def parse(self, raw: Any, context: ParseContext) -> GeoValue:
        if isinstance(raw, GeoValue):
            return raw
        if isinstance(raw, str) and raw.count(",") == 1:
            left, right = raw.split(",")
            raw = {"lat": left.strip(), "lng": right.strip()}
        if not isinstance(raw, dict) or set(raw) != {"lat", "lng"}:
            self.refuse(
                _("%(field)s must be a point.") % {"field": self.title}, hint='Send {"lat": 52.5, "lng": 13.4}.'
            )
        lat, lng = read_decimal(self, raw["lat"]), read_decimal(self, raw["lng"])
        if abs(lat) > 90 or abs(lng) > 180:
            self.refuse(_("%(field)s is not on the globe.") % {"field": self.title}, code="out_of_range")
        return GeoValue(float(lat), float(lng))

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (None, None) if value is None else (value.lat, value.lng)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return None if cells[0] is None or cells[1] is None else GeoValue(cells[0], cells[1])

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"lat": value.lat, "lng": value.lng}

    def to_text(self, value: Any) -> str:
        return "" if value is None else f"{value.lat}, {value.lng}"
