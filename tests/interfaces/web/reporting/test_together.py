"""Cards that are asked for at the same time share what they read, until something changes."""

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


async def test_cards_share_a_plan_and_read_together(open_house: House) -> None:
    together = Together()
    person = await open_house.person("Ada", "admin")
    answers = (await open_house.door.context(open_house.key)).ground.answers

    async def ask(card: Card) -> Any:
        async with open_house.door.open(open_house.key, person, read_only=True) as work:
            return await answer(work, card, Chosen(), await together.scans(work, FOUND))

    await asyncio.gather(*map(ask, CARDS))
    assert (answers.asked, answers.kept) == (2, 1)
    async with open_house.system() as work:
        await work.create("account", {"name": "New"})
    found = await ask(CARDS[0])
    assert found.result.total is not None and found.result.total.count == 1
