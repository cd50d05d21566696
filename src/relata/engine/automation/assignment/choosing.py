"""Choosing one of several people: pure, and fair.

Everybody's turns are counted. Who comes next is who has had the smallest share of turns for their weight, so among
equals the largest and the smallest share differ by one at most. Who could not be chosen because they were away, full or
not active is not made to catch up: their count follows the others'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(slots=True)
class Candidate:
    """One who may be chosen. given: turns so far, those that were skipped while away included. total: records that
    they really got. load: open records; None where it does not matter. away_until: the last day away."""

    person: UUID
    name: str
    weight: int = 1
    skills: frozenset[str] = frozenset()
    is_active: bool = True
    away_until: date | None = None
    deputy: UUID | None = None
    load: int | None = None
    given: float = 0.0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one candidate. word: chosen, next (somebody else came first), away, full, inactive, unskilled.
    detail: until when, or what is missing."""

    person: UUID
    name: str
    word: str
    detail: str = ""
    load: int | None = None
    share: float | None = None


@dataclass(slots=True)
class Pool:
    """The candidates of one rule, as the turns go on."""

    candidates: list[Candidate]
    by_load: bool = False
    capacity: int = 0
    changed: set[UUID] = field(default_factory=set)

    def choose(self, needed: frozenset[str] = frozenset()) -> tuple[Candidate | None, list[Verdict]]:
        """The next one who knows what is needed, and what was found of each; None where there is nobody."""
        refused = {one.person: found for one in self.candidates if (found := self._why_not(one, needed))}
        able = [one for one in self.candidates if one.person not in refused]
        chosen = min(able, key=self._rank) if able else None
        verdicts = [self._verdict(one, refused.get(one.person), chosen) for one in self.candidates]
        if chosen is not None:
            chosen.given += 1
            chosen.total += 1
            chosen.load = None if chosen.load is None else chosen.load + 1
            self.changed.add(chosen.person)
            self._keep_up(able, {person for person, (word, _) in refused.items() if word != "unskilled"})
        return chosen, verdicts

    def _rank(self, one: Candidate) -> tuple[float, float, str]:
        turn = (one.given + 1) / one.weight
        load = ((one.load or 0) + 1) / one.weight if self.by_load else 0.0
        return (load, turn, one.person.hex)

    def _why_not(self, one: Candidate, needed: frozenset[str]) -> tuple[str, str] | None:
        if not one.is_active:
            return ("inactive", "")
        if one.away_until is not None:
            return ("away", one.away_until.isoformat())
        if missing := needed - one.skills:
            return ("unskilled", ", ".join(sorted(missing)))
        if self.capacity and (one.load or 0) >= self.capacity:
            return ("full", str(self.capacity))
        return None

    def _verdict(self, one: Candidate, why_not: tuple[str, str] | None, chosen: Candidate | None) -> Verdict:
        word, detail = why_not or ("chosen" if one is chosen else "next", "")
        return Verdict(one.person, one.name, word, detail, one.load, one.given)

    def _keep_up(self, able: Iterable[Candidate], kept_out: set[UUID]) -> None:
        """Who could not be chosen falls behind nobody."""
        floor = min(one.given / one.weight for one in able)
        for one in self.candidates:
            if one.person in kept_out and one.given / one.weight < floor:
                one.given = floor * one.weight
                self.changed.add(one.person)


def join(candidates: Sequence[Candidate], known: dict[UUID, tuple[float, int]]) -> None:
    """Give candidates their turns so far. known: turns and records by person. Who is new begins where the one with the
    smallest share is, so that they get no more than the others."""
    shares = [known[one.person][0] / one.weight for one in candidates if one.person in known]
    floor = min(shares, default=0.0)
    for one in candidates:
        one.given, one.total = known.get(one.person, (floor * one.weight, 0))
