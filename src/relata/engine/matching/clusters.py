"""Pairs become groups: whoever is alike to most of a group on the whole belongs to it, so that one bad pair joins no
two crowds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from itertools import product
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
#: Bits of one pair that count at most, either way.
_CLIP = 10.0
#: Pairs between two groups that are looked at.
_MOST = 400


def clusters(
    pairs: Mapping[tuple[Key, Key], float], score: Callable[[Key, Key], float], *, threshold: float = 0.0
) -> list[list[Key]]:
    """Groups of two and more. pairs: scores in bits; those from `threshold` on join, best first, where the mean between
    the two groups does too. score: of a pair that was no candidate."""
    group: dict[Key, list[Key]] = {}
    for (one, other), bits in sorted(pairs.items(), key=lambda found: -found[1]):
        if bits < threshold:
            break
        first, second = group.get(one) or [one], group.get(other) or [other]
        if first is second:
            continue
        total, count = 0.0, 0
        for a, b in product(first, second):
            known = pairs.get((a, b)) or pairs.get((b, a))
            total += max(-_CLIP, min(_CLIP, score(a, b) if known is None else known))
            count += 1
            if count >= _MOST:
                break
        if total / count < threshold:
            continue
        joined = first + second
        for key in joined:
            group[key] = joined
    return list({id(found): found for found in group.values()}.values())
