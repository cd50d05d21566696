"""Keys under which records meet: two that share none are never compared, two that share one are.

Each way needs other fields to be right, so that a record with a mistake in any of them still meets its twin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

from relata.engine.matching.features import Feature, Prepared
from relata.engine.matching.folding import sound
from relata.engine.matching.nicknames import full_names

#: Records that may share a key and still be compared with each other: a wider one says nothing.
WIDEST = 60
_NO_LETTERS = {code: None for code in range(128) if not chr(code).isalpha()}
#: Words of a name that are keys of their own.
_MOST_WORDS = 8


def keys_of(features: Sequence[Feature], prepared: Prepared, *, of: str = "") -> list[int]:
    """All keys of a record, each a number of 32 bits with a sign. of: the object, whose keys are its own."""
    seed = crc32(of.encode())
    return sorted({crc32(key.encode(), seed) - 2**31 for key in _keys(features, prepared)})


def _keys(features: Sequence[Feature], prepared: Prepared) -> list[str]:
    """Lists and no generators: a scan makes twenty million keys."""
    held: dict[str, list[str]] = {}
    for feature, value in zip(features, prepared, strict=True):
        if value:
            held.setdefault(feature.kind, []).extend((value,) if isinstance(value, str) else value)
    given, family, numbers, ways = held.get("given", []), held.get("family", []), *_streets(held.get("street", ()))
    posts, dates = held.get("postcode", []), held.get("date", [])
    found = _exact(held)
    if given or family:
        found += _of_person(held, given, family, numbers, ways)
    found += [f"D{date}" for date in dates]
    found += _of_name(held)
    found += [f"nw{number}|{sound(way)}" for number in numbers for way in ways]
    found += [f"np{number}|{post}" for number in numbers for post in posts]
    for link in held.get("link", ()):
        found += [f"k{sound(mark.replace(' ', ''))}|{link}" for mark in (*family, *given)]
    found += [f"dp{date}|{post}" for date in dates for post in posts]
    found += [f"wp{way}|{post}" for way in ways for post in posts]
    return found


def _exact(held: dict[str, list[str]]) -> list[str]:
    found = []
    for mail in held.get("email", ()):
        local, _at, host = mail.partition("@")
        found += ["m" + mail, f"a{sound(_letters(local))}|{sound(_letters(host))}"]
        if len(local) > 5:
            found.append("l" + local)
    for phone in held.get("phone", ()):
        found += ["p" + phone[-7:], "q" + phone]
    # twice, so that what settles the matter is enough where two keys in common are asked for
    for text in held.get("identifier", ()):
        found += ["j" + text, "J" + text]
    for domain in held.get("domain", ()):
        found += ["h" + domain, "H" + domain]
    return found


def _letters(text: str) -> str:
    return text.translate(_NO_LETTERS) if text.isascii() else "".join(letter for letter in text if letter.isalpha())


def _of_person(
    held: dict[str, list[str]], given: list[str], family: list[str], numbers: list[str], ways: list[str]
) -> list[str]:
    givens = [word for name in given for word in name.split()[:2]]
    families = [name.replace(" ", "") for name in family]
    lasts = [sound(last) for last in families]
    # swapped names meet as well: the pair is put in the order of the alphabet
    firsts = [sound(full) for first in givens for full in full_names(first)]
    found = [f"gf{one}|{last}" if one < last else f"gf{last}|{one}" for one in firsts for last in lasts]
    if givens:
        first = givens[0]
        sorted_first, sounds = "".join(sorted(set(first))), sound(first)
        for last, heard in zip(families, lasts, strict=True):
            # letters in the wrong order, or twice
            sorted_last = "".join(sorted(set(last)))
            found += [
                f"u{min(sorted_first, sorted_last)}|{max(sorted_first, sorted_last)}",
                f"i{first[0]}|{heard}", f"i{last[0]}|{sounds}",
            ]  # fmt: skip
    marks = [*map(sound, givens[:1]), *lasts]
    marks += [sound(part) for name in family if " " in name for part in name.split()]
    places = [place.replace(" ", "")[:5] for place in held.get("place", ())]
    for date in held.get("date", ()):
        found += [f"d{mark}|{date}" for mark in marks]
        if len(date) == 8:
            near = f"|{date[:4]}|{date[:1]}{places[0] if places else ''}"
            found += [f"y{mark}{near}" for mark in marks]
            found += [f"e{mark}|{date[4:]}" for mark in marks]
    found += [f"o{mark}|{post}" for post in held.get("postcode", ()) for mark in marks]
    found += [f"n{mark}|{number}" for number in numbers for mark in marks]
    found += [f"w{mark}|{heard}" for heard in map(sound, ways) for mark in marks]
    found += [f"c{mark}|{place}" for place in places for mark in marks]
    return found


def _of_name(held: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    for name in held.get("name", ()):
        words = name.split()[:_MOST_WORDS]
        found.append("N" + "".join(words)[:6])
        found += ["t" + word for word in words]
        found += ["s" + sound(word) for word in words if len(word) > 4]
        found += [f"b{first}|{second}" for first, second in pairwise(sorted(words))]
        marks = [*(place.replace(" ", "")[:5] for place in held.get("place", ())), *held.get("postcode", ())]
        found += [f"tc{sound(word)}|{mark}" for mark in marks for word in words]
        if len(words) > 2:
            found.append("N" + "".join(word[0] for word in words))
    if "given" not in held and "family" not in held and "name" not in held:
        found += ["t" + word for text in held.get("text", ()) for word in text.split()[:_MOST_WORDS]]
    return found


def _streets(streets: Iterable[str]) -> tuple[list[str], list[str]]:
    numbers, ways = [], []
    for value in streets:
        number, way = value.split("|", 1)
        if number:
            numbers.append(number)
        if way:
            ways.append(way.replace(" ", ""))
    return numbers, ways
