"""Quiet hours: a pure question of a person's clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(now: datetime, zone: str, start: str | None, end: str | None) -> datetime | None:
    """When the quiet hours that hold at `now` end, in UTC; None outside of them. start, end: wall time in the zone,
    such as 19:00 and 07:30; without both, or with equal ones, there are none.

    The wall clock counts: in the night in which clocks change, the hours are one longer or shorter. An end that the
    clock skips comes when it would have been an hour earlier or later; of one that comes twice, the first.
    """
    if not start or not end or start == end:
        return None
    here = ZoneInfo(zone)
    local = now.astimezone(here)
    begins, ends = time.fromisoformat(start), time.fromisoformat(end)
    clock = local.time().replace(tzinfo=None)
    overnight = begins > ends
    is_quiet = (clock >= begins or clock < ends) if overnight else begins <= clock < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1) if overnight and clock >= begins else local.date()
    return datetime.combine(day, ends, here).astimezone(UTC)
