"""Which records are compared with each other: all that share a key that not too many have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from random import Random

from relata.engine.matching.blocking import WIDEST, keys_of
from relata.engine.matching.features import Feature, Prepared

Pair = tuple[int, int]


def candidates(features: Sequence[Feature], records: Sequence[Prepared]) -> set[Pair]:
    """Pairs of positions, the smaller first."""
    blocks: dict[int, list[int]] = defaultdict(list)
    for at, record in enumerate(records):
        for key in keys_of(features, record):
            blocks[key].append(at)
    return pairs_of(blocks.values())


def pairs_of(blocks: Iterable[list[int]]) -> set[Pair]:
    """The pairs within blocks of positions in rising order."""
    return {pair for block in blocks if len(block) <= WIDEST for pair in combinations(block, 2)}


def drawn(count: int, *, most: int = 20_000) -> list[Pair]:
    """Pairs of positions at random, the same ones each time."""
    if count < 2:
        return []
    chance = Random(count)
    found = ((chance.randrange(count), chance.randrange(count)) for _one in range(most))
    return [(min(pair), max(pair)) for pair in found if pair[0] != pair[1]]
