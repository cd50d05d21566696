"""Who asks, and when."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.foundation.clock import Clock


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """What today(), me() and my_teams() mean. Without a person, me() and my_team() equal nothing."""

    clock: Clock
    me: UUID | None = None
    my_team: UUID | None = None
    my_teams: tuple[UUID, ...] = ()
