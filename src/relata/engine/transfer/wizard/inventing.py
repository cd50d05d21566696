"""Fields that are made of columns: their names, types and options, from what the columns hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from relata.engine.transfer.wizard.profile import ColumnProfile

#: A column with no more different values than this, each of them often, is a choice.
_FEW, _OFTEN = 12, 3
_TYPES = {
    "email": "emails", "phone": "phones", "url": "web_addresses", "date": "date", "datetime": "datetime",
    "number": "decimal", "integer": "integer", "money": "money", "percent": "percent", "boolean": "boolean",
    "long_text": "long_text",
}  # fmt: skip


def proposed_type(profile: ColumnProfile) -> str:
    """What the column's values are."""
    count = len(profile.distinct)
    if profile.looks == "text" and 0 < count <= _FEW and profile.filled >= _OFTEN * count:
        return "choice"
    return _TYPES.get(profile.looks, "text")


def definition_of(label: str, kind: str, column: ColumnProfile, taken: set[str]) -> dict[str, Any]:
    """The definition of a field for this column. kind: its type. taken: names that are not free."""
    found: dict[str, Any] = {"name": name_of(label, taken), "label": label[:80], "type": kind}
    if kind == "choice":
        found["options"] = options_of(word for word, _count in column.distinct)
    if kind == "text" and column.longest > 255:
        found["type"] = "long_text"
    return found


def options_of(words: Iterable[str], known: Iterable[str] = ()) -> list[dict[str, str]]:
    """Options for these words. known: values that are taken."""
    taken = set(known)
    found = []
    for word in dict.fromkeys(words):
        found.append({"value": name_of(word, taken), "label": word})
        taken.add(found[-1]["value"])
    return found


def name_of(label: str, taken: Iterable[str] = ()) -> str:
    """An identifier for a label, none of `taken`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36].strip("_") or "field"
    name = f"f_{name}" if name[0].isdigit() else name
    used = set(taken)
    found, number = name, 2
    while found in used:
        found, number = f"{name}_{number}", number + 1
    return found
