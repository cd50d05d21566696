"""A report as it was on a day is what it said on that day."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.reporting.deals import furnish

from relata.app.keeping_snapshots import keep_due
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.looking_back import behind
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.result import Result
from relata.engine.reporting.running import run
from relata.engine.reporting.snapshots.taking import snapshots
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError
from relata.testing.house import House

DEFINITIONS = [
    Definition(
        object="opportunity",
        rows=(Grouping(path="stage"),),
        columns=(Grouping(path="source"),),
        measures=(Measure(function="sum", path="amount"), Measure(), Measure(function="median", path="probability")),
        where='status = "open" or amount > 500',
    ),
    Definition(object="opportunity", rows=(Grouping(path="owner"), Grouping(path="close_date", grain="month"))),
]


def told(result: Result) -> dict[Any, Any]:
    """Cells by the ids of their groups."""
    return {
        (tuple(key.id for key in result.rows[row].keys), tuple(key.id for key in result.columns[column].keys)): cell
        for (row, column), cell in result.cells.items()
        if cell.count
    }


async def dated(work: Workspace, days: int) -> None:
    """What was done just now becomes so many days old."""
    schema, ago = quoted(work.context.schema), work.clock.now - timedelta(days=days, hours=1)
    await work.settle()
    recent = work.clock.now - timedelta(hours=12)
    await work.unit.connection.execute(f"update {schema}._change set at = %s where at > %s", (ago, recent))
    await work.unit.connection.execute(
        f"update {schema}.opportunity set created_at = %s where created_at > %s", (ago, recent)
    )


async def live(work: Workspace, chance: random.Random, stages: list[Any]) -> None:
    """A day's work."""
    await work.create("opportunity", {"name": f"New {chance.random()}", "amount": chance.randrange(2000)})
    for one in chance.sample(await work.find("opportunity", order="name", limit=50), 8):
        change: dict[str, Any] = {
            "amount": chance.choice((None, {"amount": chance.randrange(3000) / 4, "currency": "EUR"})),
            "source": chance.choice(("website", "event", None)),
            "probability": chance.choice((5, 35, None)),
            "close_date": chance.choice(("2026-03-04", None)),
        }
        name = chance.choice(list(change))
        await work.change(one, {name: change[name]})
    for one in chance.sample(await work.find("opportunity", status="open", order="name", limit=50), 3):
        await work.change(one, {"stage": chance.choice(stages).id})


async def test_a_report_as_it_was_is_what_it_said_then(house: House) -> None:
    person = await furnish(house, 30)
    chance, said = random.Random(3), {}
    for days in (6, 5, 4, 3):
        async with house.system() as work:
            await live(work, chance, await work.find("stage"))
            for at, definition in enumerate(DEFINITIONS):
                said[days, at] = told(await run(work, definition))
            await dated(work, days)
    async with house.system() as work:
        today = work.clock.today
        for (days, at), cells in said.items():
            found = await run(work, DEFINITIONS[at], as_on=today - timedelta(days=days))
            assert told(found) == cells, days
            assert found.notes[0].kind == "as_on"
        found = await run(work, DEFINITIONS[0], as_on=today - timedelta(days=3))
        place = max(found.cells, key=lambda one: (one[0] < len(found.rows) - 1, found.cells[one].count))
        listed = behind(work, "opportunity", found.drill_of(*place))
        records = await run(work, listed, as_on=today - timedelta(days=3))
        assert len(records.row_leaves) == found.cells[place].count
        first = said[3, 0][(), ()].count
    async with house.as_person(person) as work:
        less = await run(work, DEFINITIONS[0], as_on=today - timedelta(days=3))
        assert less.total is not None
        assert 0 < less.total.count < first


async def test_what_has_no_past_is_refused_in_words(house: House) -> None:
    async with house.system() as work:
        yesterday = work.clock.today - timedelta(days=1)
        with pytest.raises(Invalid, match="past"):
            await run(work, Definition(object="account", rows=(Grouping(path="open_opportunities"),)), as_on=yesterday)
        with pytest.raises(Invalid, match="over"):
            await run(work, DEFINITIONS[1], as_on=work.clock.today)


async def test_snapshots_keep_what_their_owner_sees(house: House) -> None:
    person = await furnish(house, 20)
    async with house.as_person(person) as work:
        made = await shelf.make(work, "Mine", DEFINITIONS[1])
        series = await work.create("report_series", {"report": str(made.id), "rhythm": "daily"})
        expected = await run(work, DEFINITIONS[1])
    async with house.system() as work:
        schema = quoted(work.context.schema)
        await work.settle()
        await work.unit.connection.execute(f"update {schema}.report_series set next_at = now() - interval '1 hour'")
    assert await keep_due(house.door, house.key) == 1
    assert await keep_due(house.door, house.key) == 0
    async with house.as_person(person) as work:
        (kept,) = await snapshots(work, series.id)
        assert (kept.value, kept.records) == (expected.value(len(expected.rows) - 1, 0), expected.total.count)  # type: ignore[union-attr]
        with pytest.raises(RelataError):
            await work.create("report_snapshot", {"series": series.id, "value": 1})
        await work.delete(("report", made.id))
    async with house.system() as work:
        await work.unit.connection.execute(f"update {schema}.report_series set next_at = now() - interval '1 hour'")
    assert await keep_due(house.door, house.key) == 0
    async with house.as_person(person) as work:
        assert (await work.get("report_series", series.id))["last_error"]
