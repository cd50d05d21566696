"""What a person typed, as their inputs show it again: a form that comes back has lost nothing, whatever was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from relata.engine.metadata.fields import Address, AnyLink, Field, Link, Links, MoneyField, MultiChoice, PersonName
from relata.foundation.ids import parse_id
from relata.interfaces.html import view_values as html

Form = Mapping[str, list[str]]
_YES = {"true", "on", "1", "yes"}


def is_sent(field: Field, form: Form) -> bool:
    """Whether the form held an input for the field."""
    return field.name in form or any(name.startswith(f"{field.name}.") for name in form)


def typed_targets(fields: Iterable[Field], form: Form) -> dict[str, set[UUID]]:
    """The records that were chosen, by object, to ask for their titles."""
    found: dict[str, set[UUID]] = {}
    for field in fields:
        for text in form.get(field.name, ()):
            name, key = _target(field, text)
            if name and key:
                found.setdefault(name, set()).add(key)
    return found


def _target(field: Field, text: str) -> tuple[str, UUID | None]:
    if isinstance(field, (Link, Links)):
        return field.to, parse_id(text)
    if isinstance(field, AnyLink):
        name, _, key = text.partition(":")
        return name, parse_id(key)
    return "", None


def typed_value(field: Field, form: Form, titles: Mapping[tuple[str, UUID], str], currency: str) -> Any:
    """The value of the field's input, in the shape that the input takes."""
    name = field.name
    sent = form.get(name, [])
    text = sent[-1] if sent else ""
    if isinstance(field, MoneyField):
        return html.MoneyText(text, _last(form, f"{name}.currency") or currency)
    if isinstance(field, PersonName):
        return html.PersonName(**{part: _last(form, f"{name}.{part}") for part in ("prefix", "given", "family")})
    if isinstance(field, Address):
        parts = ("street", "city", "postal_code", "region", "country")
        return html.Address(**{part: _last(form, f"{name}.{part}") for part in parts})
    if field.type_name in ("emails", "phones", "web_addresses"):
        labels = form.get(f"{name}.label", [])
        return tuple(
            html.Labelled(one, labels[at] if at < len(labels) else "") for at, one in enumerate(sent) if one.strip()
        )
    if isinstance(field, (Link, AnyLink)):
        return next(iter(_options(field, [text], titles)), None)
    if isinstance(field, Links):
        return tuple(_options(field, sent, titles))
    if field.type_name == "tags":
        return tuple(html.Option(value=one, label=one) for one in sent if one)
    if isinstance(field, MultiChoice):
        return tuple(one for one in sent if one)
    if field.type_name == "boolean":
        return text.strip().lower() in _YES
    if field.type_name == "rating":
        return int(text) if text.isdecimal() and len(text) < 3 else 0
    return text


def _options(field: Field, sent: Iterable[str], titles: Mapping[tuple[str, UUID], str]) -> Iterable[html.Option]:
    for text in sent:
        name, key = _target(field, text)
        if key is not None and (name, key) in titles:
            yield html.Option(value=text, label=titles[name, key])


def _last(form: Form, name: str) -> str:
    found = form.get(name)
    return found[-1] if found else ""
