"""Texts, yes or no, and free JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from relata.engine.metadata.fields.base import Column, Field, ParseContext, expect_text
from relata.foundation.i18n import gettext as _

_TRUE = {"true", "yes", "y", "1", "on", "t", "ja", "oui", "si", "sí"}
_FALSE = {"false", "no", "n", "0", "off", "f", "nein", "non"}
#: Bytes of one JSON value; larger things are files.
MAX_JSON_BYTES = 100_000


class Text(Field, frozen=True, kw_only=True, tag="text", omit_defaults=True):
    """One line. max_length: characters. pattern: a regular expression that the whole text must match. matched: a
    secret one may be asked for by its whole value."""

    max_length: int = 255
    pattern: str = ""
    pattern_hint: str = ""
    matched: bool = False
    widget: ClassVar[str] = "text"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Text(), "text"),)

    def parse(self, raw: Any, context: ParseContext) -> str:
        text = expect_text(self, raw)
        if len(text) > self.max_length:
            self.refuse(
                _("%(field)s has %(count)s characters; at most %(most)s fit.")
                % {"field": self.title, "count": len(text), "most": self.max_length},
                code="too_long",
                hint=_("Shorten it."),
            )
        if self.pattern and not re.fullmatch(self.pattern, text):
            self.refuse(
                _("%(field)s does not have the expected form.") % {"field": self.title}, hint=self.pattern_hint or None
            )
        return text

    def reader(self, context: ParseContext) -> Callable[[Any], Any]:
        if self.pattern or type(self).parse is not Text.parse:
            return Field.reader(self, context)
        parse, most = self.parse, self.max_length

        def read(raw: Any) -> str:
            if type(raw) is str and len(raw) <= most and raw.isascii() and "\x00" not in raw:
                return raw
            return parse(raw, context)

        return read


class LongText(Text, frozen=True, kw_only=True, tag="long_text", omit_defaults=True):
    """Several lines of plain text."""

    max_length: int = 100_000
    widget: ClassVar[str] = "long_text"
    sortable: ClassVar[bool] = False


class RichText(LongText, frozen=True, kw_only=True, tag="rich_text", omit_defaults=True):
    """Markdown as a person wrote it; screens show it cleaned, so it is inert wherever it goes."""

    widget: ClassVar[str] = "rich_text"


class Boolean(Field, frozen=True, kw_only=True, tag="boolean", omit_defaults=True):
    """Yes or no; never empty unless nobody answered."""

    widget: ClassVar[str] = "boolean"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Boolean(), "boolean"),)

    def parse(self, raw: Any, context: ParseContext) -> bool:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        self.refuse(_("%(field)s must be yes or no.") % {"field": self.title}, hint="Send true or false.")

    def to_text(self, value: Any) -> str:
        return "" if value is None else ("true" if value else "false")


class Json(Field, frozen=True, kw_only=True, tag="json", omit_defaults=True):
    """Any JSON value up to 100 kB; kept as it is, filtered only by empty or not. kept_plain: where it is secret, it is
    only shown to nobody, and not encrypted at rest."""

    kept_plain: bool = False
    widget: ClassVar[str] = "json"
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return (Column("", JSONB(), "json"),)

    def parse(self, raw: Any, context: ParseContext) -> Any:
        if isinstance(raw, str):
            try:
                raw = msgspec.json.decode(raw)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                self.refuse(
                    _("%(field)s is not valid JSON.") % {"field": self.title}, hint=_("Check brackets and quotes.")
                )
        try:
            encoded = msgspec.json.encode(raw)
        except (TypeError, UnicodeEncodeError, OverflowError, RecursionError):
            self.refuse(_("%(field)s is not valid JSON.") % {"field": self.title})
        if len(encoded) > MAX_JSON_BYTES:
            self.refuse(
                _("%(field)s is larger than %(max_json_bytes)s bytes.")
                % {"field": self.title, "max_json_bytes": MAX_JSON_BYTES},
                code="too_long",
            )
        if b"\\u0000" in encoded:
            self.refuse(f"{self.title} contains a NUL character, which can't be stored.")
        return raw

    def to_text(self, value: Any) -> str:
        return "" if value is None else msgspec.json.encode(value).decode()
