"""Cursors of keyset pages: the sort values of the last row, so that no page is ever counted off again.

A cursor is bound to the question: with another filter, order or object it is refused instead of giving a wrong page.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec

from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """question: a hash of object, filter and order. phase: 0 while the first sort field has values, 1 where it is
    empty. backwards: towards the start. values: the sort columns' values and the id, as texts or numbers."""

    question: str
    phase: int
    backwards: bool
    values: list[Any]

    def text(self) -> str:
        """As it stands in addresses."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode()


def question(*parts: object) -> str:
    """The hash that binds a cursor to its question."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def parse(text: str, expected: str) -> Cursor:
    """The cursor in `text`; Invalid when it was made up or belongs to another question."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        found = msgspec.json.decode(raw, type=Cursor)
    except (ValueError, UnicodeEncodeError, msgspec.MsgspecError):
        raise Invalid(
            _("This page marker is damaged."), code="cursor", field="after", hint=_("Start from the first page.")
        ) from None
    if found.question != expected or found.phase not in (0, 1):
        raise Invalid(
            _("This page marker belongs to another filter or order."), code="cursor", field="after",
            hint=_("Start from the first page."),
        )  # fmt: skip
    return found
