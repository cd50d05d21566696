"""Countries by what people call them, to ISO 3166-1: names in the languages of Europe, and common short forms."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from babel import Locale

_LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "tr",
)  # fmt: skip
_SHORT = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "uk": "GB", "u.k.": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "holland": "NL", "brd": "DE",
    "schweiz/suisse": "CH", "uae": "AE", "korea": "KR", "south korea": "KR", "russia": "RU", "czech republic": "CZ",
}  # fmt: skip


def code_of(country: str) -> str:
    """The code; "" for what is no country's name."""
    found = _names().get(_plain(country))
    return found or ""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in reversed(_LANGUAGES):  # where two languages disagree, the first says so last
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                found[_plain(name)] = code
                found[code.lower()] = code
    return {**found, **{_plain(name): code for name, code in _SHORT.items()}}


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
