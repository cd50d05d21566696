"""Conditions in words: "Amount is more than 10,000", "Account is Alster Logistik"; what has no simple words stays as
text."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from relata.engine.formula import Binary, Call, Literal, Node, Not, Path, to_text
from relata.engine.metadata.fields import Choice, Link, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import parse_id

_WORDS = {
    "=": "is", "!=": "is not", ">": "is more than", ">=": "is at least", "<": "is less than", "<=": "is at most",
    "contains": "contains", "starts": "starts with", "ends": "ends with", "in": "is in",
}  # fmt: skip
_OPPOSITE = {"is": "is not", "contains": "does not contain", "is in": "is not in", "is empty": "is not empty"}


async def worded(work: Workspace, one: Object, parts: tuple[Node, ...]) -> list[tuple[str, str]]:
    """For each condition the field's label and the rest in words."""
    wanted: dict[str, set[UUID]] = {}
    for part in parts:
        link, found = _linked(one, part.item if isinstance(part, Not) else part)
        if link is not None and found is not None:
            wanted.setdefault(link.to, set()).add(found)
    titles = await titles_of(work.unit, wanted)
    return [_words(one, part, titles) for part in parts]


def _linked(one: Object, part: Node) -> tuple[Link | None, UUID | None]:
    if isinstance(part, Binary) and isinstance(part.left, Path) and isinstance(part.right, Literal):
        field = one.field(part.left.names[0]) if len(part.left.names) == 1 else None
        return (field, parse_id(part.right.value)) if isinstance(field, Link) else (None, None)
    return None, None


def _words(one: Object, part: Node, titles: Mapping[tuple[str, UUID], str]) -> tuple[str, str]:
    if isinstance(part, Not):
        label, rest = _words(one, part.item, titles)
        word = next((word for word in _OPPOSITE if rest.startswith(word)), None)
        return (label, _OPPOSITE[word] + rest[len(word) :]) if label and word else ("", to_text(part))
    if isinstance(part, Call) and part.name == "empty" and isinstance(part.args[0], Path):
        field = one.field(part.args[0].names[0])
        return (field.title, "is empty") if field else ("", to_text(part))
    if not isinstance(part, Binary) or not isinstance(part.left, Path) or part.op not in _WORDS:
        return "", to_text(part)
    field = one.field(part.left.names[0])
    if field is None or len(part.left.names) > 1:
        return "", to_text(part)
    return field.title, f"{_WORDS[part.op]} {_value(one, part, titles)}"


def _value(one: Object, part: Binary, titles: Mapping[tuple[str, UUID], str]) -> str:
    if isinstance(part.right, Call):
        inner = part.right.args[0] if part.right.args else None
        if part.right.name == "me":
            return "me"
        return str(inner.value) if isinstance(inner, Literal) else part.right.name.replace("_", " ")
    if not isinstance(part.right, Literal):
        return to_text(part.right)
    link, found = _linked(one, part)
    if link is not None and found is not None:
        return titles.get((link.to, found), "a record that you can't see")
    assert isinstance(part.left, Path)
    field = one.field(part.left.names[0])
    option = field.option(str(part.right.value)) if isinstance(field, (Choice, MultiChoice)) else None
    return option.title if option else to_text(part.right).strip('"')
