"""How values look, without saying in which markup: a kind, and a value in the shape that this kind has everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import (
    AddressValue,
    AnyLink,
    AnyTarget,
    Choice,
    Field,
    File,
    Formula,
    GeoValue,
    Integer,
    Link,
    Links,
    MultiChoice,
    PersonNameValue,
    RollUp,
)
from relata.engine.metadata.fields.choices import COLOURS
from relata.engine.metadata.registry import Registry
from relata.engine.query.result import MASK
from relata.foundation.i18n import gettext as _

#: From a field's type to the kind of its value on screens; types that are missing are shown by their own name.
KINDS = {
    "auto_number": "text", "multi_choice": "choices", "web_addresses": "urls", "geo_point": "text", "roll_up": "number",
}  # fmt: skip
#: Kinds of formula results.
_BY_TYPE = {"id": "text", "list": "text", "geo": "text", "json": "text", "null": "text"}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A choice, tag or linked record. colour: 0-11. href: "" when it leads nowhere. shape: person or company
    where initials stand before it."""

    value: str
    label: str
    colour: int = 0
    note: str = ""
    href: str = ""
    group: str = ""
    shape: str = ""


class Labelled(msgspec.Struct, frozen=True):
    """One of several e-mails, phones or web addresses."""

    value: str = ""
    label: str = ""


class PersonParts(msgspec.Struct, frozen=True, kw_only=True):
    """A person's name as inputs show it."""

    prefix: str = ""
    given: str = ""
    family: str = ""


class AddressParts(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address as inputs show it."""

    street: str = ""
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""


class Shown(msgspec.Struct, frozen=True):
    """A value ready to be shown."""

    kind: str
    value: Any


Titles = Mapping[tuple[str, UUID], str]


def kind_of(field: Field, formula_type: str = "") -> str:
    """The kind under which screens show the field's values. formula_type: what a formula gives."""
    if isinstance(field, (Formula, RollUp)) and field.shown_as:
        return field.shown_as
    if isinstance(field, Formula):
        return _BY_TYPE.get(formula_type, formula_type or "text")
    if isinstance(field, Integer) and field.plain:
        return "text"
    return KINDS.get(field.type_name, field.type_name)


def colour_number(name: str) -> int:
    """The palette's number of a colour's name."""
    return COLOURS.index(name) if name in COLOURS else 0


def record_href(registry: Registry, object_name: str, record: object) -> str:
    """Where a record's page is."""
    one = registry.objects.get(object_name)
    return f"/{one.path}/{record}" if one else ""


def linked(registry: Registry, object_name: str, record: UUID, titles: Titles) -> Item:
    """A linked record. Without a title it is hidden or gone, and leads nowhere."""
    title = titles.get((object_name, record))
    if title is None:
        return Item(value=str(record), label=_("Not visible to you"))
    shape = "person" if object_name == "user" else ""
    return Item(
        value=str(record), label=title or _("Untitled"), href=record_href(registry, object_name, record), shape=shape
    )


def shown(registry: Registry, field: Field, value: Any, titles: Titles, formula_type: str = "") -> Shown:
    """One value of a field, ready to be shown."""
    return presenter(registry, field, titles, formula_type)(value)


Presenter = Callable[[Any], Shown]


def presenter(registry: Registry, field: Field, titles: Titles, formula_type: str = "") -> Presenter:
    """`shown` for many values of one field: what depends on the field is found out once, and what comes again (an
    owner,
    a stage) is made once."""
    kind = kind_of(field, formula_type)
    nothing, masked, known = Shown(kind, None), Shown("text", MASK), dict[Any, Shown]()
    present = _presenting(registry, field, kind, titles)
    is_repeating = isinstance(field, (Link, Choice))

    def show(value: Any) -> Shown:
        if not value and (value is None or value == ()):
            return nothing
        if value.__class__ is str and value == MASK:
            return masked
        if not is_repeating:
            return present(value)
        found = known.get(value)
        if found is None:
            found = known[value] = present(value)
        return found

    return show


def _presenting(registry: Registry, field: Field, kind: str, titles: Titles) -> Presenter:
    """How a value that is there is shown."""
    if isinstance(field, Link):
        link = "user" if field.to == "user" else "link"
        return lambda value: Shown(link, linked(registry, field.to, value, titles))
    if isinstance(field, Links):
        return lambda value: Shown("links", tuple(linked(registry, field.to, one, titles) for one in value))
    if isinstance(field, AnyLink):
        return lambda value: (
            Shown("link", linked(registry, value.object, value.id, titles))
            if isinstance(value, AnyTarget)
            else Shown(kind, value)
        )
    if isinstance(field, Choice):
        return lambda value: Shown("choice", _option_item(field, value))
    if isinstance(field, MultiChoice):
        return lambda value: Shown("choices", tuple(_option_item(field, one) for one in value))
    return lambda value: Shown(kind, _plain(field, kind, value))


def _option_item(field: Choice | MultiChoice, value: str) -> Item:
    option = field.option(value)
    return Item(
        value=value, label=option.title if option else value, colour=colour_number(option.colour if option else "")
    )


def _plain(field: Field, kind: str, value: Any) -> Any:
    if kind == "tags":
        return tuple(Item(value=one, label=one, colour=sum(map(ord, one)) % 12) for one in value)
    if kind in ("emails", "phones", "urls"):
        return tuple(Labelled(entry.value, entry.label) for entry in value)
    if isinstance(value, PersonNameValue):
        return PersonParts(prefix=value.salutation, given=value.first, family=value.last)
    if isinstance(value, AddressValue):
        return AddressParts(
            street=value.street, city=value.city, postal_code=value.postcode, region=value.region, country=value.country
        )
    if isinstance(value, GeoValue) or kind == "json":
        return field.to_text(value)
    if isinstance(field, File):
        return str(value)
    return value


def targets_of(fields: Iterable[tuple[Field | None, Any]]) -> dict[str, set[UUID]]:
    """The linked records in these values, by object, to ask for their titles at once."""
    found: dict[str, set[UUID]] = {}
    for field, value in fields:
        if value is None or value == MASK:
            continue
        if isinstance(field, Link):
            found.setdefault(field.to, set()).add(value)
        elif isinstance(field, Links):
            found.setdefault(field.to, set()).update(value)
        elif isinstance(field, AnyLink) and isinstance(value, AnyTarget):
            found.setdefault(value.object, set()).add(value.id)
    return found


def is_end_aligned(kind: str) -> bool:
    """Numbers and money stand at the end of their column, so that digits line up."""
    return kind in ("number", "integer", "decimal", "percent", "money", "own_money", "duration")
