"""Texts in the one form in which they are compared, whatever the script: plain lower-case letters and digits."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from relata.engine.search.words import fold

_APOSTROPHE = re.compile(r"['’`´]")
_CHAR = re.compile(r"[^a-z0-9]+")
_POINT = re.compile(r"(?<=\b\w)\.(?=\w\b)")
#: Sounds that are written in several ways, in the order in which they are replaced; before each, parts of which a word
#: has at least one where it has the sound: to look for these takes a tenth of the time.
_SOUNDS = tuple(
    (signs.split(), re.compile(pattern), by)
    for signs, pattern, by in (
        ("kn gn pn", r"^(?:kn|gn|pn)", "n"), ("wr", r"^wr", "r"), ("x", r"^x", "s"), ("ph pf", r"ph|pf", "f"),
        ("h z j", r"tsch|tch|tsh|cz|ch|sch|sh|sz|zh|dj|dz|j", "s"), ("k q x", r"ck|kh|qu|q|x", "k"), ("gh", "gh", ""),
        ("th dt", r"th|dt", "t"), ("c", r"c(?=[eiy])", "s"), ("z ts", r"z|ts", "s"),
    )
)  # fmt: skip
#: Afterwards, letter by letter.
_LETTERS = str.maketrans({"c": "k", "g": "k", "v": "f", "w": "f", "b": "p", "d": "t", "m": "n", "h": None})
_VOWEL = tuple("aeiouy")
_VOWELS = str.maketrans(dict.fromkeys("aeiouy"))
_TWICE = re.compile(r"(.)\1+")


def plain(text: str) -> str:
    """Lower-case ASCII words with one space between them; other scripts as they sound."""
    folded = fold(text)
    if not folded.isascii():
        folded = anyascii(folded).lower()
    if folded.isalnum():
        return folded
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
    for signs, pattern, by in _SOUNDS:
        for sign in signs:
            if sign in found:
                found = pattern.sub(by, found)
                break
    found = found.translate(_LETTERS)
    first = "a" if found[:1] in _VOWEL else found[:1]
    return _TWICE.sub(r"\1", first + found[1:].translate(_VOWELS))[:6]
