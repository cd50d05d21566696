"""Teams as they may be shown: none of fewer than three people apart, and none that a difference would tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

LEAST_PEOPLE = 3


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what teams do. teams: whose numbers it holds; None among them for people without a team. name: ""
    for all others together. people: how many belong to it."""

    name: str
    teams: frozenset[UUID | None]
    people: int


def groups_of(names: Mapping[UUID, str], people: Mapping[UUID | None, int]) -> Sequence[Group]:
    """The largest first, all others last. A rest of one or two people takes the smallest group along, or it would be
    what is missing from the total; where nothing else is left, everybody is one group."""
    large = sorted(
        (team for team, count in people.items() if team in names and count >= LEAST_PEOPLE),
        key=lambda team: (-people[team], names[team] if team else ""),
    )
    rest = {team for team in people if team not in large}
    while large and 0 < _sum(people, rest) < LEAST_PEOPLE:
        rest.add(large.pop())
    found = [Group(name=names[team], teams=frozenset({team}), people=people[team]) for team in large if team]
    if rest:
        found.append(Group(name="", teams=frozenset(rest), people=_sum(people, rest)))
    return found


def _sum(people: Mapping[UUID | None, int], teams: Iterable[UUID | None]) -> int:
    return sum(people[team] for team in teams)
