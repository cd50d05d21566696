"""Words for competitors, as people wrote them."""

from __future__ import annotations

from collections.abc import Iterable

MOST_LETTERS = 120


def rival_names(words: Iterable[str]) -> dict[str, str]:
    """One name for each competitor, in its first spelling, by what it is compared with: small letters, single
    blanks."""
    names: dict[str, str] = {}
    for word in words:
        name = " ".join(word.split())[:MOST_LETTERS].strip()
        if name:
            names.setdefault(name.casefold(), name)
    return names
