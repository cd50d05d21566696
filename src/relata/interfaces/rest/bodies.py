"""From a request's bytes to values: JSON only, read once, every refusal in a sentence."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from relata.foundation.errors import Invalid, Problem
from relata.interfaces.http.refusal import Refusal

T = TypeVar("T")
#: Named in one answer; whoever sends more has not read the first ones.
MOST_PROBLEMS = 50
_PLACE = re.compile(r" - at `(?:key in )?\$?\.?([^`]*)`$")


def decode(body: bytes, shape: type[T]) -> T:
    """The value in `body`. Refusal (400) for what is no JSON, Invalid (422) for JSON of another form."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise _misfit(error) from None
    except RecursionError:
        raise Refusal(400, "too_deep", "The JSON is nested too deeply.", hint="Flatten it.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "Send an object, such as {}." if not body.strip() else f"{error}."[:200]
        raise Refusal(400, "malformed", "The body is not valid JSON.", hint=hint) from None


def mapping(body: bytes) -> dict[str, Any]:
    """A JSON object."""
    return decode(body, dict[str, Any])


def convert(values: object, shape: type[T]) -> T:
    """The same for a value that was decoded before, such as an action's command. Unknown keys are refused."""
    fields = getattr(shape, "__struct_fields__", ())
    if fields and isinstance(values, dict):
        unknown = [
            Problem("unknown_field", f"There is no {name[:60]!r} here.", name[:60])
            for name in values
            if name not in fields
        ]
        if unknown:
            raise Invalid.of(unknown[:MOST_PROBLEMS])
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        raise _misfit(error) from None


def _misfit(error: msgspec.ValidationError) -> Invalid:
    text = str(error)
    place = _PLACE.search(text)
    field = place[1].replace("[...]", "").strip(".")[:120] if place else ""
    sentence = _PLACE.sub("", text)
    if sentence == "Number out of range":
        return Invalid.of(
            [Problem("out_of_range", "A number is out of range.", field or None, "Use at most 15 digits.")]
        )
    return Invalid.of([Problem("invalid_value", f"{_readable(sentence)}.", field or None)])


def _readable(sentence: str) -> str:
    """msgspec's words with quotation marks that read well in a sentence."""
    return sentence.replace("`", '"')[:300].rstrip(".")
