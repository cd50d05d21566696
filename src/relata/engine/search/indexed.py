"""Which fields are searched, and the text of each."""

from __future__ import annotations

import re
from typing import Any

from relata.engine.metadata.fields import AnyLink, Emails, Field, File, Link, Links, Phones, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.search.words import fold


def indexed_fields(one: Object) -> dict[str, Field]:
    """The title, what is declared searchable, and every e-mail and phone; never a secret, never an id."""
    return {
        name: field
        for name, field in one.all_fields.items()
        if (field.searchable or name == one.title_field or isinstance(field, (Emails, Phones)))
        and field.stored
        and field.sensitivity != "secret"
        and not isinstance(field, (Link, Links, AnyLink, File))
    }


def folded_text(field: Field, value: Any) -> str:
    """The value as the index compares it: all e-mails of a record, the digits of its phones."""
    if value is None:
        return ""
    if isinstance(field, Phones):
        return " ".join(re.sub(r"\D", "", entry.value) for entry in value)
    if isinstance(field, (Emails, WebAddresses)):
        return fold(" ".join(entry.value for entry in value))
    return fold(field.to_text(value))


def column_names(field: Field) -> list[str]:
    """The field's columns in its table."""
    return [column.name(field.name) for column in field.columns()]
