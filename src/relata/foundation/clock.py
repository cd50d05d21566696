"""Time as an argument: whoever needs "now" is given a Clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """What "now" and "today" mean for one person.

    now: aware, UTC. zone: IANA name of the person's time zone. first_weekday: 0 is Monday.
    fiscal_month: the month, 1-12, in which the fiscal year starts.
    """

    now: datetime
    zone: str = "UTC"
    first_weekday: int = 0
    fiscal_month: int = 1

    @property
    def today(self) -> date:
        """The calendar day in the person's zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @classmethod
    def system(cls, zone: str = "UTC") -> Clock:
        """The machine's time, to the microsecond."""
        return cls(datetime.now(UTC), zone)
