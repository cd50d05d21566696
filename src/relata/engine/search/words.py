"""From what people write to what is compared: folded texts, their codes, and what a query asks for.

A code is a 32-bit number for three letters that follow each other in one field of one object, or for the first one or
two letters of a word there. The field is part of the number, so a field that one may not read can't be matched.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from zlib import crc32

#: Characters of one field that are indexed; of a longer text only the beginning is found.
MAX_TEXT = 4000
MAX_QUERY = 200
MAX_WORDS = 8

#: Letters that Unicode does not decompose, as people type them without their keyboard.
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ı": "i", "’": "'", "\x00": " "}
    | {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th"}
)
_WORD = re.compile(r"[^\W_]+")
#: The start of a word; in scripts without spaces every character may be one.
_START = re.compile(r"(?<![^\W_])[^\W_]|[\u2e80-\uffdc\U00020000-\U0003ffff]")
_PHONE = re.compile(r"[+(]?[\d\s()./+-]{3,40}")


def fold(text: str) -> str:
    """Without case, accents and superfluous spaces; German ß becomes ss."""
    whole = text[: MAX_TEXT * 2].encode("utf-8", "ignore").decode()
    plain = unicodedata.normalize("NFKD", whole.translate(_LETTERS)).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(bare.split())[:MAX_TEXT].rstrip()


def title_words(folded: str) -> str:
    """The words of a folded title with one space between, to compare beginnings with."""
    return " ".join(_WORD.findall(folded))[:200]


def codes_of(object_name: str, field: str, folded: str) -> set[int]:
    """All codes of one field's text."""
    seed = _seed(object_name, field)
    found: set[int] = set()
    for chunk in folded.split():
        found.update(crc32(chunk[place : place + 3].encode(), seed) for place in range(len(chunk) - 2))
    for match in _START.finditer(folded):
        place = match.start()
        for letters in {folded[place : place + 1], folded[place : place + 2]}:
            found.add(crc32(b"^" + letters.encode(), seed))
    return {_signed(code) for code in found}


def codes_for(object_name: str, field: str, word: str) -> list[int]:
    """The codes that a text with this word must have: anywhere in it from three letters on, else as a word's start."""
    seed = _seed(object_name, field)
    if len(word) < 3:
        return [_signed(crc32(b"^" + word.encode(), seed))]
    grams = {word[place : place + 3] for place in range(len(word) - 2)}
    return sorted(_signed(crc32(gram.encode(), seed)) for gram in grams)


@dataclass(frozen=True, slots=True)
class Query:
    """words: all must be found. digits: of a phone number, without what precedes it at home; "" when it is none."""

    words: tuple[str, ...]
    digits: str

    @property
    def beginning(self) -> str:
        """What a title would begin with."""
        return " ".join(self.words)


def parse(text: str) -> Query:
    """What a person typed. Nothing to look for gives no words."""
    folded = fold(text[:MAX_QUERY])
    words: list[str] = []
    for token in folded.split():
        parts = [token] if "@" in token.strip("@") else _WORD.findall(token)
        words.extend(parts or ([token] if len(token) > 2 else []))
    return Query(tuple(dict.fromkeys(words))[:MAX_WORDS], phone_digits(folded))


def phone_digits(text: str) -> str:
    """The digits that the number has in international form too, or "" when `text` is no phone number."""
    if not _PHONE.fullmatch(text):
        return ""
    digits = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
    return digits if len(digits) >= 3 else ""


def _seed(object_name: str, field: str) -> int:
    return crc32(f"{object_name}.{field}".encode())


def _signed(code: int) -> int:
    return code - 2**32 if code >= 2**31 else code
