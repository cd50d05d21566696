"""What agreement and disagreement are worth: Fellegi and Sunter's weights, learned from the records themselves.

For each level of a feature, m is its share among pairs that are the same thing and u its share among those that are
not; log2(m/u) is its weight. Nobody has to mark pairs: expectation maximisation finds both from the candidates, held
near the usual values where there is little to learn from. A value that many have weighs less than a rare one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2

import msgspec

from relata.engine.matching.candidates import Pair
from relata.engine.matching.features import Feature, Prepared
from relata.engine.matching.pairs import UNKNOWN, Comparer, Pattern

#: The usual m and u of each level, by kind.
USUAL: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "given": ((0.76, 0.10, 0.06, 0.03, 0.05), (0.012, 0.004, 0.012, 0.022, 0.95)),
    "family": ((0.80, 0.10, 0.03, 0.02, 0.05), (0.005, 0.002, 0.003, 0.01, 0.98)),
    "name": ((0.60, 0.13, 0.10, 0.07, 0.07, 0.03), (0.0005, 0.0004, 0.001, 0.003, 0.03, 0.9651)),
    "street": ((0.65, 0.12, 0.06, 0.04, 0.06, 0.07), (0.0003, 0.0003, 0.003, 0.01, 0.015, 0.9714)),
    "place": ((0.80, 0.10, 0.03, 0.07), (0.03, 0.005, 0.015, 0.95)),
    "region": ((0.90, 0.10), (0.25, 0.75)),
    "postcode": ((0.82, 0.08, 0.02, 0.08), (0.004, 0.006, 0.02, 0.97)),
    "date": ((0.88, 0.07, 0.02, 0.03), (0.0004, 0.001, 0.01, 0.9886)),
    "number": ((0.85, 0.05, 0.10), (0.03, 0.05, 0.92)),
    "email": ((0.80, 0.08, 0.06, 0.06), (0.0002, 0.0003, 0.0005, 0.999)),
    "phone": ((0.82, 0.08, 0.10), (0.0008, 0.0004, 0.9988)),
    "domain": ((0.85, 0.15), (0.005, 0.995)),
    "identifier": ((0.93, 0.04, 0.03), (0.00002, 0.0003, 0.99968)),
    "category": ((0.65, 0.10, 0.25), (0.12, 0.05, 0.83)),
    "link": ((0.75, 0.25), (0.002, 0.998)),
    "text": ((0.55, 0.15, 0.10, 0.20), (0.01, 0.005, 0.02, 0.965)),
}
#: So many pairs are the usual values worth beside what was seen.
HELD = 30.0
#: Matches that are expected of so many records, at first and at least.
_EXPECTED, _FEWEST = 0.05, 0.002
#: Bits by which a value's rarity may move a weight.
_RARITY = 4.0
#: Values whose frequency is kept, by feature.
_KEPT = 5000


class Model(msgspec.Struct, frozen=True):
    """prior: log2 of the odds that a candidate is the same thing. weights: bits by feature and level. values: how much
    less (or more) than usual agreement in a value is worth, where it is not `rare`. words: what a word of a name
    weighs, "" for one that was not seen. pairs: how many it was learned from."""

    prior: float
    weights: tuple[tuple[float, ...], ...]
    values: tuple[dict[str, float], ...] = ()
    rare: tuple[float, ...] = ()
    words: dict[str, dict[str, float]] = {}
    pairs: int = 0


def usual(features: Sequence[Feature]) -> Model:
    """The model before anything was seen."""
    weights = tuple(_weights(*USUAL[feature.kind]) for feature in features)
    return Model(prior=-13.0, weights=weights)


def _weights(same: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(log2(m / u), 3) for m, u in zip(same, other, strict=True))


def word_weights(features: Sequence[Feature], records: Iterable[Prepared]) -> dict[str, dict[str, float]]:
    """What the words of names weigh, in bits: the rarer, the more."""
    places = [(at, feature.name) for at, feature in enumerate(features) if feature.kind == "name"]
    counts: dict[str, Counter[str]] = {name: Counter() for _at, name in places}
    total = 0
    for record in records:
        total += 1
        for at, name in places:
            value = record[at]
            if isinstance(value, str):
                counts[name].update(set(value.split()))
    found = {}
    for name, seen in counts.items():
        top = log2(1 + total / 1.5)
        found[name] = {word: round(log2(1 + total / count), 2) for word, count in seen.most_common(_KEPT) if count > 1}
        found[name][""] = round(max(top, 1.0), 2)
    return found


def rarity(
    features: Sequence[Feature], records: Sequence[Prepared]
) -> tuple[tuple[dict[str, float], ...], tuple[float, ...]]:
    """By how many bits agreement in a value is worth more or less than in the feature on the whole."""
    values: list[dict[str, float]] = []
    rare: list[float] = []
    for at, feature in enumerate(features):
        seen: Counter[str] = Counter(value for record in records if isinstance(value := record[at], str))
        total = sum(seen.values())
        if total < 50 or feature.kind in ("region", "category"):
            values.append({})
            rare.append(0.0)
            continue
        mean = sum((count / total) ** 2 for count in seen.values())
        shift = {
            value: round(_bounded(log2(mean * total / count)), 2)
            for value, count in seen.most_common(_KEPT)
            if count > 2
        }
        values.append(shift)
        rare.append(round(_bounded(log2(max(mean * total / 2, 1.0))), 2))
    return tuple(values), tuple(rare)


def _bounded(bits: float) -> float:
    return max(-_RARITY, min(_RARITY, bits))


def learn_from(
    features: Sequence[Feature], records: Sequence[Prepared], pairs: Collection[Pair], others: Collection[Pair], *,
    seeds: int | None = None, whole: int | None = None,
) -> Model:  # fmt: skip
    """The model of these records. pairs: candidates among them; others: drawn at random. seeds: so many of the records,
    the first, stand for `whole` ones; the rest are there because they are candidates of these."""
    drawn = records[: len(records) if seeds is None else seeds]
    words = word_weights(features, drawn)
    comparer = Comparer(features, words)
    patterns = Counter(comparer.pattern(records[one], records[other]) for one, other in pairs)
    random = Counter(comparer.pattern(records[one], records[other]) for one, other in others)
    values, rare = rarity(features, drawn)
    model = learn(features, drawn, patterns, random, whole=whole)
    return msgspec.structs.replace(model, values=values, rare=rare, words=words)


def learn(
    features: Sequence[Feature], records: Sequence[Prepared], patterns: Mapping[Pattern, int],
    others: Mapping[Pattern, int], *, whole: int | None = None, rounds: int = 40,
) -> Model:  # fmt: skip
    """Weights from candidates and from pairs that were drawn at random. patterns, others: how often each was seen.
    whole: how many records there are, where `records` are drawn from them.

    u is of all pairs, not of the candidates: these were chosen because they agree in something, and most that share a
    common name are namesakes. So the prior is of all pairs, too.
    """
    unlike = [_unlike(feature, at, records, others) for at, feature in enumerate(features)]
    alike = [list(USUAL[feature.kind][0]) for feature in features]
    count = len(records) if whole is None else whole
    each_stands_for = count / max(len(records), 1)
    total = max(count * (count - 1) / 2, 1.0)
    matched = _EXPECTED * count
    for _round in range(rounds):
        odds_before = matched / max(total - matched, 1.0)
        sums = [[0.0] * len(m) for m in alike]
        ratios = [[m / u for m, u in zip(ms, us, strict=True)] for ms, us in zip(alike, unlike, strict=True)]
        found = 0.0
        for pattern, times in patterns.items():
            odds = odds_before
            for at, level in enumerate(pattern):
                if level != UNKNOWN:
                    odds *= ratios[at][level]
            expected = times * odds / (1 + odds)
            found += expected
            for at, level in enumerate(pattern):
                if level != UNKNOWN:
                    sums[at][level] += expected
        before, matched = matched, max(found * each_stands_for, _FEWEST * count, 0.5)
        alike = [_held(seen, USUAL[feature.kind][0], HELD) for seen, feature in zip(sums, features, strict=True)]
        if abs(before - matched) < 1e-3 * before:
            break
    return Model(
        prior=round(log2(matched / max(total - matched, 1.0)), 3),
        weights=tuple(_weights(m, u) for m, u in zip(alike, unlike, strict=True)), pairs=sum(patterns.values()),
    )  # fmt: skip


def _unlike(feature: Feature, at: int, records: Sequence[Prepared], others: Mapping[Pattern, int]) -> list[float]:
    """u of a feature: from pairs at random; that two have the very same value, from how often each value is there."""
    usual_shares = USUAL[feature.kind][1]
    seen = [0.0] * len(usual_shares)
    for pattern, count in others.items():
        if pattern[at] != UNKNOWN:
            seen[pattern[at]] += count
    found = _held(seen, usual_shares, 1000.0)
    values = Counter(value for record in records if isinstance(value := record[at], str))
    total = sum(values.values())
    if total > 200:
        same = sum(count * (count - 1) for count in values.values()) / (total * (total - 1))
        found[0] = max(same, 1 / (total * 10))
    return found


def _held(seen: Sequence[float], usual_shares: Sequence[float], weight: float) -> list[float]:
    total = sum(seen) + weight
    return [(count + weight * share) / total for count, share in zip(seen, usual_shares, strict=True)]
