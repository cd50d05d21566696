"""Funnels and cohorts over twenty-five events of every deal (five millions at a million contacts), beside the SQL that
somebody would write by hand. The events are put straight into the table, and its indexes are made after them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.app.bench.lean import UNCHECKED, dropped, made
from relata.app.bench.reports import pair
from relata.engine.reporting.definition import Cohort, Definition, Funnel, Grouping
from relata.engine.storage.planner import quoted

STAYS, _PROCESSES = 25, 2
_FUNNEL = Funnel(events="stage_stays", at="entered_at", by="stage", only='category != "lost"')
_REACHED = ", ".join(f"count(*) filter (where least({', '.join(f's{at}' for at in range(step, 6))}) is not null)"
                     for step in range(1, 6))  # fmt: skip
_FIRSTS = ", ".join(
    f"min(s.entered_at) filter (where s.stage = (select id from bench_stage where number = {step - 1})) s{step}"
    for step in range(1, 6)
)
_MONTHS = "(extract(year from {0})::int * 12 + extract(month from {0})::int)"
_AGED = ", ".join(f"count(*) filter (where age <= {age})" for age in range(13))
#: Over what happened to records: each by one scan of the events.
_OVER_TIME: dict[str, tuple[Definition, str]] = {
    "Funnel of five steps, by source": (
        Definition(object="opportunity", funnel=_FUNNEL, rows=(Grouping(path="source"),)),
        f"select o.source, {_REACHED} from {{s}}.opportunity o left join (select s.opportunity, {_FIRSTS}"
        " from {s}.stage_stay s where s.deleted_at is null group by 1) h on h.opportunity = o.id"
        " where o.deleted_at is null group by 1",
    ),
    "Cohorts over twelve months": (
        Definition(
            object="opportunity", rows=(Grouping(path="opened_on", grain="month"),),
            cohort=Cohort(events="stage_stays", at="entered_at", where='name = "Stay"'),
        ),
        f"select opened, count(*), {_AGED} from (select date_trunc('month', o.opened_on::timestamp)::date opened,"
        f" h.first - {_MONTHS.format('o.opened_on')} as age"
        f" from {{s}}.opportunity o left join (select s.opportunity, min({_MONTHS.format('s.entered_at')}) as first"
        " from {s}.stage_stay s where s.deleted_at is null and s.name = 'Stay' group by 1) h on h.opportunity = o.id"
        " where o.deleted_at is null) r group by 1",
    ),
}  # fmt: skip
_STAYS = f"""
    insert into {{space}}.stage_stay (id, name, opportunity, stage, entered_at, owner, team, readers)
    select uuidv7(), 'Stay', o.id, stages[1 + mod(uuid_hash_extended(o.id, g) & 2147483647, 5)],
        o.created_at - interval '1 day' * (200 - 8 * g), o.owner, o.team, o.readers
    from {{space}}.opportunity o cross join generate_series(1, {STAYS}) g
        cross join (select array_agg(id order by number) as stages from bench_stage) s
    where mod(uuid_hash_extended(o.id, 0) & 2147483647, {_PROCESSES}) = {{part}}
"""


async def measure(bench: Bench) -> list[Figure]:
    """Each pair; the funnel also against its three seconds."""
    schema = (await bench.house.door.context(MAIN)).schema
    events = await asyncio.to_thread(fill, bench.url, schema)
    found = []
    for name, both in _OVER_TIME.items():
        one = await pair(bench, f"{name}, {events:,} events", *both)
        found += [one, at_most(one.name, one.value, "ms", 3000)]
    return found


def fill(url: str, schema: str) -> int:
    """How many events there are now; those of an earlier run over the same deals stay."""
    space = quoted(schema)
    with psycopg.connect(url, autocommit=True) as connection:
        wanted = _count(connection, f"select count(*) * {STAYS} from {space}.opportunity")
        if _count(connection, f"select count(*) from {space}.stage_stay where name = 'Stay'") == wanted:
            return wanted
        connection.execute("set maintenance_work_mem = '1GB'")
        connection.execute(f"truncate {space}.stage_stay".encode())
        indexes = dropped(connection, schema, "stage_stay")
        try:
            with ThreadPoolExecutor(_PROCESSES) as pool:
                list(pool.map(partial(_insert, url, space), range(_PROCESSES)))
        finally:
            made(connection, space, "stage_stay", indexes)
        connection.execute(f"vacuum (analyze) {space}.stage_stay".encode())
    return wanted


def _insert(url: str, space: str, part: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(UNCHECKED)
        connection.execute("set synchronous_commit = off")
        connection.execute(_STAYS.format(space=space, part=part).encode())


def _count(connection: psycopg.Connection[tuple[int]], sql: str) -> int:
    row = connection.execute(sql.encode()).fetchone()
    assert row is not None
    return int(row[0])
