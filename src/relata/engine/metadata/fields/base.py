"""What every field type has in common, and how a raw input is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import msgspec
import sqlalchemy as sa

from relata.engine.metadata.wording import in_words, worded
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import inline


@dataclass(frozen=True, slots=True)
class Column:
    """One real column. part: "" for the field's own column, else the sub-field, such as `currency`.

    kind: the expression language's name for its values (text, number, boolean, date, datetime, duration, id, json,
    geo; a list of texts is `list`).
    """

    part: str
    type: sa.types.TypeEngine[Any]
    kind: str

    def name(self, field: str) -> str:
        """The column's name in the table: `amount`, `amount__currency`."""
        return f"{field}__{self.part}" if self.part else field


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What an input may leave out. currency: ISO 4217. region: ISO 3166-1, for phones without a country code."""

    currency: str = "EUR"
    region: str = "DE"


class Entry(msgspec.Struct, frozen=True):
    """One of several e-mails, phones or web addresses. label: work, home, mobile or whatever a person typed."""

    value: str
    label: str = ""


class Named(msgspec.Struct, frozen=True):
    """The one thing that is given by position."""

    name: str


class Field(Named, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """A property of an object.

    name: identifier in API, formulas and columns; never changes. label: what people read; empty means the name
    in words. labels: what an administrator wrote for other languages, in pairs with the language.
    default: a raw value as a form would send it. visible: an expression over the record; while it is
    false the screen hides the field. required_when: an expression; while it is true the field can't be empty.
    sensitivity: "", "personal" (erased with the person) or "secret" (never in
    lists, search, history or exports). system: kept by the engine, never written by a caller. read_only: set by
    modules alone, in guards and actions; refused from anyone else. indexed: lists may sort and filter by it at any
    size. derived_from: the object's fields that it gives away; who may not read one of them does not read this one.
    """

    label: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    help: str = ""
    required: bool = False
    unique: bool = False
    default: Any = None
    visible: str = ""
    required_when: str = ""
    sensitivity: str = ""
    indexed: bool = False
    searchable: bool = False
    read_only: bool = False
    system: bool = False
    hidden: bool = False
    custom: bool = False
    derived_from: tuple[str, ...] = ()

    widget: ClassVar[str] = "text"
    #: False where the values live elsewhere: computed fields, many-to-many links.
    stored: ClassVar[bool] = True
    #: Whether an order by this field means something to a person.
    sortable: ClassVar[bool] = True
    #: Whether its texts are sorted as they are stored: codes, addresses in small letters, numbers in one form.
    plain_order: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """The label, or the name in words, in the reader's language."""
        return worded(self.label or in_words(self.name), self.labels, self.custom)

    @property
    def noun(self) -> str:
        """`title` in the middle of a sentence."""
        return inline(self.title)

    @property
    def advice(self) -> str:
        """The help in the reader's language."""
        return worded(self.help, is_own=self.custom)

    @property
    def type_name(self) -> str:
        """The tag that stored definitions and the API use."""
        return str(type(self).__struct_config__.tag)

    def columns(self) -> tuple[Column, ...]:
        """The real columns; the first is the one that sorts, filters and is unique."""
        raise NotImplementedError

    def parse(self, raw: Any, context: ParseContext) -> Any:
        """The value in `raw` (JSON, form text or CSV cell), or Invalid. None and "" never reach it."""
        raise NotImplementedError

    def reader(self, context: ParseContext) -> Callable[[Any], Any]:
        """`parse` with this context, for many values; what is right as it stands may be taken by a shorter way."""
        return lambda raw: self.parse(raw, context)

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        """The value as its columns hold it, in the order of `columns`; None gives a None for each."""
        return (value,)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        """The inverse of `to_columns`."""
        return cells[0]

    def to_json(self, value: Any) -> Any:
        """The value as the API answers it; a type that msgspec encodes."""
        return value

    def shown(self, cells: tuple[Any, ...]) -> Any:
        """`to_json(from_columns(cells))`; types whose columns hold the answer already say so, since lists read many."""
        return self.to_json(self.from_columns(cells))

    def to_text(self, value: Any) -> str:
        """The value for a CSV cell and for search; `parse` reads it back."""
        return "" if value is None else str(value)

    def refuse(self, message: str, *, code: str = "invalid_value", hint: str | None = None) -> NoReturn:
        """Raise Invalid for this field."""
        raise Invalid.of([Problem(code, message, self.name, hint)])


def expect_text(field: Field, raw: Any) -> str:
    """`raw` as text without NUL, or Invalid; numbers are accepted, since forms and CSV know only text."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        field.refuse(_("%(field)s must be text.") % {"field": field.title}, hint=_("Send a string."))
    text = raw if isinstance(raw, str) else str(raw)
    if "\x00" in text:
        field.refuse(
            _("%(field)s contains a NUL character, which can't be stored.") % {"field": field.title},
            hint=_("Remove the character."),
        )
    try:
        if not text.isascii():
            text.encode("utf-8")
    except UnicodeEncodeError:
        field.refuse(
            _("%(field)s contains half a character (a lone surrogate).") % {"field": field.title},
            hint=_("Send valid Unicode."),
        )
    return text
