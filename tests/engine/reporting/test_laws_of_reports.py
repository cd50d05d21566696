"""What holds for every report: it is what one would work out by hand, groups add up, lists hold what numbers count."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.reporting.deals import furnish
from tests.engine.reporting.recomputing import figure, key_of, records

from relata.engine.formula import parse
from relata.engine.reporting.definition import GRAINS, Definition, Grouping, Measure
from relata.engine.reporting.result import Head, Result
from relata.engine.reporting.running import run
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

_SORTS = st.sampled_from(["", "label", "-label", "value", "-value"])
_PLAIN = st.builds(Grouping, path=st.sampled_from(["source", "owner", "account.industry", "account"]), sort=_SORTS)
_DATED = st.builds(
    Grouping,
    path=st.sampled_from(["close_date", "created_at"]),
    grain=st.sampled_from(GRAINS),
    show_empty=st.booleans(),
)
_RANGED = st.just(Grouping(path="probability", buckets=(Decimal(10), Decimal(50))))
GROUPINGS = _PLAIN | _DATED | _RANGED
MEASURES = st.builds(Measure, function=st.just("count")) | st.builds(
    Measure,
    function=st.sampled_from(["sum", "average", "median", "percentile", "min", "max", "filled", "distinct"]),
    path=st.sampled_from(["amount", "probability"]),
    percentile=st.sampled_from([10, 50, 90]),
)
DEFINITIONS = st.builds(
    Definition,
    object=st.just("opportunity"),
    where=st.sampled_from(["", "probability > 10", 'source = "website" or amount > 500']),
    rows=st.lists(GROUPINGS, max_size=3).map(tuple),
    columns=st.lists(GROUPINGS, max_size=2).map(tuple),
    measures=st.lists(MEASURES, min_size=1, max_size=3).map(tuple),
)


def keys(head: Head) -> tuple[Any, ...]:
    return tuple(key.value for key in head.keys)


async def compare(work: Workspace, definition: Definition) -> None:
    result = await run(work, definition)
    zone, inside = work.actor.zone, defaultdict[Any, list[Any]](list)
    for record in await records(work, parse(definition.where) if definition.where else None):
        row = tuple(key_of(grouping, record, zone) for grouping in definition.rows)
        column = tuple(key_of(grouping, record, zone) for grouping in definition.columns)
        for depth in range(len(row) + 1):
            for width in range(len(column) + 1):
                inside[row[:depth], column[:width]].append(record)
    told = {(keys(result.rows[at]), keys(result.columns[to])): cell for (at, to), cell in result.cells.items()}
    assert {place: cell.count for place, cell in told.items() if cell.count} == {
        place: len(found) for place, found in inside.items()
    }
    for place, found in inside.items():
        assert told[place].values == tuple(figure(measure, found) for measure in definition.measures), place
    assert adds_up(result)
    await lists_agree(work, result)


def adds_up(result: Result) -> bool:
    """The records of the groups are those of the total."""
    return sum(cell.count for _row, _column, cell in result.flat()) == (result.total.count if result.total else 0)


async def lists_agree(work: Workspace, result: Result) -> None:
    """As many records lie behind a number as it says; two of each report tell."""
    places = list(result.cells)
    for row, column in (places[0], places[len(places) // 2]):
        cell = result.cells[row, column]
        where = result.drill_of(row, column)
        assert await work.count("opportunity", where) == cell.count, where


async def test_a_report_is_what_one_works_out_by_hand(house: House) -> None:
    person = await furnish(house)
    loop = asyncio.get_running_loop()

    async def follow(definition: Definition) -> None:
        async with house.as_person(person) as work:
            await compare(work, definition)

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(definition=DEFINITIONS)
    def check(definition: Definition) -> None:
        asyncio.run_coroutine_threadsafe(follow(definition), loop).result(60)

    await asyncio.to_thread(check)
