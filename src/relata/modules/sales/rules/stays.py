"""How long a deal was in which stage: arrivals become stays that follow each other without a gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Arrival:
    """A deal came to a stage."""

    stage: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """left_at: None while the deal is there. came_from, went_to: None at the beginning and for the present stay."""

    stage: UUID
    entered_at: datetime
    left_at: datetime | None = None
    came_from: UUID | None = None
    went_to: UUID | None = None

    @property
    def duration(self) -> timedelta | None:
        """Whole seconds, never negative; None while it lasts."""
        return None if self.left_at is None else length(self.entered_at, self.left_at)


def length(entered_at: datetime, left_at: datetime) -> timedelta:
    """Whole seconds between two moments, and none where clocks disagree about their order."""
    return timedelta(seconds=max(0, int((left_at - entered_at).total_seconds())))


def stays_of(arrivals: Iterable[Arrival]) -> list[Stay]:
    """The stays that these arrivals mean, in their order. Arriving where the deal already is means nothing; one that
    says it came before the last one is taken to have come with it."""
    stays: list[Stay] = []
    for arrival in arrivals:
        last = stays[-1] if stays else None
        if last is None:
            stays.append(Stay(arrival.stage, arrival.at))
        elif last.stage != arrival.stage:
            at = max(arrival.at, last.entered_at)
            stays[-1] = Stay(last.stage, last.entered_at, at, last.came_from, arrival.stage)
            stays.append(Stay(arrival.stage, at, came_from=last.stage))
    return stays


def present_stage(stays: Iterable[Stay]) -> UUID | None:
    """Where the history ends: the stage of the one stay that lasts; None for no history."""
    return next((stay.stage for stay in reversed(list(stays)) if stay.left_at is None), None)
