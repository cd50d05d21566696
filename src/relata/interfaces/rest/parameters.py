"""Query parameters: only the known ones, each once, each of its type."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from relata.engine.formula import Node, from_json, parse
from relata.foundation.errors import Invalid
from relata.foundation.ids import parse_id
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.rest import bodies

W = TypeVar("W", bound=str)
#: More parameters than this nobody sends by hand.
_MOST = 50
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no", "")


def read(query: bytes, known: Iterable[str]) -> dict[str, str]:
    """The parameters by name. Refusal (400) for one that is unknown or sent twice."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST, errors="strict")
    except ValueError:
        raise Refusal(
            400, "query", "The query can't be read.", hint="Encode it in UTF-8, with few parameters."
        ) from None
    found: dict[str, str] = {}
    names = tuple(known)
    for name, value in pairs:
        if name not in names:
            raise _unknown(name, names)
        if name in found:
            raise Refusal(
                400, "repeated_parameter", f"The parameter {name} was sent twice.", field=name, hint="Send it once."
            )
        found[name] = value
    return found


def _unknown(name: str, names: tuple[str, ...]) -> Refusal:
    close = difflib.get_close_matches(name, names, 1)
    hint = f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(names) or 'none'}."
    return Refusal(400, "unknown_parameter", f"There is no parameter {name[:60]!r} here.", field=name[:60], hint=hint)


def whole(found: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number in a range; Invalid otherwise."""
    text = found.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not low <= number <= high:
        raise Invalid(
            f"{name.capitalize()} must be a whole number from {low} to {high}.", code="out_of_range", field=name,
            hint="Send it in this range, or leave it out.",
        )  # fmt: skip
    return number


def yes(found: Mapping[str, str], name: str) -> bool:
    """true or false; false when it is left out."""
    word = found.get(name, "").lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Invalid(
        f"{name.capitalize()} must be true or false.", code="invalid_value", field=name, hint="Send true or false."
    )


def one_of(found: Mapping[str, str], name: str, words: tuple[W, ...]) -> W | Literal[""]:
    """One of these words, or "" when it is left out."""
    given = found.get(name)
    for word in words:
        if word == given:
            return word
    if given:
        raise Invalid(f"{name.capitalize()} must be {' or '.join(words)}.", code="invalid_value", field=name)
    return ""


def day(found: Mapping[str, str], name: str) -> date | None:
    """A day; None when it is left out."""
    text = found.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{name.capitalize()} must be a date.", code="invalid_value", field=name, hint="Write it as 2026-11-21."
        ) from None


def identifier(found: Mapping[str, str], name: str) -> UUID | None:
    """An id; None when it is left out."""
    text = found.get(name)
    if not text:
        return None
    key = parse_id(text)
    if key is None:
        raise Invalid(f"{name.capitalize()} must be an id.", code="invalid_value", field=name)
    return key


def listed(found: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Words between commas; a word that is there twice counts once."""
    return tuple(dict.fromkeys(word.strip() for word in found.get(name, "").split(",") if word.strip()))


def expression(where: object) -> Node | None:
    """A filter as the expression language's text, as its JSON tree, or as the text of its JSON tree; None for none."""
    if where is None or where == "":
        return None
    if isinstance(where, str):
        if where.lstrip()[:1] not in ("{", "["):
            return parse(where)
        where = bodies.decode(where.encode(), object)
    return from_json(where)
