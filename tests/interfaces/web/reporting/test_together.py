"""Cards that are asked for at the same time share what they read, and no older news than the newest change."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.dashboards.body import Body, Card, Tab
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.interfaces.web.dashboards.together import Together
from relata.testing.house import House

BY_INDUSTRY = (Grouping(path="industry"),)
CARDS = (
    Card(id="a", definition=Definition(object="account", rows=BY_INDUSTRY)),
    Card(id="b", definition=Definition(object="account", rows=BY_INDUSTRY, measures=(Measure(), Measure(name="n")))),
)
FOUND = cast(Any, SimpleNamespace(
    board=SimpleNamespace(key="k", version=1, body=Body(tabs=(Tab(cards=CARDS),))), tab=0, chosen=Chosen()
))  # fmt: skip


async def test_the_others_wait_for_the_first_and_a_change_ends_it(open_house: House) -> None:
    together = Together()
    person = await open_house.person("Ada", "admin")
    other = await open_house.person("Bob", "admin")

    async def ask(who: Any) -> Any:
        async with open_house.as_person(who) as work:
            return await together.scans(work, FOUND)

    first, second, third = await asyncio.gather(ask(person), ask(person), ask(other))
    assert first is second and first is not third and first.read == 1
    async with open_house.system() as work:
        await work.create("account", {"name": "New"})
    assert await ask(person) is None  # what was kept is older than that, and it was read a moment ago
    async with open_house.as_person(person) as work:
        found = await answer(work, CARDS[0], Chosen(), await together.scans(work, FOUND))
        assert found.result.total is not None and found.result.total.count == 1
