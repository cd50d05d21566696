"""From what people write to what is compared: folded texts, their codes, and what a query asks for.

A code is a 31-bit number for three letters that follow each other in one field of one object, or for the first one or
two letters of a word there. The field is part of the number, so a field that one may not read can't be matched.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
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
#: Scripts without spaces, where every character may start a word.
_DENSE = re.compile(r"[\u2e80-\uffdc\U00020000-\U0003ffff]")
_PHONE = re.compile(r"[+(]?[\d\s()./+-]{3,40}")


def fold(text: str) -> str:
    """Without case, accents and superfluous spaces; German ß becomes ss."""
    if text.isascii():  # most texts are, and the way below takes four times as long
        return " ".join(text[: MAX_TEXT * 2].lower().replace("\x00", " ").split())[:MAX_TEXT].rstrip()
    whole = text[: MAX_TEXT * 2].encode("utf-8", "ignore").decode()
    plain = unicodedata.normalize("NFKD", whole.translate(_LETTERS)).casefold()
    bare = plain if plain.isascii() else "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(bare.split())[:MAX_TEXT].rstrip()


def title_words(folded: str) -> str:
    """The words of a folded title with one space between, to compare beginnings with."""
    return " ".join(_WORD.findall(folded))[:200]


def codes_of(object_name: str, field: str, folded: str) -> set[int]:
    """All codes of one field's text. Written for speed: an import makes hundreds of thousands a second."""
    seed = _seed(object_name, field)
    found: set[int] = set()
    for chunk in folded.split():
        wide = chunk.encode("utf-32-le")  # four bytes a letter, so slices need no decoding
        found.update([crc32(wide[at : at + 12], seed) >> 1 for at in range(0, len(wide) - 8, 4)])
    starts = {part for word in _WORD.findall(folded) for part in (word[:1], word[:2])}
    if not folded.isascii():
        starts.update(folded[at : at + size] for at in _dense_places(folded) for size in (1, 2))
    found.update([_start_code(start, seed) for start in starts])
    return found


def codes_for(object_name: str, field: str, word: str) -> list[int]:
    """The codes that a text with this word must have: anywhere in it from three letters on, else as a word's start."""
    seed = _seed(object_name, field)
    if len(word) < 3:
        return [_start_code(word, seed)]
    wide = word.encode("utf-32-le")
    return sorted({crc32(wide[at : at + 12], seed) >> 1 for at in range(0, len(wide) - 8, 4)})


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


def _dense_places(folded: str) -> list[int]:
    return [match.start() for match in _DENSE.finditer(folded)]


@lru_cache(maxsize=50_000)
def _start_code(start: str, seed: int) -> int:
    return crc32(b"^" + start.encode("utf-32-le"), seed) >> 1


@lru_cache(maxsize=10_000)
def _seed(object_name: str, field: str) -> int:
    return crc32(f"{object_name}.{field}".encode())
