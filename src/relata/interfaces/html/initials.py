"""Two letters and a colour that stand for a person or a company until there is a picture."""

from __future__ import annotations

import zlib

#: Colours of the palette (`data-colour`); 0 is grey and means "none".
COLOURS = 12


def initials(name: str) -> str:
    """First letters of the first and the last word, or one letter; "?" for a name without letters."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return name.strip()[:1].upper() or "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def colour_of(key: object) -> int:
    """1 to 11, always the same for the same id or name, in every process and version."""
    return zlib.crc32(str(key).encode()) % (COLOURS - 1) + 1
