"""Reports over the whole company beside the SQL that somebody would write by hand, in the same run; and every shipped
report for each kind of person."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from statistics import median

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.app.bench.people import Person
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.reports.shipped import shipped_reports
from relata.engine.reporting.running import run
from relata.engine.reporting.waterfalls import waterfall
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_TURNS = 5
_SUM, _COUNT = Measure(function="sum", path="amount"), Measure()
_DEALS = "from {s}.opportunity o where o.deleted_at is null"
_MONTH = "date_trunc('month', o.close_date::timestamp)::date"
#: What is asked, and the same by hand.
_PAIRS: dict[str, tuple[Definition, str]] = {
    "Deals by stage": (
        Definition(object="opportunity", rows=(Grouping(path="stage"),), measures=(_SUM, _COUNT)),
        f"select o.stage, sum(o.amount), count(*) {_DEALS} group by 1",
    ),
    "Deals by month and status": (
        Definition(
            object="opportunity", rows=(Grouping(path="close_date", grain="month"),),
            columns=(Grouping(path="status"),), measures=(_SUM, _COUNT),
        ),
        f"select {_MONTH}, o.status, sum(o.amount), count(*) {_DEALS} group by 1, 2",
    ),
    "Deals by industry": (
        Definition(object="opportunity", rows=(Grouping(path="account.industry"),), measures=(_SUM, _COUNT)),
        "select a.industry, sum(o.amount), count(*) from {s}.opportunity o left join {s}.account a on a.id = o.account"
        " where o.deleted_at is null group by 1",
    ),
    "Twenty largest accounts": (
        Definition(
            object="opportunity", rows=(Grouping(path="account", top=20, others=False, sort="-value"),),
            measures=(_SUM,),
        ),
        f"select o.account, sum(o.amount) {_DEALS} group by 1 order by 2 desc nulls last limit 20",
    ),
    "Median deal by owner": (
        Definition(
            object="opportunity", rows=(Grouping(path="owner"),), measures=(Measure(function="median", path="amount"),)
        ),
        f"select o.owner, percentile_cont(0.5) within group (order by o.amount) {_DEALS}"
        " group by grouping sets ((1), ())",
    ),
    "Contacts by country": (
        Definition(object="contact", rows=(Grouping(path="mailing_address.country"),)),
        "select c.mailing_address__country, count(*) from {s}.contact c where c.deleted_at is null group by 1",
    ),
    "Calls by week and outcome": (
        Definition(object="call", rows=(Grouping(path="at", grain="week"),), columns=(Grouping(path="outcome"),)),
        "select date_trunc('week', timezone('Europe/Berlin', c.at))::date, c.outcome, count(*) from {s}.call c"
        " where c.deleted_at is null group by 1, 2",
    ),
    "Tasks by team and month": (
        Definition(object="task", rows=(Grouping(path="team"), Grouping(path="due_on", grain="month"))),
        "select t.team, date_trunc('month', t.due_on::timestamp)::date, count(*) from {s}.task t"
        " where t.deleted_at is null group by 1, 2",
    ),
}  # fmt: skip
_OPEN_AMOUNT = Definition(object="opportunity", where='status = "open"', measures=(_SUM,))


async def measure(bench: Bench) -> list[Figure]:
    """Each pair, then all shipped reports together."""
    found = [await pair(bench, name, *both) for name, both in _PAIRS.items()]
    return [*found, *await _looking_back(bench), await _shipped(bench)]


async def _looking_back(bench: Bench) -> list[Figure]:
    """The board's sums as they were a month ago, and what changed since."""

    async def then(work: Workspace) -> None:
        day = work.clock.today - timedelta(days=30)
        await run(work, _PAIRS["Deals by stage"][0], as_on=day, seconds=60)

    async def changed(work: Workspace) -> None:
        await waterfall(work, _OPEN_AMOUNT, work.clock.today - timedelta(days=1))

    found = []
    for name, attempt in (("Deals by stage as on a day", then), ("What changed since yesterday", changed)):

        async def ask(attempt: Callable[[Workspace], Awaitable[None]] = attempt) -> None:
            await bench.house.door.run(MAIN, bench.administrator.id, attempt, read_only=True)

        found.append(at_most(f"Report: {name}", await _milliseconds(ask), "ms", 3000))
    return found


async def pair(bench: Bench, name: str, definition: Definition, sql: str) -> Figure:
    """A report beside the SQL by hand, in turns."""
    space = quoted((await bench.house.door.context(MAIN)).schema)

    async def by_hand() -> None:
        async with bench.house.database.read() as connection:
            await connection.fetch_within(sql.replace("{s}", space), None, 60)

    async def by_report() -> None:
        async def ask(work: Workspace) -> None:
            await run(work, definition, seconds=60)

        await bench.house.door.run(MAIN, bench.administrator.id, ask, read_only=True)

    floor, value = await _in_turns(bench, by_hand, by_report)
    ratio = value / floor
    return Figure(
        f"Report: {name}", value, "ms", "within 1.5x of SQL by hand", floor, ratio, ratio <= 1.5 or value - floor < 15
    )


async def _milliseconds(attempt: Callable[[], Awaitable[None]]) -> float:
    """The median of a few, after one that warms."""
    taken = []
    for turn in range(_TURNS + 1):
        started = time.perf_counter()
        await attempt()
        if turn:
            taken.append(time.perf_counter() - started)
    return median(taken) * 1000


async def _in_turns(bench: Bench, *attempts: Callable[[], Awaitable[None]]) -> list[float]:
    """The median of each, measured in turns, so that they meet the same noise."""
    taken: list[list[float]] = [[] for _one in attempts]
    for turn in range(_TURNS + 1):
        for found, attempt in zip(taken, attempts, strict=True):
            await bench.forget_answers()
            started = time.perf_counter()
            await attempt()
            if turn:
                found.append((time.perf_counter() - started) * 1000)
    return [median(found) for found in taken]


async def _shipped(bench: Bench) -> Figure:
    """95 of 100 under a second, for everybody."""
    found: list[tuple[float, str]] = []
    for person in bench.people:
        found += await _of_person(bench, person)
    worst = "; ".join(f"{name} {taken:.0f} ms" for taken, name in sorted(found, reverse=True)[:3])
    p95 = percentile([taken for taken, _name in found], 0.95)
    return at_most("Shipped reports of every role, p95", p95, "ms", 1000, note=f"slowest: {worst}")


async def _of_person(bench: Bench, person: Person) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []

    async def ask(work: Workspace) -> None:
        for one in shipped_reports(work):
            started = time.perf_counter()
            await run(work, one.definition, seconds=60)
            found.append(((time.perf_counter() - started) * 1000, f"{one.key}, {person.role}"))

    for _turn in range(2):
        found.clear()
        await bench.forget_answers()
        await bench.house.door.run(MAIN, person.id, ask, read_only=True)
    return found
