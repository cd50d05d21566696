"""What a metric is: a figure over records, how it reads, which way is better, and since when it is counted so."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from relata.engine.metadata.wording import worded
from relata.engine.reporting.definition import Definition

BETTER = ("up", "down", "neither")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A former definition. until: the day on which it was replaced; note: why."""

    version: int
    until: date
    note: str = ""
    definition: Definition | None = None


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """key: its name in cards and reports, such as sales.win_rate. definition: a report without groups; its first shown
    measure is the number. needs: what there would have to be to count it, for one that can't be counted yet. better: of
    BETTER. least: fewer records than this make it shaky, and it says so. compares: whether the period before says
    anything; it doesn't where only what is open now counts. changes: former definitions, the oldest first. id, owner:
    None for one that a module ships."""

    key: str
    label: str
    help: str
    definition: Definition = Definition(object="")
    needs: str = ""
    better: str = "up"
    least: int = 10
    compares: bool = True
    version: int = 1
    changes: tuple[Change, ...] = ()
    id: UUID | None = None
    owner: UUID | None = None

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.label if self.id else worded(self.label)

    @property
    def lack(self) -> str:
        """What it needs, likewise."""
        return worded(self.needs)

    @property
    def advice(self) -> str:
        """Likewise."""
        return self.help if self.id else worded(self.help)
