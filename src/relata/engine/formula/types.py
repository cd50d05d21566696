"""The kinds of value of the language, and how they are named to people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    MONEY = "money"
    ID = "id"
    GEO = "geo"
    JSON = "json"
    LIST = "list"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Type:
    """object: what an id points at, None when it may point at several objects. item: what a list holds, a scalar."""

    kind: Kind
    object: str | None = None
    item: Type | None = None

    def __str__(self) -> str:
        if self.item is not None:
            return f"list of {self.item.kind}"
        return "link" if self.kind is Kind.ID else self.kind.value


TEXT = Type(Kind.TEXT)
NUMBER = Type(Kind.NUMBER)
BOOLEAN = Type(Kind.BOOLEAN)
DATE = Type(Kind.DATE)
DATETIME = Type(Kind.DATETIME)
DURATION = Type(Kind.DURATION)
MONEY = Type(Kind.MONEY)
GEO = Type(Kind.GEO)
JSON = Type(Kind.JSON)
NULL = Type(Kind.NULL)


def id_of(object_name: str | None) -> Type:
    """A link to records of that object; None for a link that may lead to several objects."""
    return Type(Kind.ID, object=object_name)


def list_of(item: Type) -> Type:
    """Several values of a scalar type."""
    return Type(Kind.LIST, item=item)


#: Kinds that have an order, so that < and between make sense.
ORDERED = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.DURATION, Kind.MONEY})


_DESCRIBED = {
    Kind.TEXT: later("a text"), Kind.NUMBER: later("a number"), Kind.BOOLEAN: later("a boolean"),
    Kind.DATE: later("a date"), Kind.DATETIME: later("a datetime"), Kind.DURATION: later("a duration"),
    Kind.MONEY: later("an amount of money"), Kind.ID: later("a link"), Kind.GEO: later("a place"), Kind.JSON: "JSON",
    Kind.LIST: later("a list"), Kind.NULL: "null",
}  # fmt: skip


def described(type_: Type) -> str:
    """With its article: `a number`, `an amount of money`."""
    if type_.item is not None:
        return _("a list")
    return _(_DESCRIBED[type_.kind])


def sentence(text: str) -> str:
    """With a capital letter at the start."""
    return text[:1].upper() + text[1:]
