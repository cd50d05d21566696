"""How the language complains: one Invalid with the place, a sentence and close matches."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from relata.foundation.errors import Invalid, Problem


def refuse(message: str, position: int | None = None, hint: str | None = None, code: str = "expression") -> Invalid:
    """The error to raise; the sentence ends with the place, counted from 1 as people count."""
    place = "" if position is None else f" (character {position + 1})"
    message = f"{message.rstrip('.')}{place}."
    return Invalid.of([Problem(code=code, message=message, hint=hint, position=position)])


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that lists up to three similar words, or the first of the known ones when nothing is similar."""
    names = sorted(known)
    lowered = {name.lower(): name for name in names}
    close = [lowered[match] for match in get_close_matches(word.lower(), lowered, n=3, cutoff=0.6)]
    if close:
        return f"Did you mean {_listed(close)}?"
    if not names:
        return None
    shown = names[:8]
    return f"Known here: {', '.join(shown)}{' and more' if len(names) > len(shown) else ''}."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
