"""A report's prompts hold wherever it is told, and for the reports beside it by what they mean."""

from __future__ import annotations

from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.dashboards.body import Card
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.dashboards.periods import period_of
from relata.engine.reporting.definition import Definition, Grouping, Prompt
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.running import run
from relata.engine.reporting.snapshots.taking import said
from relata.testing.house import House

BY_OWNER = (Grouping(path="owner"),)
SOURCE = Prompt(name="q1", path="source", operator="one_of", values=("website",))
DAY = Prompt(name="q2", path="close_date", operator="on")


async def test_the_defaults_hold_on_the_page_on_cards_in_snapshots_and_beside(house: House) -> None:
    async with house.system() as work:
        for number, source in enumerate(("website", "website", "event")):
            await work.create("opportunity", {"name": f"D{number}", "source": source, "close_date": "2026-02-01"})
        for day in ("2026-02-01", "2026-02-02"):
            await work.create("task", {"subject": "Call", "due_on": day})
        tasks = await shelf.make(work, "Tasks", Definition(object="task", rows=BY_OWNER, date="due_on"))
        same = await shelf.make(work, "Same", Definition(object="opportunity", rows=BY_OWNER))
        asked = Definition(
            object="opportunity", rows=BY_OWNER, prompts=(SOURCE, DAY), date="close_date",
            beside=(str(tasks.id), str(same.id)),
        )  # fmt: skip
        kept = await shelf.make(work, "Asked", asked)
        page = await run(work, asked)
        total = len(page.rows) - 1
        assert [page.value(total, 0, at) for at in range(3)] == [2, 2, 2]
        card = (await answer(work, Card(id="c", report=str(kept.id)), Chosen())).result
        assert card.cells == page.cells
        assert (await said(work, str(kept.id))).value == 2

        answered = await run(work, asked, answers={"q1": ["event"], "q2": ["2026-02-01"]})
        assert [answered.value(len(answered.rows) - 1, 0, at) for at in range(3)] == [1, 1, 1]
        assert [note.text for note in answered.notes if note.kind == "unfiltered"] == [
            "“Tasks” is not filtered by: Source"
        ]
        for at, name in enumerate(("opportunity", "task", "opportunity")):
            assert await work.count(name, answered.drill_of(len(answered.rows) - 1, 0, at)) == 1

        span = period_of("2026-02-02..2026-02-02", work.clock)
        filtered = (await answer(work, Card(id="c", report=str(kept.id)), Chosen(period=span))).result
        assert [filtered.value(len(filtered.rows) - 1, 0, at) or 0 for at in range(3)] == [0, 1, 2]
