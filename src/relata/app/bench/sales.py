"""Leads and deals: conversion, a form that is sent, many imported leads, boards of past days.

The floor of a conversion is its four rows through psycopg in one transaction, without history, access or duplicates.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.engine.automation.assignment.administration import AssignmentAdministration
from relata.engine.automation.capture.names import FORM
from relata.engine.automation.capture.receiving import Sent, receive
from relata.engine.storage.planner import quoted
from relata.engine.ui.board import BoardState
from relata.engine.ui.listing import ListState
from relata.engine.ui.past_board import past_board, past_column_figures
from relata.engine.ui.past_list import past_list
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id
from relata.modules.sales.contracts import LEAD, OPPORTUNITY, ConvertLead

Look = Callable[[Workspace, date], Awaitable[None]]

_CONVERSIONS, _SENT, _BOARDS = 60, 40, 12
_IMPORTED, _CHUNK = 10_000, 2000
#: Deals that were changed since the day that the past board shows.
_CHANGED = 2000
_ITEMS = [{"field": "name", "use": "required"}, {"field": "email", "use": "required"}, {"field": "company"}]


async def measure(bench: Bench) -> list[Figure]:
    """Conversion, submission, import with assignment, a past board."""
    await _rule(bench)
    return [await _conversion(bench), await _submission(bench), await _import(bench), *await _past(bench)]


async def _rule(bench: Bench) -> None:
    """New leads go to the people in turn."""
    members = [{"person": str(one.id)} for one in bench.people]
    administration = AssignmentAdministration(bench.house.door, MAIN, bench.administrator.id)
    await administration.put("bench", {"object": LEAD, "members": members, "label": "In turn"})


async def _timed(bench: Bench, act: Callable[[Workspace], Awaitable[Any]], *, read_only: bool = False) -> float:
    """Milliseconds of one unit of work, its commit included."""
    began = time.perf_counter()
    await bench.house.door.run(MAIN, bench.administrator.id, act, via="bench", read_only=read_only)
    return (time.perf_counter() - began) * 1000


def _lead(at: int) -> dict[str, Any]:
    return {
        "name": {"first": "Lena", "last": f"Bench{at}"},
        "company": f"Bench company {at}",
        "email": [{"value": f"lena{at}@lead.example.com"}],
        "phone": [{"value": f"+4930{3000000 + at}"}],
        "need": "Coffee for eighty people",
        "source": "website",
    }


async def _conversion(bench: Bench) -> Figure:
    made: list[UUID] = []

    async def make(work: Workspace) -> None:
        start = time.time_ns() % 10**9
        for at in range(_CONVERSIONS + 5):
            made.append((await work.create(LEAD, _lead(start + at))).id)

    await bench.house.door.run(MAIN, bench.administrator.id, make, via="bench")
    processor = time.process_time()
    times = [await _timed(bench, lambda work, key=key: work.run(ConvertLead(key))) for key in made][5:]  # type: ignore[misc]
    processor = (time.process_time() - processor) * 1000 / len(made)
    floor = await _floor(bench)
    value = percentile(times, 0.5)
    figure = at_most(
        "Conversion of a lead",
        value,
        "ms",
        50,
        note=f"p95 {percentile(times, 0.95):.0f} ms; {processor:.0f} ms of processor time",
    )
    return replace(figure, floor=floor, ratio=value / floor)


async def _floor(bench: Bench) -> float:
    """Account, contact, deal and the lead's new state, bare."""
    space = quoted((await bench.house.door.context(MAIN)).schema)
    times = []
    for at in range(_CONVERSIONS):
        account, contact, deal = new_id(), new_id(), new_id()
        began = time.perf_counter()
        async with bench.house.database.transaction() as connection:
            await connection.execute(f"insert into {space}.account (id, name) values (%s, %s)", (account, f"F{at}"))
            await connection.execute(
                f"insert into {space}.contact (id, name, account) values (%s, %s, %s)", (contact, f"F{at}", account)
            )
            await connection.execute(
                f"insert into {space}.opportunity (id, name, account, contact) values (%s, %s, %s, %s)",
                (deal, f"F{at}", account, contact),
            )
            await connection.execute(
                f"update {space}.lead set converted_account = %s where id = %s", (account, new_id())
            )
        times.append((time.perf_counter() - began) * 1000)
    async with bench.house.database.transaction() as connection:
        for name in ("opportunity", "contact", "account"):
            await connection.execute(f"delete from {space}.{name} where name like 'F%%' and owner is null")
    return percentile(times, 0.5)


async def _submission(bench: Bench) -> Figure:
    """From what was sent to a lead that somebody has, in one transaction."""

    async def make(work: Workspace) -> UUID:
        values = {"name": "Bench", "target": LEAD, "items": _ITEMS, "state": "published"}
        return (await work.create(FORM, values)).id

    form = await bench.house.door.run(MAIN, None, make, via="bench")
    owners: list[UUID | None] = []
    start = time.time_ns() % 10**9

    async def send(work: Workspace, at: int) -> None:
        raw = {name: _lead(start + at)[name] for name in ("name", "company")}
        found = await receive(
            work, await work.get(FORM, form), Sent(raw | {"email": [{"value": f"s{start}.{at}@x.io"}]})
        )
        assert found.about is not None
        owners.append((await work.get(LEAD, found.about.id))["owner"])

    times = []
    for at in range(_SENT):
        began = time.perf_counter()
        await bench.house.door.run(MAIN, None, partial(send, at=at), via="form")
        times.append((time.perf_counter() - began) * 1000)
    assert all(owners)
    note = f"median {percentile(times, 0.5):.0f} ms"
    return at_most(
        "Form: from what was sent to an assigned lead, p95", percentile(times[2:], 0.95), "ms", 200, note=note
    )


async def _import(bench: Bench) -> Figure:
    """Leads in chunks, as an import writes them, each given to somebody."""
    rows = [{**_lead(at), "reference": f"bench-{time.time_ns()}-{at}"} for at in range(_IMPORTED)]
    began, processor = time.perf_counter(), time.process_time()
    for low in range(0, len(rows), _CHUNK):

        async def write(work: Workspace, low: int = low) -> None:
            outcomes = await work.create_many(LEAD, rows[low : low + _CHUNK])
            assert all(one.id for one in outcomes)

        await bench.house.door.run(MAIN, bench.administrator.id, write, via="import")
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    return at_most(
        "Assignment of 10,000 imported leads",
        seconds,
        "s",
        20,
        note=f"{_IMPORTED / seconds:,.0f} leads/s; {processor:.1f} s of processor time",
    )


async def _past(bench: Bench) -> list[Figure]:
    """Yesterday's board and list of the deals, after two thousand of them were changed today, and their totals, which
    come by a request of their own."""
    ids = await bench.some_ids(OPPORTUNITY, bench.administrator, _CHANGED)

    async def move(work: Workspace) -> None:
        changes = [(key, {"next_step": f"Bench {time.time_ns()}", "source": "event"}) for key in ids]
        await work.change_many(OPPORTUNITY, changes)

    await bench.house.door.run(MAIN, bench.administrator.id, move, via="bench")

    async def board(work: Workspace, day: date) -> None:
        await past_board(work, work.registry.get(OPPORTUNITY), BoardState(), day)

    async def rows(work: Workspace, day: date) -> None:
        await past_list(work, work.registry.get(OPPORTUNITY), ListState(order="-amount"), (), day)

    async def totals(work: Workspace, day: date) -> None:
        await past_column_figures(work, work.registry.get(OPPORTUNITY), BoardState(), day)

    figures = []
    note = f"{len(ids):,} of {bench.options.opportunities:,} deals changed since"
    for name, act, most in (("Board", board, 300), ("List", rows, 300), ("Totals", totals, 1000)):

        async def look(work: Workspace, act: Look = act) -> None:
            await act(work, work.clock.today - timedelta(days=1))

        times = [await _timed(bench, look, read_only=True) for _look in range(_BOARDS)][2:]
        told = f"{note}; median {percentile(times, 0.5):.0f} ms"
        figures.append(at_most(f"{name} of a past day, p95", percentile(times, 0.95), "ms", most, note=told))
    return figures
