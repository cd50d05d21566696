"""What of an object's records is compared: read from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from relata.engine.matching.features import Feature, Prepared, prepare
from relata.engine.metadata.fields import (
    Address,
    Date,
    Emails,
    Field,
    Link,
    PersonName,
    Phones,
    Text,
    WebAddresses,
)
from relata.engine.metadata.object import Object

#: One field may say several things: for each its kind, and how its text is taken from the value.
_Part = tuple[Feature, Callable[[Any], Sequence[str]]]


#: Shapes that are kept; each declaration of each workspace has one.
_MOST_KEPT = 5000


class Shape:
    """The features of an object's records, and what each is read from. Objects without `match` have none."""

    def __init__(self, one: Object) -> None:
        parts = tuple(part for field in one.fields for part in _parts(one, field)) if one.match else ()
        self._takers = tuple(taker for _feature, taker in parts)
        self.features = tuple(feature for feature, _taker in parts)
        self.fields = {name: one.all_fields[name] for feature in self.features for name in feature.fields}
        #: Where the columns of each field stand, one field after another.
        self.places: list[tuple[str, Field, int, int]] = []
        for name, field in self.fields.items():
            start = self.places[-1][3] if self.places else 0
            self.places.append((name, field, start, start + len(field.columns())))

    def prepared(self, values: Mapping[str, Any]) -> Prepared:
        """A record's values as they are compared. A field that is not in `values` says nothing."""
        texts: list[Sequence[str]] = []
        for feature, taker in zip(self.features, self._takers, strict=True):
            value = values.get(feature.fields[0])
            texts.append(() if value is None else [text for text in taker(value) if text])
        return prepare(self.features, texts)


#: By the declaration's identity, which it keeps alive: declarations are compared field by field otherwise.
_kept: dict[int, tuple[Object, Shape]] = {}


def shape_of(one: Object) -> Shape:
    """The shape, kept for as long as the declaration is the same."""
    found = _kept.get(id(one))
    if found is None:
        if len(_kept) >= _MOST_KEPT:  # of declarations that were replaced
            _kept.clear()
        found = _kept[id(one)] = (one, Shape(one))
    return found[1]


def is_matched(one: Object) -> bool:
    """Whether duplicates of its records are looked for."""
    return bool(one.match) and bool(shape_of(one).features)


def _parts(one: Object, field: Field) -> Sequence[_Part]:
    name = field.name
    if field.hidden or field.sensitivity == "secret":
        return ()
    if isinstance(field, PersonName):
        return (
            (Feature(f"{name}.first", "given", (name,)), lambda value: (value.first,)),
            (Feature(f"{name}.last", "family", (name,)), lambda value: (value.last,)),
        )
    if isinstance(field, Emails):
        return ((Feature(name, "email", (name,)), _entries),)
    if isinstance(field, Phones):
        return ((Feature(name, "phone", (name,)), _entries),)
    if isinstance(field, Address) and name == next(each.name for each in one.fields if isinstance(each, Address)):
        return (
            (Feature(f"{name}.street", "street", (name,)), lambda value: (value.street,)),
            (Feature(f"{name}.city", "place", (name,)), lambda value: (value.city,)),
            (Feature(f"{name}.postcode", "postcode", (name,)), lambda value: (value.postcode,)),
        )
    if isinstance(field, Date) and field.sensitivity == "personal":
        return ((Feature(name, "date", (name,)), lambda value: (value.isoformat(),)),)
    groups = [group for group in one.match if name in group]
    if isinstance(field, Text) and (name == one.title_field or any(len(group) > 1 for group in groups)):
        return ((Feature(name, "name", (name,)), lambda value: (value,)),)
    if isinstance(field, Text) and groups:
        return ((Feature(name, "identifier", (name,)), lambda value: (value,)),)
    if isinstance(field, WebAddresses) and groups:
        return ((Feature(name, "domain", (name,)), _entries),)
    if isinstance(field, Link) and groups:
        return ((Feature(name, "link", (name,)), lambda value: (str(value),)),)
    return ()


def _entries(value: Any) -> Sequence[str]:
    return [entry.value for entry in value]
