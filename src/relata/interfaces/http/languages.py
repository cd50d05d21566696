"""Which language a browser asks for."""

from __future__ import annotations

from functools import lru_cache

from relata.foundation.catalogues import LANGUAGES, language_of

_MAX = 200


@lru_cache(256)
def preferred(header: str | None) -> str:
    """The best of ours for an `Accept-Language`, by weight and then by order; English where none fits."""
    found: list[tuple[float, str]] = []
    for part in (header or "")[:_MAX].split(","):
        tag, _, weight = part.strip().partition(";q=")
        plain = tag.split("-")[0].lower()
        if plain in LANGUAGES:
            found.append((-_weight(weight), plain))
    return language_of(min(found, key=lambda one: one[0])[1]) if found else "en"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
