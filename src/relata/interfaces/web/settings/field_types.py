"""The types that a field can have, in one line each, and which properties each lets one choose."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.fields import FIELD_TYPES
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later


class FieldType(msgspec.Struct, frozen=True):
    """A type to choose. tag: its name in definitions. asks: properties beside label, help, required."""

    tag: str
    plain_label: str
    plain_help: str
    icon: str
    plain_group: str
    asks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """In the reader's language, as the next two."""
        return _(self.plain_label)

    @property
    def help(self) -> str:
        """What it is good for."""
        return _(self.plain_help)

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        return _(self.plain_group)


_NUMBER = ("minimum", "maximum", "unique", "indexed", "default")

TYPES = (
    FieldType(
        "text",
        later("Text"),
        later("One line, such as a name or a code."),
        "type",
        later("Text"),
        ("max_length", "pattern", "unique", "indexed", "searchable", "default"),
    ),
    FieldType(
        "long_text",
        later("Long text"),
        later("Several lines of plain text."),
        "align-left",
        later("Text"),
        ("max_length", "searchable"),
    ),
    FieldType(
        "rich_text",
        later("Rich text"),
        later("Text with headings, lists and links."),
        "notebook-text",
        later("Text"),
        ("max_length", "searchable"),
    ),
    FieldType(
        "tags", later("Tags"), later("Free words that people make up as they go."), "tags", later("Text"), ("indexed",)
    ),
    FieldType(
        "integer", later("Whole number"), later("Counts, such as seats or machines."), "hash", later("Numbers"), _NUMBER
    ),
    FieldType(
        "decimal",
        later("Decimal number"),
        later("Measures, such as litres or hours."),
        "calculator",
        later("Numbers"),
        ("places", *_NUMBER),
    ),
    FieldType(
        "percent",
        later("Percent"),
        later("0 to 100, such as a discount."),
        "percent",
        later("Numbers"),
        ("places", *_NUMBER),
    ),
    FieldType(
        "money",
        later("Money"),
        later("An amount with its currency."),
        "banknote",
        later("Numbers"),
        ("minimum", "indexed"),
    ),
    FieldType(
        "auto_number",
        later("Automatic number"),
        later("Handed out by the system, such as C-00042."),
        "list-ordered",
        later("Numbers"),
        ("prefix", "digits"),
    ),
    FieldType("rating", later("Rating"), later("Stars."), "star", later("Numbers"), ("stars", "indexed")),
    FieldType(
        "date", later("Date"), later("A calendar day."), "calendar", later("Time"), ("unique", "indexed", "default")
    ),
    FieldType("datetime", later("Date and time"), later("A moment."), "calendar-clock", later("Time"), ("indexed",)),
    FieldType(
        "duration",
        later("Duration"),
        later("How long, such as 1 h 30 min."),
        "timer",
        later("Time"),
        ("indexed", "default"),
    ),
    FieldType(
        "choice",
        later("Choice"),
        later("One of several options with colours."),
        "circle-dot",
        later("Choices"),
        ("options", "depends_on", "indexed", "default"),
    ),
    FieldType(
        "multi_choice",
        later("Several choices"),
        later("Any of several options."),
        "list-checks",
        later("Choices"),
        ("options", "indexed", "default"),
    ),
    FieldType(
        "boolean", later("Yes or no"), later("A switch."), "toggle-right", later("Choices"), ("indexed", "default")
    ),
    FieldType(
        "emails",
        later("E-mail addresses"),
        later("One or more, each with a label."),
        "mail",
        later("Contact"),
        ("searchable",),
    ),
    FieldType(
        "phones",
        later("Phone numbers"),
        later("One or more, written as they are called."),
        "phone",
        later("Contact"),
        ("searchable",),
    ),
    FieldType(
        "web_addresses", later("Web addresses"), later("Links to pages."), "globe", later("Contact"), ("searchable",)
    ),
    FieldType(
        "address", later("Postal address"), later("Street, postcode, city, country."), "map-pin", later("Contact")
    ),
    FieldType(
        "person_name", later("Person's name"), later("Salutation, first and last name."), "contact", later("Contact")
    ),
    FieldType("geo_point", later("Place on the map"), later("Latitude and longitude."), "compass", later("Contact")),
    FieldType(
        "link",
        later("Link"),
        later("One record of another object; that one lists these."),
        "link",
        later("Links"),
        ("to", "reverse_label", "on_delete"),
    ),
    FieldType(
        "links",
        later("Links to several"),
        later("Any number of records of another object."),
        "link-2",
        later("Links"),
        ("to", "reverse_label"),
    ),
    FieldType(
        "any_link",
        later("Link to anything"),
        later("One record of one of several objects."),
        "shuffle",
        later("Links"),
        ("to_any", "reverse_label"),
    ),
    FieldType(
        "user", later("Colleague"), later("Somebody who works here."), "user", later("Links"), ("reverse_label",)
    ),
    FieldType("file", later("File"), later("One stored file."), "paperclip", later("Links")),
    FieldType(
        "formula",
        later("Formula"),
        later("Computed from other fields of the record."),
        "variable",
        later("Computed"),
        ("expression", "shown_as"),
    ),
    FieldType(
        "roll_up",
        "Roll-up",
        later("A count or sum over related records."),
        "workflow",
        later("Computed"),
        ("over", "function", "field", "where", "shown_as"),
    ),
    FieldType("json", "JSON", later("Anything else, for programs."), "code", later("Other")),
)

BY_TAG = {one.tag: one for one in TYPES}
assert {str(kind.__struct_config__.tag) for kind in FIELD_TYPES} == set(BY_TAG), "every type of the engine is offered"


def type_groups() -> tuple[tuple[str, tuple[FieldType, ...]], ...]:
    """The types by group, in order."""
    names = dict.fromkeys(one.group for one in TYPES)
    return tuple((name, tuple(one for one in TYPES if one.group == name)) for name in names)
