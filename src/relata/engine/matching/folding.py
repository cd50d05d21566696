"""Texts in the one form in which they are compared, whatever the script: plain lower-case letters and digits."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from relata.engine.search.words import fold

_APOSTROPHE = re.compile(r"['’`´]")
_CHAR = re.compile(r"[^a-z0-9]+")
_POINT = re.compile(r"(?<=\b\w)\.(?=\w\b)")
#: Sounds that are written in several ways, in the order in which they are replaced.
_SOUNDS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^x", "s"), (r"ph|pf", "f"),
        (r"tsch|tch|tsh|cz|ch|sch|sh|sz|zh|dj|dz|j", "s"),
        (r"ck|kh|qu|q|x", "k"), (r"gh", ""), (r"th|dt", "t"), (r"c(?=[eiy])", "s"), (r"c|g", "k"), (r"z|ts", "s"),
        (r"[vw]", "f"), (r"b", "p"), (r"d", "t"), (r"m", "n"), (r"h", ""),
    )
)  # fmt: skip


def plain(text: str) -> str:
    """Lower-case ASCII words with one space between them; other scripts as they sound."""
    folded = fold(text)
    if not folded.isascii():
        folded = anyascii(folded).lower()
    folded = _POINT.sub("", _APOSTROPHE.sub("", folded))
    return _CHAR.sub(" ", folded).strip()


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a plain word sounds, roughly and in no particular language: up to six consonants, with a leading vowel as
    one sign."""
    if not word:
        return ""
    if word[0].isdigit():
        return word[:6]
    found = word
    for pattern, by in _SOUNDS:
        found = pattern.sub(by, found)
    first = "a" if found[:1] in tuple("aeiouy") else found[:1]
    rest = re.sub(r"[aeiouy]", "", found[1:])
    whole = first + rest
    return re.sub(r"(.)\1+", r"\1", whole)[:6]
