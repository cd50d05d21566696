"""Each field type as JSON Schema: as it is answered, and as it may be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from relata.engine.formula import Unknown
from relata.engine.metadata.fields import Choice, Field, Formula, MultiChoice, Rating, RollUp, Text
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import RelataError

Schema = dict[str, Any]

_UUID: Schema = {"type": "string", "format": "uuid"}
_ENTRY: Schema = {"type": "object", "properties": {"value": {"type": "string"}, "label": {"type": "string"}}}
_ENTRIES: Schema = {"type": "array", "items": _ENTRY}
_ADDRESS = ("street", "postcode", "city", "region", "country")
_PERSON = ("salutation", "first", "last")


def _texts(*names: str) -> Schema:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


#: Type tag -> what an answer holds where there is a value.
_ANSWERED: dict[str, Schema] = {
    "text": {"type": "string"},
    "long_text": {"type": "string"},
    "rich_text": {"type": "string", "description": "Markdown."},
    "boolean": {"type": "boolean"},
    "json": {},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "percent": {"type": "number"},
    "auto_number": {"type": "string"},
    "money": {
        "type": "object",
        "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
        "required": ["amount", "currency"],
    },
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "duration": {"type": "integer", "description": "Seconds."},
    "choice": {"type": "string"},
    "multi_choice": {"type": "array", "items": {"type": "string"}},
    "rating": {"type": "integer"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "emails": _ENTRIES,
    "phones": _ENTRIES,
    "web_addresses": _ENTRIES,
    "address": _texts(*_ADDRESS),
    "person_name": _texts("full", *_PERSON),
    "geo_point": {"type": "object", "properties": {"lat": {"type": "number"}, "lng": {"type": "number"}}},
    "link": _UUID,
    "user": _UUID,
    "file": _UUID,
    "links": {"type": "array", "items": _UUID},
    "any_link": {
        "type": "object",
        "properties": {"object": {"type": "string"}, "id": _UUID},
        "required": ["object", "id"],
    },
}
#: Kind of a formula's value -> what an answer holds.
_OF_KIND: dict[str, Schema] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": _ANSWERED["date"],
    "datetime": _ANSWERED["datetime"],
    "money": _ANSWERED["money"],
    "id": _UUID,
}


def answered(field: Field, one: Object, scope: FieldScope, *, masked: bool) -> Schema:
    """What an answer holds under the field's name; null where there is no value."""
    if masked:
        found: Schema = {"type": "string", "description": "Only that there is a value."}
    elif isinstance(field, Formula):
        found = _formula(field, one, scope)
    elif isinstance(field, RollUp):
        found = {"type": "integer"} if field.function == "count" else {}
    else:
        found = _ANSWERED[field.type_name]
    return _described(field, _or_null(found))


def _formula(field: Formula, one: Object, scope: FieldScope) -> Schema:
    try:
        return _OF_KIND.get(scope.formula(one, field).type.kind, {})
    except (Unknown, RelataError):
        return {}


def sent(field: Field) -> Schema:
    """What may be sent; null empties a field that is not required."""
    make = _SENT.get(field.type_name)
    found = make(field) if make else _ANSWERED[field.type_name]
    return _described(field, found if field.required else _or_null(found))


def _text(field: Field) -> Schema:
    assert isinstance(field, Text)
    found: Schema = {"type": "string", "maxLength": field.max_length}
    return {**found, "minLength": 1} if field.required else found


def _number(field: Field) -> Schema:
    bounds = {"minimum": getattr(field, "minimum", None), "maximum": getattr(field, "maximum", None)}
    kind = "integer" if field.type_name == "integer" else "number"
    return {"type": kind, **{name: bound for name, bound in bounds.items() if bound is not None}}


def _choice(field: Field) -> Schema:
    assert isinstance(field, (Choice, MultiChoice))
    options = [option.value for option in field.options if not option.retired]
    one: Schema = {"type": "string", "enum": options} if options else {"type": "string"}
    return one if isinstance(field, Choice) else {"type": "array", "items": one}


def _rating(field: Field) -> Schema:
    assert isinstance(field, Rating)
    return {"type": "integer", "minimum": 1, "maximum": field.stars}


def _money(field: Field) -> Schema:
    amount: Schema = {"type": ["number", "string"]}
    whole: Schema = {
        "type": "object",
        "properties": {"amount": amount, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        "required": ["amount"],
    }
    return {"anyOf": [whole, {"type": "number"}, {"type": "string"}]}


def _several(field: Field) -> Schema:
    entry: Schema = {**_ENTRY, "required": ["value"], "additionalProperties": False}
    return {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "maxItems": 25, "items": {"anyOf": [{"type": "string"}, entry]}},
        ]
    }


def _parts(field: Field) -> Schema:
    names = _ADDRESS if field.type_name == "address" else _PERSON
    return {"anyOf": [{"type": "string"}, {**_texts(*names), "additionalProperties": False}]}


_SENT: dict[str, Callable[[Field], Schema]] = {
    "text": _text,
    "long_text": _text,
    "rich_text": _text,
    "integer": _number,
    "decimal": _number,
    "percent": _number,
    "choice": _choice,
    "multi_choice": _choice,
    "rating": _rating,
    "money": _money,
    "emails": _several,
    "phones": _several,
    "web_addresses": _several,
    "address": _parts,
    "person_name": _parts,
}


def _or_null(schema: Schema) -> Schema:
    if not schema:
        return schema
    if "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _described(field: Field, schema: Schema) -> Schema:
    help = " ".join(part for part in (field.help, schema.get("description", "")) if part)
    return {**schema, "title": field.title, **({"description": help} if help else {})}
