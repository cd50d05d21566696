"""What a form asks, as a step writes it: `label:type`, with `!` behind what must be filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from relata.engine.formula import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, Type

_TYPES = {
    "text": TEXT, "long_text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "date": DATE, "datetime": DATETIME,
    "choice": TEXT,
}  # fmt: skip
_WRITTEN = re.compile(
    r"^\s*(?P<label>.*?)\s*:\s*(?P<kind>[a-z_]+)\s*(?:\((?P<options>[^()]*)\))?\s*(?P<needed>!?)\s*$", re.S
)


@dataclass(frozen=True, slots=True)
class Question:
    """One of them. kind: text, long_text, number, boolean, date, datetime or choice. options: of a choice."""

    name: str
    label: str
    kind: str
    options: tuple[str, ...]
    is_needed: bool

    @property
    def of(self) -> Type:
        """The type of its answer."""
        return _TYPES[self.kind]


def question(name: str, text: str) -> Question | None:
    """A question as it is written; None for what is none."""
    found = _WRITTEN.match(text)
    if found is None or found["kind"] not in _TYPES:
        return None
    options = tuple(one.strip() for one in (found["options"] or "").split("|") if one.strip())
    if (found["kind"] == "choice") is not bool(options):
        return None
    return Question(name, found["label"] or name, found["kind"], options, bool(found["needed"]))


def questions(fields: Mapping[str, str]) -> list[Question]:
    """Those that are written rightly."""
    found = (question(name, text) for name, text in fields.items())
    return [one for one in found if one is not None]
