"""Building the synthetic company: its workspace by the product, its records by SQL, what follows by the product."""

from __future__ import annotations

import time

from relata.app.assembly import MAIN, House
from relata.app.bench import lean, people
from relata.app.bench.records import Rows, activities, companies, insert_sql
from relata.app.bench.sizes import Options
from relata.engine.metadata.fields import RollUp
from relata.engine.search.index import reindex
from relata.engine.storage.planner import quoted
from relata.engine.workspace.rebuild import rebuild_roll_up
from relata.engine.workspace.workspace import Workspace

#: Records of one statement.
BATCH = 50_000
#: Whose records are found by words; activities would take as long as all the rest.
SEARCHED = ("account", "contact", "opportunity")

_PEOPLE = """
    create unlogged table bench_people as
    select row_number() over (order by u.email collate "C") as number, u.id, u.team, p.key, t.key as team_key
    from {space}."user" u join {space}._principal p on p.id = u.id join {space}._principal t on t.id = u.team
"""
_STAGES = """
    create unlogged table bench_stage as
    select row_number() over (order by position) - 1 as number, id, pipeline, category, probability, forecast_category
    from {space}.stage
"""


async def build(house: House, options: Options) -> dict[str, float]:
    """Everything; seconds by step, of which a lean company has none."""
    await house.migrate()
    await house.ensure_workspace(MAIN, "Benchmark", currency="EUR")
    await people.hire(house, MAIN)
    seconds: dict[str, float] = {}
    context = await house.door.context(MAIN)
    space = quoted(context.schema)
    async with house.database.transaction() as connection:
        await connection.execute(_PEOPLE.format(space=space))
        await connection.execute(_STAGES.format(space=space))
    if options.lean:
        await lean.fill(house, options)
        await people.share(house, MAIN)
        return seconds
    started = time.perf_counter()
    for rows in (*companies(options), *activities(options)):
        await _fill(house, space, rows, context.numbers["account"])
    seconds["records"] = time.perf_counter() - started
    await house.door.run(MAIN, None, _roll_up, via="bench")
    started = time.perf_counter()
    await people.share(house, MAIN)
    seconds["sharing rules"] = time.perf_counter() - started
    started = time.perf_counter()
    for name in SEARCHED:
        await reindex(house.database, context.tables, context.registry.get(name))
    seconds["search"] = time.perf_counter() - started
    async with house.database.read() as connection:
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    return seconds


async def _fill(house: House, space: str, rows: Rows, account_number: int) -> None:
    sql = insert_sql(space, rows, account_number)
    for low in range(1, rows.count + 1, BATCH):
        high = min(low + BATCH - 1, rows.count)
        async with house.database.transaction() as connection:
            feed = await connection.fetch_one(f"select coalesce(max(feed), 0) from {space}._change")
            assert feed is not None
            params = {"low": low, "high": high, "total": rows.count, "feed": feed[0]}
            async with connection.checking_many(rows.count):
                await connection.execute(sql, params)
            await connection.execute(
                f"insert into {space}._cursor (name, position) values ('feed', %(to)s)"
                " on conflict (name) do update set position = excluded.position",
                {"to": feed[0] + high - low + 1},
            )


async def _roll_up(work: Workspace) -> None:
    """Count every roll-up anew."""
    for name in ("account", "contact", "opportunity"):
        one = work.registry.get(name)
        for field in one.fields:
            if isinstance(field, RollUp):
                await rebuild_roll_up(work, work.registry, one, field)
