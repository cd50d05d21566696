"""The beginnings of periods say of each moment what its zone says, also where clocks change at midnight or a day is
left out."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from relata.engine.reporting.periods import begin
from relata.foundation.period_starts import GRAINS, period_starts

ZONES = ("Europe/Berlin", "America/Havana", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu", "UTC")


FIRST = datetime(2009, 1, 1, tzinfo=UTC)
APIA = int((datetime(2011, 12, 30, 10, tzinfo=UTC) - FIRST).total_seconds())
HAVANA = int((datetime(2012, 11, 4, 4, 30, tzinfo=UTC) - FIRST).total_seconds())


@given(st.integers(0, 4 * 365 * 86_400), st.sampled_from(ZONES), st.sampled_from(GRAINS))
@example(APIA, "Pacific/Apia", "day")
@example(HAVANA, "America/Havana", "day")
def test_each_moment_is_of_the_period_of_its_local_day(seconds: int, zone: str, grain: str) -> None:
    moment = FIRST + timedelta(seconds=seconds)
    known = period_starts(zone, grain, 2011)
    moments = [datetime.fromisoformat(text) for text in msgspec.json.decode(f"[{known.moments[1:-1]}]")]
    days = [date.fromisoformat(text) for text in msgspec.json.decode(f"[{known.days[1:-1]}]")]
    assert known.since <= moment < known.until and moments == sorted(moments)
    assert days[bisect_right(moments, moment) - 1] == begin(moment.astimezone(ZoneInfo(zone)).date(), grain)
