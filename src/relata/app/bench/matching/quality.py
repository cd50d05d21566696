"""Precision, recall and F1 of pairs, and of whole groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares, 0-1. cluster_f1: of groups found exactly as they are, those of one record not counted."""

    precision: float
    recall: float
    f1: float
    cluster_f1: float


def quality(truth: Sequence[str], groups: Sequence[Sequence[int]], part: set[str] | None = None) -> Quality:
    """How the groups that were found compare with what is true. part: the entities that count; a pair counts when one
    of its records is of them."""
    wanted = {frozenset(group) for group in _true_groups(truth) if part is None or truth[group[0]] in part}
    found = {frozenset(group) for group in groups if part is None or any(truth[at] in part for at in group)}
    true_pairs = {pair for group in wanted for pair in combinations(sorted(group), 2)}
    found_pairs = {
        pair
        for group in found
        for pair in combinations(sorted(group), 2)
        if part is None or truth[pair[0]] in part or truth[pair[1]] in part
    }
    right = len(true_pairs & found_pairs)
    precision, recall = _share(right, len(found_pairs)), _share(right, len(true_pairs))
    whole = len(wanted & found)
    return Quality(
        precision, recall, _f1(precision, recall), _f1(_share(whole, len(found)), _share(whole, len(wanted)))
    )


def _true_groups(truth: Sequence[str]) -> list[list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at, entity in enumerate(truth):
        groups[entity].append(at)
    return [group for group in groups.values() if len(group) > 1]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
