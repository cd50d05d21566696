"""Afterwards: what was acknowledged against what is there, the log and the totals against the records."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from relata.app.assembly import MAIN, House
from relata.app.torture.company import CROWD
from relata.app.torture.journal import GONE, Journal
from relata.engine.history.verifying import verify
from relata.engine.metadata.fields import RollUp
from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import rollup_table
from relata.engine.workspace.rebuild import rebuild_roll_up
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Unavailable

#: Jobs of a dead worker are given to another one after some 20 seconds.
_SETTLE_SECONDS = 120.0
_MARKED = {"contacts": ("contact", "job_title"), "opportunities": ("opportunity", "next_step")}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. looked_at: how many things were compared. wrong: what broke it, some of it in words."""

    promise: str
    looked_at: int
    wrong: tuple[str, ...] = ()


async def settled(house: House) -> float:
    """Seconds until the log is numbered and the queue empty; what is left after a while fails its own check."""
    started, schema = time.monotonic(), _schema()
    while time.monotonic() - started < _SETTLE_SECONDS:
        with contextlib.suppress(Unavailable):  # our own connections died with the database
            async with house.database.read() as connection:
                rows = await connection.fetch(
                    f"select (select count(*) from {schema}._change where feed is null)"
                    " + (select count(*) from public.procrastinate_jobs where status = 'doing'"
                    " or (status = 'todo' and (scheduled_at is null or scheduled_at < now())))"
                )
            if rows[0][0] == 0:
                break
        await asyncio.sleep(0.3)
    return time.monotonic() - started


async def check(house: House, journal: Journal, bulks: Sequence[str]) -> list[Check]:
    """Every promise, also after one was broken."""
    schema = _schema()
    async with house.database.read() as connection:
        found = [
            Check("what clients saw while it went on", journal.answered, tuple(journal.wrong)),
            Check("answers that no fault explains", journal.answered, tuple(_counted(journal))),
            await _acknowledged(connection, schema, journal),
            await _made_once(connection, schema, journal),
            await _whole_batches(connection, schema, journal),
            await _half_visible(connection, schema),
            await _history(connection, schema),
            await _feed(connection, schema),
            await _jobs(connection, schema),
            *[await _bulk(connection, schema, mark) for mark in bulks],
            await _search(connection, schema),
        ]
    return [*found, await _roll_ups(house), await _sealed(house)]


def _counted(journal: Journal) -> list[str]:
    return [f"{count} times {what}" for what, count in journal.strange.items()]


async def _acknowledged(connection: Connection, schema: str, journal: Journal) -> Check:
    wrong = []
    for path, (table, field) in _MARKED.items():
        rows = await connection.fetch(
            f"select id, case when deleted_at is null then '' else '{GONE}' end || {field} from {schema}.{table}"
        )
        there = {row[0]: row[1] for row in rows}
        for one in journal.records:
            if one.path == path and not one.fits(seen := there.get(one.id, "nothing")):
                wrong.append(f"{path}/{one.id}: {one.state} was acknowledged, {seen} is there")
    return Check("no acknowledged write is lost", len(journal.records), tuple(wrong))


async def _made_once(connection: Connection, schema: str, journal: Journal) -> Check:
    """A creation that was repeated, because its answer got lost, happened once."""
    rows = await connection.fetch(
        f"select name, count(*) from (select name__last as name from {schema}.contact where name__first = 'Torture'"
        f" union all select name from {schema}.opportunity union all select name from {schema}.account) made"
        " group by name having count(*) > 1"
    )
    made = {one.id for one in journal.records}
    return Check("what was repeated was made once", len(made), tuple(f"{name}: {count} times" for name, count in rows))


async def _whole_batches(connection: Connection, schema: str, journal: Journal) -> Check:
    rows = await connection.fetch(
        f"select a.name, count(c.id) from {schema}.account a left join {schema}.contact c on c.account = a.id"
        " where a.name like 't%-%' group by a.id, a.name"
    )
    there = {name: int(count) for name, count in rows}
    wrong = [f"{name} has {count} of 2 people" for name, count in there.items() if count != 2]
    wrong += [f"{mark} was acknowledged" for mark in journal.together - journal.unsure - set(there)]
    return Check("a batch is there as a whole or not at all", len(journal.together), tuple(wrong))


async def _half_visible(connection: Connection, schema: str) -> Check:
    """Every record has the change row that made it, every such row its record, and as many rows as versions."""
    wrong, total = [], 0
    for table in ("contact", "account", "opportunity"):
        rows = await connection.fetch(
            "select coalesce(r.id, c.record), r.version, c.times, c.made from"
            f" (select record, count(*) as times, count(*) filter (where action = 'created') as made"
            f" from {schema}._change where object = '{table}' group by record) c"
            f" full join {schema}.{table} r on r.id = c.record"
        )
        total += len(rows)
        wrong += [
            f"{table} {key}: version {version}, {times} changes, created {made} times"
            for key, version, times, made in rows
            if version is None or made != 1 or version != times
        ]
    return Check("no write is half visible: as many change rows as versions", total, tuple(wrong))


async def _history(connection: Connection, schema: str) -> Check:
    """The last value that the log tells of a field is the one that is there; what was before, the one before it."""
    wrong, total = [], 0
    for table, field in _MARKED.values():
        rows = await connection.fetch(
            f"select r.id, r.{field}, c.told from {schema}.{table} r join lateral (select after ->> '{field}' as told"
            f" from {schema}._change where record = r.id and after ? '{field}' order by id desc limit 1) c on true"
        )
        broken = await connection.fetch(
            "select record, was, told from (select record, before ->> %(field)s as was, lag(after ->> %(field)s)"
            f" over (partition by record order by id) as told from {schema}._change"
            " where object = %(table)s and after ? %(field)s) steps where told is not null"
            " and was is distinct from told",
            {"field": field, "table": table},
        )
        total += len(rows)
        wrong += [f"{table} {key}: {told} is told, {there} is there" for key, there, told in rows if there != told]
        wrong += [f"{table} {key}: from {was}, after {told}" for key, was, told in broken]
    return Check("the history tells every step and ends at what is there", total, tuple(wrong))


async def _feed(connection: Connection, schema: str) -> Check:
    row = _one(
        await connection.fetch(
            "select count(*), count(feed), count(distinct feed), coalesce(min(feed), 1), coalesce(max(feed), 0)"
            f" from {schema}._change"
        )
    )
    total, numbered, distinct, first, last = row
    is_whole = total == numbered == distinct == last and first == 1
    wrong = [] if is_whole else [f"rows, numbered, distinct, first, last: {row}"]
    return Check("the feed has every change, without gaps", int(total), tuple(wrong))


async def _jobs(connection: Connection, schema: str) -> Check:
    rows = await connection.fetch(
        "select task_name, status::text, count(*) from public.procrastinate_jobs"
        " where status not in ('todo', 'succeeded')"
        " or (status = 'todo' and (scheduled_at is null or scheduled_at < now() - interval '1 minute')) group by 1, 2"
    )
    done = _one(await connection.fetch(f"select coalesce(sum(position), 0) from {schema}._cursor"))
    return Check("no job is stuck or given up", int(done[0]), tuple(f"{n} {task}: {state}" for task, state, n in rows))


async def _bulk(connection: Connection, schema: str, mark: str) -> Check:
    """Chunks that a dying worker left were done by another, and none was done twice."""
    row = _one(
        await connection.fetch(
            f"select count(*) filter (where department = %(mark)s), (select count(*) from {schema}._change where"
            f" object = 'contact' and after ->> 'department' = %(mark)s) from {schema}.contact",
            {"mark": mark},
        )
    )
    there, changes = int(row[0]), int(row[1])
    wrong = [f"{mark}: {changes} changes of {CROWD} people"] if changes != CROWD else []
    return Check(f"bulk change {mark} reached each of its records once", max(there, changes), tuple(wrong))


async def _search(connection: Connection, schema: str) -> Check:
    rows = await connection.fetch(
        f"select r.id, s.record from (select id from {schema}.contact where deleted_at is null) r"
        f" full join (select record from {schema}._search where object = 'contact') s on s.record = r.id"
    )
    wrong = [f"contact {key or there}: {'not found' if there is None else 'found in the bin'}" for key, there in rows
             if key is None or there is None]  # fmt: skip
    return Check("search finds what is there", len(rows), tuple(wrong))


async def _roll_ups(house: House) -> Check:
    """Counted anew in a transaction that is taken back."""
    wrong: list[str] = []
    total = 0

    class TakenBack(Exception):
        pass

    async def recount(work: Workspace) -> None:
        nonlocal total
        for parent in work.registry.objects.values():
            for field in parent.all_fields.values():
                if isinstance(field, RollUp) and field.function in ("count", "sum"):
                    kept = await _totals(work, parent.name, field)
                    await rebuild_roll_up(work, work.registry, parent, field)
                    counted = await _totals(work, parent.name, field)
                    total += len(counted)
                    wrong.extend(
                        f"{parent.name}.{field.name} of {key}: {kept.get(key)} is kept, {counted.get(key)} is right"
                        for key in kept.keys() | counted.keys()
                        if kept.get(key, (0, 0)) != counted.get(key, (0, 0))
                    )
        raise TakenBack

    with contextlib.suppress(TakenBack):
        await house.door.run(MAIN, None, recount)
    return Check("roll-ups equal a recount", total, tuple(wrong))


async def _totals(work: Workspace, parent: str, field: RollUp) -> dict[object, tuple[object, object]]:
    table = f"{quoted(work.context.schema)}.{quoted(rollup_table(parent))}"
    rows = await work.unit.connection.fetch(
        f"select id, coalesce({quoted(field.name + '__count')}, 0), coalesce({quoted(field.name + '__sum')}, 0)"
        f" from {table}"
    )
    return {key: (count, amount) for key, count, amount in rows}


async def _sealed(house: House) -> Check:
    context = await house.door.context(MAIN)
    found = await verify(house.database, context.schema, context.keys)
    return Check("the sealed history holds", found.rows, tuple(f"{one.what}: {one.detail}" for one in found.findings))


def _schema() -> str:
    return quoted(f"w_{MAIN}")


def _one(rows: Sequence[Row]) -> Row:
    return rows[0]
