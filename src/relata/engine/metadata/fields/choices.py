"""One of several, several of several, stars and free tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.metadata.fields.base import Column, Field, ParseContext, expect_text
from relata.engine.metadata.wording import in_words, worded
from relata.foundation.i18n import gettext as _

#: The twelve tag colours of the design system, by name.
COLOURS = (
    "grey", "red", "orange", "amber", "lime", "green", "teal", "cyan", "blue", "indigo", "violet", "pink",
)  # fmt: skip
MAX_TAGS = 100


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value of a choice. value: stored, never changes. only_for: values of the parent choice it goes with
    (empty: any). when: an expression over the record; the value goes with it only while it is true. retired: kept on
    old records, no longer offered. labels: as for a field."""

    value: str
    label: str = ""
    colour: str = "grey"
    only_for: tuple[str, ...] = ()
    when: str = ""
    retired: bool = False
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The label, or the value in words, in the reader's language."""
        return worded(self.label or in_words(self.value), self.labels)


class _Optioned(Field, frozen=True, kw_only=True, omit_defaults=True):
    options: tuple[Option, ...] = ()
    #: The choice field on the same object that narrows this one's options (see `Option.only_for`).
    depends_on: str = ""

    def option(self, value: str) -> Option | None:
        """The option that stores `value`."""
        for option in self.options:
            if option.value == value:
                return option
        return None

    def pick(self, raw: Any) -> str:
        """The stored value for a value or a label, whatever the capitals."""
        text = expect_text(self, raw).strip()
        if self.option(text):
            return text
        folded = text.casefold()
        for option in self.options:
            if folded in (option.value.casefold(), option.label.casefold(), option.title.casefold()):
                return option.value
        offered = ", ".join(option.value for option in self.options if not option.retired)
        self.refuse(
            _("%(field)s does not know this value.") % {"field": self.title},
            code="unknown_choice",
            hint=_("Choose one of: %(offered)s.") % {"offered": offered[:400]},
        )


class Choice(_Optioned, frozen=True, kw_only=True, tag="choice", omit_defaults=True):
    """One of the options."""

    widget: ClassVar[str] = "choice"
    plain_order: ClassVar[bool] = True

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Text(), "text"),)

    def parse(self, raw: Any, context: ParseContext) -> str:
        return self.pick(raw)

    def reader(self, context: ParseContext) -> Callable[[Any], Any]:
        known = {option.value for option in self.options if option.value == option.value.strip()}
        return lambda raw: raw if type(raw) is str and raw in known else self.pick(raw)


class MultiChoice(_Optioned, frozen=True, kw_only=True, tag="multi_choice", omit_defaults=True):
    """Any of the options; a list, or text separated by semicolons."""

    widget: ClassVar[str] = "multi_choice"
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return (Column("", ARRAY(sa.Text()), "list"),)

    def parse(self, raw: Any, context: ParseContext) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.pick(part) for part in read_list(self, raw)))

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (list(value) if value else None,)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return tuple(cells[0]) if cells[0] else None

    def to_text(self, value: Any) -> str:
        return ";".join(value or ())


class Tags(Field, frozen=True, kw_only=True, tag="tags", omit_defaults=True):
    """Free words, at most 100 of 60 characters; the first writing of a word stays."""

    widget: ClassVar[str] = "tags"
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return (Column("", ARRAY(sa.Text()), "list"),)

    def parse(self, raw: Any, context: ParseContext) -> tuple[str, ...] | None:
        words: dict[str, str] = {}
        for part in read_list(self, raw):
            word = " ".join(expect_text(self, part).split())
            if len(word) > 60:
                self.refuse(_("%(field)s: a tag has at most 60 characters.") % {"field": self.title}, code="too_long")
            if word:
                words.setdefault(word.casefold(), word)
        if len(words) > MAX_TAGS:
            self.refuse(
                _("%(field)s: at most %(most)s tags fit.") % {"field": self.title, "most": MAX_TAGS}, code="too_long"
            )
        return tuple(words.values()) or None

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (list(value) if value else None,)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return tuple(cells[0]) if cells[0] else None

    def to_text(self, value: Any) -> str:
        return ";".join(value or ())


class Rating(Field, frozen=True, kw_only=True, tag="rating", omit_defaults=True):
    """Stars, 1 to `stars`."""

    stars: int = 5
    widget: ClassVar[str] = "rating"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.SmallInteger(), "number"),)

    def parse(self, raw: Any, context: ParseContext) -> int:
        text = expect_text(self, raw).strip() if not isinstance(raw, int) or isinstance(raw, bool) else str(raw)
        if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= self.stars:
            self.refuse(
                _("%(field)s must be 1 to %(stars)s stars.") % {"field": self.title, "stars": self.stars},
                code="out_of_range",
            )
        return int(text)


def read_list(field: Field, raw: Any) -> list[Any]:
    """A JSON list as it is; text split at semicolons, or at commas where it has no semicolon."""
    if isinstance(raw, (list, tuple)):
        return list(raw)
    text = expect_text(field, raw)
    separator = ";" if ";" in text else ","
    return [part for part in (piece.strip() for piece in text.split(separator)) if part]
