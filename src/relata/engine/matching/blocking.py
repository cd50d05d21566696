"""Keys under which records meet: two that share none are never compared, two that share one are.

Each way needs other fields to be right, so that a record with a mistake in any of them still meets its twin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

from relata.engine.matching.features import Feature, Prepared
from relata.engine.matching.folding import sound
from relata.engine.matching.nicknames import full_names

#: Records that may share a key and still be compared with each other: a wider one says nothing.
WIDEST = 60
#: Words of a name that are keys of their own.
_MOST_WORDS = 8


def keys_of(features: Sequence[Feature], prepared: Prepared, *, of: str = "") -> list[int]:
    """All keys of a record, each a number of 32 bits with a sign. of: the object, whose keys are its own."""
    seed = crc32(of.encode())
    return sorted({crc32(key.encode(), seed) - 2**31 for key in _keys(features, prepared)})


def _keys(features: Sequence[Feature], prepared: Prepared) -> Iterator[str]:
    held: dict[str, list[str]] = {}
    for feature, value in zip(features, prepared, strict=True):
        if value:
            held.setdefault(feature.kind, []).extend([value] if isinstance(value, str) else value)
    yield from _exact(held)
    yield from _of_person(held)
    yield from _of_name(held)
    numbers, ways = _streets(held)
    posts, dates = held.get("postcode", []), held.get("date", [])
    for number in numbers:
        for way in ways:
            yield f"nw{number}|{sound(way)}"
        for post in posts:
            yield f"np{number}|{post}"
    for link in held.get("link", ()):
        for mark in (*held.get("family", ()), *held.get("given", ())):
            yield f"k{sound(mark.replace(' ', ''))}|{link}"
    for date in dates:
        for post in posts:
            yield f"dp{date}|{post}"
    for way in ways:
        for post in posts:
            yield f"wp{way}|{post}"


def _exact(held: dict[str, list[str]]) -> Iterator[str]:
    for mail in held.get("email", ()):
        yield "m" + mail
        local = mail.partition("@")[0]
        if len(local) > 5:
            yield "l" + local
        yield f"a{sound(_letters(local))}|{sound(_letters(mail.partition('@')[2]))}"
    for phone in held.get("phone", ()):
        yield "p" + phone[-7:]
        yield "q" + phone
    # twice, so that what settles the matter is enough where two keys in common are asked for
    for text in held.get("identifier", ()):
        yield "j" + text
        yield "J" + text
    for domain in held.get("domain", ()):
        yield "h" + domain
        yield "H" + domain


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


def _of_person(held: dict[str, list[str]]) -> Iterator[str]:
    givens = [word for name in held.get("given", ()) for word in name.split()[:2]]
    families = [name.replace(" ", "") for name in held.get("family", ())]
    # swapped names meet as well: the pair is put in the order of the alphabet
    for first in givens:
        for last in families:
            for full in full_names(first):
                yield "gf" + "|".join(sorted((sound(full), sound(last))))
    for first in givens[:1]:
        for last in families:
            # letters in the wrong order, or twice
            yield "u" + "|".join(sorted(("".join(sorted(set(first))), "".join(sorted(set(last))))))
            yield f"i{first[0]}|{sound(last)}"
            yield f"i{last[0]}|{sound(first)}"
    marks = [("g", sound(word)) for word in givens[:1]] + [("f", sound(word)) for word in families]
    marks += [("f", sound(part)) for name in held.get("family", ()) if " " in name for part in name.split()]
    numbers, ways = _streets(held)
    places = [place.replace(" ", "")[:5] for place in held.get("place", ())]
    for _kind, mark in marks:
        for date in held.get("date", ()):
            yield f"d{mark}|{date}"
            if len(date) == 8:
                yield f"y{mark}|{date[:4]}|{date[:1]}{places[0] if places else ''}"
                yield f"e{mark}|{date[4:]}"
        for post in held.get("postcode", ()):
            yield f"o{mark}|{post}"
        for number in numbers:
            yield f"n{mark}|{number}"
        for way in ways:
            yield f"w{mark}|{sound(way)}"
        for place in places:
            yield f"c{mark}|{place}"
    for date in held.get("date", ()):
        yield f"D{date}"


def _of_name(held: dict[str, list[str]]) -> Iterator[str]:
    for name in held.get("name", ()):
        words = name.split()[:_MOST_WORDS]
        yield "N" + "".join(words)[:6]
        for word in words:
            yield "t" + word
            if len(word) > 4:
                yield "s" + sound(word)
        ordered = sorted(words)
        for first, second in pairwise(ordered):
            yield f"b{first}|{second}"
        places = [place.replace(" ", "")[:5] for place in held.get("place", ())]
        posts = held.get("postcode", [])
        for word in words:
            for mark in (*places, *posts):
                yield f"tc{sound(word)}|{mark}"
        if len(words) > 2:
            yield "N" + "".join(word[0] for word in words)
    if "given" not in held and "family" not in held and "name" not in held:
        for text in held.get("text", ()):
            for word in text.split()[:_MOST_WORDS]:
                yield "t" + word


def _streets(held: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    numbers, ways = [], []
    for value in held.get("street", ()):
        number, way = value.split("|", 1)
        if number:
            numbers.append(number)
        if way:
            ways.append(way.replace(" ", ""))
    return numbers, ways
