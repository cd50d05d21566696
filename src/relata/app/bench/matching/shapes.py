"""Which columns of a foreign table say what, for the comparison: by their names, then by what is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relata.engine.matching.features import Feature, split_person

#: Never compared: numbers of the set itself, and what settles the matter by itself.
_SKIPPED = re.compile(r"(?i)^(?:.*_)?(?:id|key|index|source|cluster|entity|label|record)$|soc_?sec|ssn|^column\d*$")
#: In this order; the first that fits decides. Columns of one kind marked `+` are read as one.
_KINDS = (
    ("given", re.compile(r"(?i)given|first.?name|forename|^fname|christian")),
    ("family", re.compile(r"(?i)surname|last.?name|family|^lname")),
    ("person", re.compile(r"(?i)full.?name|^person|contact.?name|^author")),
    ("date", re.compile(r"(?i)birth|^dob$")),
    ("email", re.compile(r"(?i)e.?mail")),
    ("phone", re.compile(r"(?i)phone|^tel|mobile")),
    ("domain", re.compile(r"(?i)web|url|domain|homepage")),
    ("postcode", re.compile(r"(?i)post.?code|postal|^zip|^plz")),
    ("text", re.compile(r"(?i)addr(?:ess)?.?2|address_line_2")),
    ("street", re.compile(r"(?i)addr|street|house|road")),
    ("place", re.compile(r"(?i)city|town|suburb|locality|^ort$|place")),
    ("region", re.compile(r"(?i)^state$|province|county|country")),
    ("category", re.compile(r"(?i)type|categor|genre|cuisine|gender|^sex$")),
    ("name", re.compile(r"(?i)name|title|company|organi[sz]ation|business|restaurant|product")),
    ("number", re.compile(r"(?i)year|age$|price|amount|number")),
)
#: Of a column that is filled less often nothing can be learned.
_SPARSE = 0.05
_MOST = 12


class Shape:
    """The features of a table, and where each is read."""

    def __init__(self, columns: Sequence[str], rows: Sequence[dict[str, str]], without: Sequence[str] = ()) -> None:
        self._columns: dict[str, tuple[str, list[str]]] = {}
        for column in columns:
            kind = _kind(column, rows) if column not in without and not _SKIPPED.search(column) else ""
            name = "street" if kind == "street" else column
            if kind and (name in self._columns or len(self._columns) < _MOST):
                self._columns.setdefault(name, (kind, []))[1].append(column)
        self.features = tuple(
            feature
            for name, (kind, _columns) in self._columns.items()
            for feature in (
                (Feature("given", "given"), Feature("family", "family")) if kind == "person" else (Feature(name, kind),)
            )
        )

    def texts(self, row: dict[str, str]) -> list[list[str]]:
        """What a row holds, for each feature."""
        found: list[list[str]] = []
        for kind, columns in self._columns.values():
            values = [text for column in columns if (text := row[column].strip())]
            if kind == "person":
                found += [[part] for part in split_person(" ".join(values))]
            else:
                found.append(values)
        return found


def _kind(column: str, rows: Sequence[dict[str, str]]) -> str:
    values = [text for row in rows if (text := row[column].strip())]
    if len(values) < _SPARSE * len(rows):
        return ""
    for kind, pattern in _KINDS:
        if pattern.search(column):
            return kind
    if sum(text.replace(".", "").isdigit() for text in values) > 0.9 * len(values):
        return "number"
    return "category" if len(set(values)) < 0.1 * len(values) else "text"
