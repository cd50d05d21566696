"""Two prepared records side by side: a level for each feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from relata.engine.matching.comparing import COMPARATORS, Words, name
from relata.engine.matching.features import Feature, Prepared, Value

#: Nothing to compare on one side.
UNKNOWN = -1
#: What each feature said, in their order.
Pattern = tuple[int, ...]


class Comparer:
    """Compares records of one shape. words: what the words of names weigh, by feature."""

    def __init__(self, features: Sequence[Feature], words: Mapping[str, Words]) -> None:
        self.features = tuple(features)
        self._ways = [self._way(feature, words.get(feature.name, {})) for feature in features]
        kinds = [feature.kind for feature in features]
        self._person = (kinds.index("given"), kinds.index("family")) if {"given", "family"} <= set(kinds) else None

    def _way(self, feature: Feature, words: Words) -> Callable[[str, str], int]:
        if feature.kind == "name":
            return lambda one, other: name(one, other, words)
        return COMPARATORS[feature.kind]

    def pattern(self, one: Prepared, other: Prepared) -> Pattern:
        """The level of each feature. A person whose names stand in each other's place has them alike."""
        found = []
        for way, first, second in zip(self._ways, one, other, strict=True):
            if first is None or second is None:
                found.append(UNKNOWN)
            elif isinstance(first, str) and isinstance(second, str):
                found.append(0 if first == second else way(first, second))
            else:
                found.append(_best(way, first, second))
        if self._person is not None:
            self._swap(found, one, other)
        return tuple(found)

    def _swap(self, found: list[int], one: Prepared, other: Prepared) -> None:
        at, to = self._person or (0, 0)
        if found[at] in (0, 1) or found[to] in (0, 1):
            return
        a, b, c, d = one[at], one[to], other[at], other[to]
        known = [(x, y) for x, y in ((a, d), (b, c)) if isinstance(x, str) and isinstance(y, str)]
        levels = [0 if x == y else COMPARATORS["family"](x, y) for x, y in known]
        if len(levels) == 2 and max(levels) <= 3 and min(levels) <= 2 and max(levels) < max(found[at], found[to]):
            found[at] = found[to] = 1 if max(levels) <= 1 else 3
        elif len(levels) == 1 and levels[0] <= 1 and UNKNOWN in (found[at], found[to]):
            found[at if found[to] == UNKNOWN else to] = 1


def _best(way: Callable[[str, str], int], one: Value, other: Value) -> int:
    firsts = [one] if isinstance(one, str) else one or []
    seconds = [other] if isinstance(other, str) else other or []
    return min(0 if a == b else way(a, b) for a, b in product(firsts, seconds))
