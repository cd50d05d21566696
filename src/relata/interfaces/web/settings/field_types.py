"""The types that a field can have, in one line each, and which properties each lets one choose."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.fields import FIELD_TYPES


class FieldType(msgspec.Struct, frozen=True):
    """A type to choose. tag: its name in definitions. asks: properties beside label, help, required."""

    tag: str
    label: str
    help: str
    icon: str
    group: str
    asks: tuple[str, ...] = ()


_NUMBER = ("minimum", "maximum", "unique", "indexed", "default")

TYPES = (
    FieldType(
        "text",
        "Text",
        "One line, such as a name or a code.",
        "type",
        "Text",
        ("max_length", "pattern", "unique", "indexed", "searchable", "default"),
    ),
    FieldType(
        "long_text", "Long text", "Several lines of plain text.", "align-left", "Text", ("max_length", "searchable")
    ),
    FieldType(
        "rich_text",
        "Rich text",
        "Text with headings, lists and links.",
        "notebook-text",
        "Text",
        ("max_length", "searchable"),
    ),
    FieldType("tags", "Tags", "Free words that people make up as they go.", "tags", "Text", ("indexed",)),
    FieldType("integer", "Whole number", "Counts, such as seats or machines.", "hash", "Numbers", _NUMBER),
    FieldType(
        "decimal", "Decimal number", "Measures, such as litres or hours.", "calculator", "Numbers", ("places", *_NUMBER)
    ),
    FieldType("percent", "Percent", "0 to 100, such as a discount.", "percent", "Numbers", ("places", *_NUMBER)),
    FieldType("money", "Money", "An amount with its currency.", "banknote", "Numbers", ("minimum", "indexed")),
    FieldType(
        "auto_number",
        "Automatic number",
        "Handed out by the system, such as C-00042.",
        "list-ordered",
        "Numbers",
        ("prefix", "digits"),
    ),
    FieldType("rating", "Rating", "Stars.", "star", "Numbers", ("stars", "indexed")),
    FieldType("date", "Date", "A calendar day.", "calendar", "Time", ("unique", "indexed", "default")),
    FieldType("datetime", "Date and time", "A moment.", "calendar-clock", "Time", ("indexed",)),
    FieldType("duration", "Duration", "How long, such as 1 h 30 min.", "timer", "Time", ("indexed", "default")),
    FieldType(
        "choice",
        "Choice",
        "One of several options with colours.",
        "circle-dot",
        "Choices",
        ("options", "depends_on", "indexed", "default"),
    ),
    FieldType(
        "multi_choice",
        "Several choices",
        "Any of several options.",
        "list-checks",
        "Choices",
        ("options", "indexed", "default"),
    ),
    FieldType("boolean", "Yes or no", "A switch.", "toggle-right", "Choices", ("indexed", "default")),
    FieldType("emails", "E-mail addresses", "One or more, each with a label.", "mail", "Contact", ("searchable",)),
    FieldType(
        "phones", "Phone numbers", "One or more, written as they are called.", "phone", "Contact", ("searchable",)
    ),
    FieldType("web_addresses", "Web addresses", "Links to pages.", "globe", "Contact", ("searchable",)),
    FieldType("address", "Postal address", "Street, postcode, city, country.", "map-pin", "Contact"),
    FieldType("person_name", "Person's name", "Salutation, first and last name.", "contact", "Contact"),
    FieldType("geo_point", "Place on the map", "Latitude and longitude.", "compass", "Contact"),
    FieldType(
        "link",
        "Link",
        "One record of another object; that one lists these.",
        "link",
        "Links",
        ("to", "reverse_label", "on_delete"),
    ),
    FieldType(
        "links",
        "Links to several",
        "Any number of records of another object.",
        "link-2",
        "Links",
        ("to", "reverse_label"),
    ),
    FieldType(
        "any_link",
        "Link to anything",
        "One record of one of several objects.",
        "shuffle",
        "Links",
        ("to_any", "reverse_label"),
    ),
    FieldType("user", "Colleague", "Somebody who works here.", "user", "Links", ("reverse_label",)),
    FieldType("file", "File", "One stored file.", "paperclip", "Links"),
    FieldType(
        "formula",
        "Formula",
        "Computed from other fields of the record.",
        "variable",
        "Computed",
        ("expression", "shown_as"),
    ),
    FieldType(
        "roll_up",
        "Roll-up",
        "A count or sum over related records.",
        "workflow",
        "Computed",
        ("over", "function", "field", "where"),
    ),
    FieldType("json", "JSON", "Anything else, for programs.", "code", "Other"),
)

BY_TAG = {one.tag: one for one in TYPES}
assert {str(kind.__struct_config__.tag) for kind in FIELD_TYPES} == set(BY_TAG), "every type of the engine is offered"


def type_groups() -> tuple[tuple[str, tuple[FieldType, ...]], ...]:
    """The types by group, in order."""
    names = dict.fromkeys(one.group for one in TYPES)
    return tuple((name, tuple(one for one in TYPES if one.group == name)) for name in names)
