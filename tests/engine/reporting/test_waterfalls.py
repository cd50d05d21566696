"""From then to now: the parts add up to the difference, and each record is in one of them."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.engine.reporting.deals import furnish
from tests.engine.reporting.test_looking_back import dated, live

from relata.engine.reporting.definition import Definition, Measure
from relata.engine.reporting.running import run
from relata.engine.reporting.waterfalls import Waterfall, waterfall
from relata.foundation.errors import Invalid
from relata.testing.house import House

OPEN = Definition(object="opportunity", where='status = "open"', measures=(Measure(function="sum", path="amount"),))


def adds_up(found: Waterfall) -> bool:
    """Start and parts are the end, and no record is told twice."""
    start, *between, end = found.bars
    ids = [part.id for bar in between for part in bar.parts]
    return start.value + sum(bar.value for bar in between) == end.value and len(ids) == len(set(ids))


async def test_parts_add_up_between_any_two_days(house: House) -> None:
    person = await furnish(house, 30)
    chance = random.Random(5)
    for days in (5, 4, 3):
        async with house.system() as work:
            await live(work, chance, await work.find("stage"))
            await dated(work, days)
    async with house.system() as work:
        today = work.clock.today
        for until in (None, today - timedelta(days=3)):
            found = await waterfall(work, OPEN, today - timedelta(days=5), until)
            assert adds_up(found)
            assert {"new", "left"} <= {bar.kind for bar in found.bars}
            then = await run(work, OPEN, as_on=today - timedelta(days=5))
            assert found.bars[0].value == then.value(0, 0)
        counted = await waterfall(work, Definition(object="opportunity", where='status = "open"'), today - timedelta(4))
        assert adds_up(counted)
    async with house.as_person(person) as work:
        less = await waterfall(work, OPEN, today - timedelta(days=5))
        assert adds_up(less)
        assert Decimal(0) < less.bars[-1].value < found.bars[-1].value


async def test_what_can_not_be_followed_says_so(house: House) -> None:
    async with house.system() as work:
        day = work.clock.today - timedelta(days=2)
        median = Definition(object="opportunity", measures=(Measure(function="median", path="amount"),))
        with pytest.raises(Invalid, match="sum"):
            await waterfall(work, median, day)
        with pytest.raises(Invalid, match="after"):
            await waterfall(work, OPEN, day, day)
