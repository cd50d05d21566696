"""Fields as inputs, and what a form sent as raw values for the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from relata.engine.metadata.fields import (
    Address,
    AnyLink,
    AnyTarget,
    Choice,
    DateTime,
    Field,
    GeoPoint,
    Link,
    Links,
    LongText,
    MoneyField,
    MultiChoice,
    PersonName,
)  # fmt: skip
from relata.engine.metadata.fields.choices import Option as ChoiceOption
from relata.engine.metadata.fields.composite import AddressValue, PersonNameValue, plain_amount
from relata.engine.metadata.registry import Registry
from relata.engine.ui.values import colour_number, kind_of
from relata.foundation.money import Money
from relata.interfaces.html import view_values as html

#: Offered first in money inputs; any other code can be typed through the API.
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "INR", "BRL", "MXN")
_LABELS = tuple(html.Option(value=one, label=one.capitalize()) for one in ("work", "mobile", "home", "other"))
_PERSON = {"prefix": "salutation", "given": "first", "family": "last"}
_ADDRESS = {"street": "street", "city": "city", "postal_code": "postcode", "region": "region", "country": "country"}


def form_field(
    registry: Registry, field: Field, value: Any, titles: Mapping[tuple[str, UUID], str], *, currency: str, zone: str,
    error: str = "", autofocus: bool = False, typed: Any = None,
) -> html.FormField:  # fmt: skip
    """The input of a field. value: a Python value. typed: instead of it, what a form sent before it was refused, as
    `typed.typed_value` gives it."""
    kind = "link" if isinstance(field, AnyLink) else kind_of(field)
    options: tuple[html.Option, ...] = ()
    if isinstance(field, (Choice, MultiChoice)):
        options = tuple(_option(one) for one in field.options if not one.retired)
    return html.FormField(
        name=field.name, label=field.title, kind={"user": "link", "geo_point": "text"}.get(kind, kind),
        value=input_value(registry, field, value, titles, currency=currency, zone=zone) if typed is None else typed,
        help=field.advice, error=error, required=field.required, autofocus=autofocus, wide=isinstance(field, LongText),
        options=options, labels=_LABELS, currencies=_currencies(currency, value), source=_source(field),
        max_length=getattr(field, "max_length", None), creates=field.type_name == "tags",
    )  # fmt: skip


def _option(one: ChoiceOption) -> html.Option:
    return html.Option(value=one.value, label=one.title, colour=colour_number(one.colour))


def _currencies(own: str, value: Any) -> tuple[str, ...]:
    """The workspace's first; the value's own is always among them, or saving would change it."""
    used = (value.currency,) if isinstance(value, Money) else ()
    return tuple(dict.fromkeys((own, *used, *CURRENCIES)))


def _source(field: Field) -> str:
    if isinstance(field, (Link, Links)):
        return f"/choose/{field.to}"
    if isinstance(field, AnyLink):
        return f"/choose-any?of={','.join(field.to_any)}"
    return f"/choose-words?of={field.name}" if field.type_name == "tags" else ""


def input_value(
    registry: Registry, field: Field, value: Any, titles: Mapping[tuple[str, UUID], str], *, currency: str, zone: str
) -> Any:
    """A value in the shape that its input takes."""
    if isinstance(field, MoneyField):
        return (
            html.MoneyText(plain_amount(value), value.currency)
            if isinstance(value, Money)
            else html.MoneyText("", currency)
        )
    if isinstance(field, PersonName):
        name = value if isinstance(value, PersonNameValue) else PersonNameValue()
        return html.PersonName(prefix=name.salutation, given=name.first, family=name.last)
    if isinstance(field, Address):
        place = value if isinstance(value, AddressValue) else AddressValue()
        return html.Address(
            street=place.street, city=place.city, postal_code=place.postcode, region=place.region, country=place.country
        )
    if field.type_name in ("emails", "phones", "web_addresses"):
        return tuple(html.Labelled(entry.value, entry.label) for entry in value or ())
    if isinstance(field, Link):
        return html.Option(value=str(value), label=titles.get((field.to, value), "")) if value else None
    if isinstance(field, AnyLink):
        return _any(value, titles)
    if isinstance(field, Links):
        return tuple(html.Option(value=str(one), label=titles.get((field.to, one), "")) for one in value or ())
    if field.type_name == "tags":
        return tuple(html.Option(value=one, label=one) for one in value or ())
    if isinstance(field, MultiChoice):
        return tuple(value or ())
    if isinstance(field, DateTime):
        return (
            value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value or ""
        )
    if field.type_name in ("boolean", "rating"):
        return value or False if field.type_name == "boolean" else value or 0
    if field.type_name in ("integer", "decimal", "percent"):
        return "" if value is None else format(value, "f") if not isinstance(value, (int, str)) else str(value)
    return (
        value if isinstance(value, str) else field.to_text(value)
    )  # what was typed and is no value stays as it was typed


def _any(value: Any, titles: Mapping[tuple[str, UUID], str]) -> html.Option | None:
    if not isinstance(value, AnyTarget):
        return None
    return html.Option(value=f"{value.object}:{value.id}", label=titles.get((value.object, value.id), ""))


def read_form(fields: list[Field], form: Mapping[str, list[str]], *, zone: str) -> dict[str, Any]:
    """What a form sent, field by field, as the door takes it. A field that the form does not hold is left out."""
    return {field.name: raw for field in fields if (raw := _read(field, form, zone)) is not _ABSENT}


_ABSENT = object()


def _read(field: Field, form: Mapping[str, list[str]], zone: str) -> Any:
    name = field.name
    if isinstance(field, (PersonName, Address)):
        parts = _PERSON if isinstance(field, PersonName) else _ADDRESS
        if not any(f"{name}.{part}" in form for part in parts):
            return _ABSENT
        return {ours: _last(form, f"{name}.{part}") for part, ours in parts.items()}
    if field.type_name in ("emails", "phones", "web_addresses"):
        if name not in form:
            return _ABSENT
        labels = form.get(f"{name}.label", [])
        return [
            {"value": one, "label": labels[at] if at < len(labels) else ""}
            for at, one in enumerate(form[name])
            if one.strip()
        ]
    if name not in form:
        return _ABSENT
    if isinstance(field, MoneyField):
        amount = _last(form, name)
        return {"amount": amount, "currency": _last(form, f"{name}.currency")} if amount.strip() else None
    if isinstance(field, (Links, MultiChoice)) or field.type_name == "tags":
        return [one for one in form[name] if one]
    text = _last(form, name)
    if isinstance(field, DateTime) and text:
        return _local(text, zone)
    if isinstance(field, GeoPoint):
        return text or None
    return text.replace("\r\n", "\n") if isinstance(field, LongText) else text


def _local(text: str, zone: str) -> str:
    """A form's date and time without a zone is meant in the person's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).isoformat()


def _last(form: Mapping[str, list[str]], name: str) -> str:
    found = form.get(name)
    return found[-1] if found else ""
