"""E-mails, phones and web addresses: several of each, the first is the main one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from sqlalchemy.dialects.postgresql import JSONB

from relata.engine.metadata.fields.base import Column, Entry, Field, ParseContext, expect_text
from relata.engine.metadata.fields.phone_numbers import e164
from relata.foundation.i18n import gettext as _

MAX_ENTRIES = 25
#: Addresses about which the validator has nothing to say (it takes 50 µs, which an import of a million notices): plain
#: ASCII, no label with two hyphens in a row, and no domain that is kept for special uses.
_PLAIN_EMAIL = re.compile(
    r"(?=.{6,254}\Z)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*(?<!.{65})@((?:[a-z0-9](?:-?[a-z0-9]){0,30}\.)+[a-z]{2,24})",
    re.ASCII,
)
_SPECIAL = tuple(f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES)


class SeveralValues(Field, frozen=True, kw_only=True, omit_defaults=True):
    """Two columns: the main value, indexed and plain; and all of them with labels, as JSON.

    Accepts a text, a list of texts, or a list of objects with `value` and `label`.
    """

    plain_order: ClassVar[bool] = True

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Text(), "text"), Column("all", JSONB(), "json"))

    def parse(self, raw: Any, context: ParseContext) -> tuple[Entry, ...] | None:
        if isinstance(raw, str):  # nearly every value of an import
            text = expect_text(self, raw).strip()
            return (Entry(self.clean(text, context)),) if text else None
        items = raw if isinstance(raw, (list, tuple)) else [raw]
        found: dict[str, Entry] = {}
        for item in items:
            entry = self._entry(item, context)
            if entry is not None:
                found.setdefault(entry.value, entry)
        if len(found) > MAX_ENTRIES:
            self.refuse(
                _("%(field)s: at most %(most)s fit.") % {"field": self.title, "most": MAX_ENTRIES}, code="too_long"
            )
        return tuple(found.values()) or None

    def reader(self, context: ParseContext) -> Callable[[Any], Any]:
        parse = self.parse
        return lambda raw: raw if _is_one(raw) else parse(raw, context)

    def _entry(self, item: Any, context: ParseContext) -> Entry | None:
        if isinstance(item, Entry):
            return item
        label = ""
        if isinstance(item, dict):
            if unknown := set(item) - {"value", "label"}:
                self.refuse(f"{self.title} takes value and label, not {sorted(map(str, unknown))[0][:40]}.")
            label = expect_text(self, item.get("label") or "")[:40]
            item = item.get("value") or ""
        text = expect_text(self, item).strip()
        return Entry(self.clean(text, context), label) if text else None

    def clean(self, text: str, context: ParseContext) -> str:
        """The canonical form of one value, or Invalid."""
        raise NotImplementedError

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        if not value:
            return (None, None)
        return (value[0].value, [{"value": entry.value, "label": entry.label} for entry in value])

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return tuple(Entry(item["value"], item.get("label", "")) for item in cells[1]) if cells[1] else None

    def shown(self, cells: tuple[Any, ...]) -> Any:
        return cells[1] or None

    def to_json(self, value: Any) -> Any:
        return [{"value": entry.value, "label": entry.label} for entry in value] if value else None

    def to_text(self, value: Any) -> str:
        return value[0].value if value else ""


class Emails(SeveralValues, frozen=True, kw_only=True, tag="emails", omit_defaults=True):
    """Addresses after RFC 5321 and 6531, lower-case; whether the domain exists is not asked. unless: an expression over
    the record that is true for who gets no mailings. stop: the boolean field that says so, set by who unsubscribes.
    unwatched: an expression that is true for whom nobody notes whether they opened a mail."""

    unless: str = ""
    stop: str = ""
    unwatched: str = ""
    widget: ClassVar[str] = "emails"

    def clean(self, text: str, context: ParseContext) -> str:
        lowered = text.lower()
        plain = _PLAIN_EMAIL.fullmatch(lowered)
        if plain and not f".{plain[1]}".endswith(_SPECIAL):
            return lowered
        try:
            result = validate_email(text, check_deliverability=False, test_environment=True)
        except (EmailNotValidError, ValueError):
            self.refuse(
                _("%(field)s: this is not an e-mail address.") % {"field": self.title},
                hint=_("Write it as name@example.com."),
            )
        return result.normalized.lower()

    def reader(self, context: ParseContext) -> Callable[[Any], Any]:
        parse = self.parse

        def read(raw: Any) -> Any:
            if type(raw) is str:
                lowered = raw.lower()
                plain = _PLAIN_EMAIL.fullmatch(lowered)
                if plain and not f".{plain[1]}".endswith(_SPECIAL):
                    return (Entry(lowered),)
            return raw if _is_one(raw) else parse(raw, context)

        return read


class Phones(SeveralValues, frozen=True, kw_only=True, tag="phones", omit_defaults=True):
    """Numbers in E.164; what no country's plan knows is kept as typed if it has at least three digits."""

    widget: ClassVar[str] = "phones"

    def clean(self, text: str, context: ParseContext) -> str:
        if len(text) > 60 or sum(map(str.isdigit, text)) < 3:
            self.refuse(
                _("%(field)s: this is not a phone number.") % {"field": self.title},
                hint=_("Write it as +49 30 901820."),
            )
        return e164(text, context.region)


class WebAddresses(SeveralValues, frozen=True, kw_only=True, tag="web_addresses", omit_defaults=True):
    """http and https addresses; without a scheme https is meant. Other schemes are refused: they could run script."""

    widget: ClassVar[str] = "web_addresses"

    def clean(self, text: str, context: ParseContext) -> str:
        address = (
            text
            if re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:", text) and not re.match(r"^[\w.-]+:\d", text)
            else f"https://{text}"
        )
        try:
            parts = urlsplit(address)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and "." in (parts.hostname or "")
        except ValueError:
            valid = False
        if not valid or re.search(r"[\s<>\"\x00-\x1f]", address) or len(address) > 2000:
            self.refuse(
                _("%(field)s: this is not a web address.") % {"field": self.title},
                hint=_("Write it as https://example.com."),
            )
        return address


def _is_one(raw: Any) -> bool:
    """Whether this is a value already, of one entry."""
    return type(raw) is tuple and len(raw) == 1 and type(raw[0]) is Entry
