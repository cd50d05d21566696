"""Who of us knows whom: how strong a tie is, from what two people did together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

#: What one of each says about a tie; a mail from them says more than one to them.
WEIGHTS = {"meeting": 4.0, "call": 2.0, "mail_in": 1.0, "mail_out": 0.5}
#: What being responsible says, which does not fade.
ROLES = {"owner": 1.0, "deal": 1.0}
#: After so many days a meeting says half as much.
HALF_LIFE = 90.0
STRONG, GOOD = 8.0, 2.0

Person = TypeVar("Person")


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that two people did together. kind: one of `WEIGHTS`."""

    kind: str
    at: datetime


@dataclass(slots=True)
class Tie:
    """What joins somebody of us with somebody of them. roles: some of `ROLES`."""

    touches: list[Touch] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)

    def count(self, *kinds: str) -> int:
        """How many touches of these kinds there are."""
        return sum(one.kind in kinds for one in self.touches)

    @property
    def last(self) -> datetime | None:
        """When they last had to do with each other."""
        return max((one.at for one in self.touches), default=None)

    def strength(self, now: datetime) -> float:
        """Touches by weight, fading with a half-life of 90 days, and the roles. Never less for one touch more."""
        faded = sum(WEIGHTS[one.kind] * faded_by((now - one.at).days) for one in self.touches)
        return faded + sum(ROLES[name] for name in self.roles)


def faded_by(days: int) -> float:
    """What is left of a touch after so many days, 0-1."""
    return float(0.5 ** (max(0, days) / HALF_LIFE))


def level(strength: float) -> str:
    """strong, good or weak."""
    return "strong" if strength >= STRONG else "good" if strength >= GOOD else "weak"


def strongest(ties: Mapping[Person, Tie], now: datetime, most: int) -> list[tuple[Person, Tie]]:
    """The strongest ties, the strongest first; at most `most`."""
    known: Iterable[tuple[Person, Tie]] = ties.items()
    return sorted(known, key=lambda item: (-item[1].strength(now), str(item[0])))[:most]
