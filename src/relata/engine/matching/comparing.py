"""How alike two prepared values are, as a level: 0 is the same, the last is different. What a level is worth, the model
knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from relata.engine.matching.folding import sound
from relata.engine.matching.nicknames import full_names

#: Kind to the number of its levels.
LEVELS = {
    "given": 5, "family": 5, "name": 6, "street": 6, "place": 4, "region": 2, "postcode": 4, "date": 4, "number": 3,
    "email": 4, "phone": 3, "domain": 2, "identifier": 3, "category": 3, "text": 4, "link": 2,
}  # fmt: skip
Words = Mapping[str, float]
_likeness = JaroWinkler.similarity
_typed = OSA.distance


@lru_cache(maxsize=100_000)
def given(one: str, other: str) -> int:
    """The same, one mistake, a nickname or an initial, alike, different."""
    if one == other:
        return 0
    joined, beside = one.replace(" ", ""), other.replace(" ", "")
    if joined == beside:
        return 0
    if min(len(joined), len(beside)) > 2 and _typed(joined, beside, score_cutoff=1) <= 1:
        return 1
    firsts, seconds = one.split(), other.split()
    if any(full_names(a) & full_names(b) for a in firsts for b in seconds):
        return 2
    a, b = firsts[0], seconds[0]
    if (len(a) == 1 or len(b) == 1) and a[0] == b[0]:
        return 2
    if len(a) > 2 and len(b) > 2 and (a.startswith(b) or b.startswith(a)):
        return 2
    return (
        3
        if _likeness(joined, beside) >= 0.82 or _typed(joined, beside, score_cutoff=2) <= 2 < min(len(a), len(b)) - 1
        else 4
    )


@lru_cache(maxsize=100_000)
def family(one: str, other: str) -> int:
    """The same, one mistake, one of two names or two mistakes, alike, different."""
    if one == other:
        return 0
    joined, beside = one.replace(" ", ""), other.replace(" ", "")
    if joined == beside:
        return 0
    shorter = min(len(joined), len(beside))
    if shorter > 2 and _typed(joined, beside, score_cutoff=1) <= 1:
        return 1
    if (" " in one or " " in other) and set(one.split()) & set(other.split()):
        return 2
    if shorter > 4 and _typed(joined, beside, score_cutoff=2) <= 2:
        return 2
    if shorter > 2 and (_likeness(joined, beside) >= 0.85 or sound(joined) == sound(beside)):
        return 3
    if shorter == 1 and joined[0] == beside[0]:
        return 3
    return 4


def name(one: str, other: str, words: Words) -> int:
    """The same, nearly, most of what tells apart, one within the other, something, different."""
    if one == other:
        return 0
    joined, beside = one.replace(" ", ""), other.replace(" ", "")
    if joined == beside:
        return 0
    shorter = min(len(joined), len(beside))
    if shorter > 4 and _typed(joined, beside, score_cutoff=2) <= (1 if shorter < 8 else 2) and _same_digits(one, other):
        return 1
    whole, part = overlap(one.split(), other.split(), words)
    if whole >= 0.8:
        return 1
    if whole >= 0.55:
        return 2
    if part >= 0.95 or (shorter >= 5 and (joined in beside or beside in joined)) or _initials(one, other):
        return 3
    return 4 if whole >= 0.25 or _likeness(joined, beside) >= 0.85 else 5


def overlap(one: list[str], other: list[str], words: Words) -> tuple[float, float]:
    """How much of the weight of both lists, and of the lighter one, is in both, 0-1; one mistake in a word counts as
    nearly the same."""
    common = words.get("", 8.0)
    first = {word: words.get(word, common) for word in one}
    second = {word: words.get(word, common) for word in other}
    shared = sum(first[word] for word in first if word in second)
    alone, beside = [word for word in first if word not in second], [word for word in second if word not in first]
    for word in alone:
        best = max(beside, key=lambda found: _likeness(word, found), default="")
        if best and _is_typo(word, best):
            shared += 0.85 * min(first[word], second[best])
            beside.remove(best)
    of_first, of_second = sum(first.values()), sum(second.values())
    union = of_first + of_second - shared
    return (shared / union if union else 0.0), (shared / min(of_first, of_second) if of_first and of_second else 0.0)


def _is_typo(word: str, other: str) -> bool:
    if word.isdigit() or other.isdigit():
        return False
    shorter = min(len(word), len(other))
    if shorter >= 3 and (word.startswith(other) or other.startswith(word)):
        return True
    return shorter >= 4 and _typed(word, other, score_cutoff=2) <= (1 if shorter < 8 else 2)


def _same_digits(one: str, other: str) -> bool:
    return [word for word in one.split() if word.isdigit()] == [word for word in other.split() if word.isdigit()]


def _initials(one: str, other: str) -> bool:
    short, long = (one, other) if len(one) < len(other) else (other, one)
    words = long.split()
    return (
        " " not in short and len(words) > 1 and 2 <= len(short) == len(words) and short == "".join(w[0] for w in words)
    )


def street(one: str, other: str) -> int:
    """Number and street the same; one number and a street alike; the street the same; a street alike; the number only;
    different."""
    if one == other:
        return 0
    number, way = one.split("|", 1)
    digits, road = other.split("|", 1)
    solid, beside = way.replace(" ", ""), road.replace(" ", "")
    is_near = bool(solid and beside) and (
        solid == beside
        or _likeness(solid, beside) >= 0.9
        or _typed(solid, beside, score_cutoff=3) <= max(1, len(solid) // 6)
        or _shares(way, road)
    )
    if number and number == digits:
        if solid == beside:
            return 0
        return 1 if is_near or not solid or not beside else 4
    if solid and solid == beside:
        return 2
    return 3 if is_near else 5


def _shares(one: str, other: str) -> bool:
    """All words of one are in the other, beyond what any street has."""
    first, second = set(one.split()), set(other.split())
    small = first if len(first) < len(second) else second
    return any(len(word) > 3 for word in small) and first & second == small and small != {"street"}


@lru_cache(maxsize=100_000)
def place(one: str, other: str) -> int:
    """The same, nearly, alike, different."""
    if one == other:
        return 0
    solid, beside = one.replace(" ", ""), other.replace(" ", "")
    if solid == beside:
        return 0
    if min(len(solid), len(beside)) > 3 and _typed(solid, beside, score_cutoff=2) <= (1 if len(solid) < 7 else 2):
        return 1
    if _likeness(solid, beside) >= 0.86 or _shares(one, other):
        return 2
    return 3


def region(one: str, other: str) -> int:
    """The same or not."""
    return 0 if one == other else 1


def postcode(one: str, other: str) -> int:
    """The same, one mistake, the same area, different."""
    if one == other:
        return 0
    if _typed(one, other, score_cutoff=1) <= 1:
        return 1
    return 2 if one[:3] == other[:3] and len(one) > 3 else 3


def date(one: str, other: str) -> int:
    """The same; one digit, two swapped, day and month swapped; two of its three parts; different."""
    if one == other:
        return 0
    if _typed(one, other, score_cutoff=1) <= 1 or (
        one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6]
    ):
        return 1
    if len(one) != 8 or len(other) != 8:
        return 3
    same = (one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])
    return 2 if same >= 2 or _typed(one, other, score_cutoff=2) <= 2 else 3


def number(one: str, other: str) -> int:
    """The same, one digit, different."""
    return 0 if one == other else 1 if len(one) > 2 and _typed(one, other, score_cutoff=1) <= 1 else 2


def email(one: str, other: str) -> int:
    """The same, mistyped, the same mailbox elsewhere, different."""
    if one == other:
        return 0
    if _typed(one, other, score_cutoff=2) <= 2:
        return 1
    local, beside = one.partition("@")[0], other.partition("@")[0]
    if local == beside and len(local) > 4:
        return 2
    return 2 if len(local) > 6 and _typed(one, other, score_cutoff=4) <= 4 else 3


def phone(one: str, other: str) -> int:
    """The same, one mistake or without the area, different."""
    if one == other:
        return 0
    shorter, longer = (one, other) if len(one) < len(other) else (other, one)
    if len(shorter) >= 7 and longer.endswith(shorter):
        return 0
    return 1 if len(shorter) >= 7 and _typed(one, other, score_cutoff=1) <= 1 else 2


def domain(one: str, other: str) -> int:
    """The same or not, whatever stands before it."""
    return 0 if one == other or one.endswith("." + other) or other.endswith("." + one) else 1


def identifier(one: str, other: str) -> int:
    """The same, one mistake, different."""
    return 0 if one == other else 1 if min(len(one), len(other)) > 4 and _typed(one, other, score_cutoff=1) <= 1 else 2


def category(one: str, other: str) -> int:
    """The same, a word in common, different."""
    return 0 if one == other else 1 if set(one.split()) & set(other.split()) else 2


COMPARATORS: dict[str, Callable[[str, str], int]] = {
    "given": given, "family": family, "street": street, "place": place, "region": region, "postcode": postcode,
    "date": date, "number": number, "email": email, "phone": phone, "domain": domain, "identifier": identifier,
    "category": category, "text": place, "link": region,
}  # fmt: skip
