"""The score of a pair, what each feature adds to it, and what stands against merging it without asking."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.matching.features import Feature, Prepared
from relata.engine.matching.model import Model
from relata.engine.matching.pairs import UNKNOWN, Comparer, Pattern

#: Kinds that say where something is: many things are in one house, share its number and its post.
_WHERE = ("street", "phone", "place", "postcode", "region")
#: Bits that these can add together where the names of two things differ.
_HOUSE = 12.0
#: By how many bits a name that has something in common, or nothing, counts against two things beyond its weight.
_OTHER_NAME = {4: 8.0, 5: 14.0}
#: Another given name without the same day of birth: of one family, at one address.
_OTHER_PERSON = 4.0
#: Kinds that belong to one thing only; two that differ in one of them are not merged without asking.
_STRONG = ("identifier", "date")


class Scorer:
    """Compares records of one shape with what was learned."""

    def __init__(self, features: Sequence[Feature], model: Model) -> None:
        self.features = tuple(features)
        self.model = model
        self._comparer = Comparer(features, model.words)
        kinds = [feature.kind for feature in features]
        self._where = [at for at, kind in enumerate(kinds) if kind in _WHERE]
        # a person's company has a name, too, and may change
        self._name = kinds.index("name") if "name" in kinds and "family" not in kinds else None
        self._given = kinds.index("given") if "given" in kinds else None
        self._date = kinds.index("date") if "date" in kinds else None
        self._strong = [at for at, kind in enumerate(kinds) if kind in _STRONG]

    def pattern(self, one: Prepared, other: Prepared) -> Pattern:
        """The level of each feature."""
        return self._comparer.pattern(one, other)

    def score(self, one: Prepared, other: Prepared) -> float:
        """log2 of the odds that they are the same thing."""
        return self.model.prior + sum(self.parts(self.pattern(one, other), one))

    def parts(self, pattern: Pattern, one: Prepared) -> list[float]:
        """What each feature adds, in bits; 0 where it says nothing. one: either of the two."""
        model, found = self.model, []
        for at, level in enumerate(pattern):
            if level == UNKNOWN:
                found.append(0.0)
                continue
            bits = model.weights[at][level]
            if level == 0 and model.rare and isinstance(value := one[at], str):
                bits += model.values[at].get(value, model.rare[at])
            found.append(bits)
        if self._name is not None and (against := _OTHER_NAME.get(pattern[self._name])):
            found[self._name] -= against
            self._cap(found)
        same_birth = self._date is not None and pattern[self._date] in (0, 1)
        if self._given is not None and pattern[self._given] == 4 and not same_birth:
            found[self._given] -= _OTHER_PERSON
        return found

    def _cap(self, found: list[float]) -> None:
        whole = sum(found[at] for at in self._where if found[at] > 0)
        if whole > _HOUSE:
            for at in self._where:
                if found[at] > 0:
                    found[at] *= _HOUSE / whole

    def conflicts(self, pattern: Pattern) -> tuple[str, ...]:
        """The features that belong to one thing only, and differ."""
        return tuple(self.features[at].name for at in self._strong if pattern[at] >= 2)
