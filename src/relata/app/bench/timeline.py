"""The timeline of an account with very much in it, its people and deals, and who is busy when."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.engine.calendars.free_busy import busy
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.ui.timeline import timeline
from relata.engine.workspace.workspace import Workspace

ITEMS, PEOPLE, MEETINGS = 100_000, 20, 2_000
#: People of the account and its deals; a mail is told with one of them, and with the account.
BELOW = 60
_TRIES = 30


async def measure(bench: Bench) -> list[Figure]:
    """The first page and a later one; free/busy of twenty people over a month, a tenth of it series."""
    account = (await bench.some_ids("account", bench.administrator, 1))[0]
    people = await _people(bench)
    await _fill(bench, account, people)
    first = await _slowest(bench, lambda work: _page(work, account, ""))
    after = await bench.house.door.run(MAIN, bench.administrator.id, lambda work: _page(work, account, ""), via="bench")
    later = await _slowest(bench, lambda work: _page(work, account, after))
    start = await bench.house.door.run(MAIN, bench.administrator.id, _now, via="bench")
    month = await _slowest(bench, lambda work: busy(work, "meeting", people, start, start + timedelta(days=31)))
    note = f"{ITEMS:,} items, {BELOW} people, {BELOW} deals"
    return [
        at_most("Timeline: first page, p95", first, "ms", 40, note=note),
        at_most("Timeline: a later page, p95", later, "ms", 40, note=note),
        at_most("Free/busy of 20 people over a month, p95", month, "ms", 100, note=f"{MEETINGS:,} meetings"),
    ]


async def _now(work: Workspace) -> datetime:
    return work.clock.now


async def _page(work: Workspace, account: UUID, after: str) -> str:
    one = work.registry.get("account")
    record = await work.get("account", account)
    return (await timeline(work, one, record, after=after)).next


async def _people(bench: Bench) -> list[UUID]:
    context = await bench.house.door.context(MAIN)
    async with bench.house.database.read() as connection:
        rows = await connection.fetch(f'select id from {quoted(context.schema)}."user" order by id limit {PEOPLE}')
    return [found for (found,) in rows]


async def _fill(bench: Bench, account: UUID, people: list[UUID]) -> None:
    """Calls, notes and mails about one account and who is below it, and meetings of colleagues, straight into the
    tables."""
    context = await bench.house.door.context(MAIN)
    schema = quoted(context.schema)
    of_filing = await _readers_of_filings(bench, account)
    readers = "(select readers from " + schema + ".account where id = %(account)s)"
    values = {
        "account": account, "people": people, "part": ITEMS // 4, "meetings": MEETINGS, "below": BELOW,
        "seen": of_filing,
    }  # fmt: skip
    async with bench.house.database.transaction() as connection:
        for name in ("contact", "opportunity"):
            await connection.execute(
                f"update {schema}.{name} set account = %(account)s, readers = {readers} where id in"
                f" (select id from {schema}.{name} where deleted_at is null order by id limit %(below)s)",
                values,
            )
        about = f"(select array_agg(id order by id) from {schema}.contact where account = %(account)s)"
        await connection.execute(
            f"insert into {schema}.call (id, subject, at, about, about__object, owner, readers)"
            " select gen_random_uuid(), 'Call ' || n, now() - n * interval '1 minute', people.ids[n %% %(below)s + 1],"
            f" 'contact', (%(people)s::uuid[])[1], {readers} from generate_series(1, %(part)s) n, {about} people(ids)",
            values,
        )
        await connection.execute(
            f"insert into {schema}.note (id, subject, body, about, about__object, owner, readers)"
            " select gen_random_uuid(), 'Note ' || n, 'What was said.', %(account)s, 'account',"
            f" (%(people)s::uuid[])[1], {readers} from generate_series(1, %(part)s) n",
            values,
        )
        await connection.execute(
            f"with mail as (insert into {schema}.email (id, subject, direction, state, sent_at, text, fingerprint)"
            " select gen_random_uuid(), 'Mail ' || n, 'in', 'received', now() - n * interval '1 minute', 'What was"
            " written.', 'bench-' || n from generate_series(1, %(part)s) n returning id, subject, sent_at, fingerprint)"
            f" insert into {schema}.email_filing (id, email, about, about__object, at, direction, level, subject, text,"
            " readers) select gen_random_uuid(), mail.id, about.id, about.object, mail.sent_at, 'in', 'everything',"
            f" mail.subject, 'What was written.', %(seen)s::int[] from mail, {about} people(ids),"
            " lateral (values (people.ids[split_part(fingerprint, '-', 2)::int %% %(below)s + 1], 'contact'),"
            " (%(account)s, 'account')) about(id, object)",
            values,
        )
        await connection.execute(
            f"insert into {schema}.meeting (id, subject, status, starts_at, ends_at, next_at, zone, rule, owner)"
            " select gen_random_uuid(), 'Meeting ' || n, 'planned', at, at + interval '1 hour', at, 'Europe/Berlin',"
            " case when n %% 10 = 0 then 'FREQ=WEEKLY' end, (%(people)s::uuid[])[n %% cardinality(%(people)s) + 1]"
            " from (select n, date_trunc('hour', now()) + (n %% 720 - 360) * interval '1 hour' as at"
            " from generate_series(1, %(meetings)s) n) x",
            values,
        )
    async with bench.house.database.read() as connection:
        await connection.execute(f"analyze {schema}.call, {schema}.note, {schema}.meeting, {schema}.email_filing")


async def _readers_of_filings(bench: Bench, account: UUID) -> list[int]:
    """Who sees a mail that is filed with the account: as the door writes it down."""

    async def make(work: Workspace) -> list[int]:
        mail = await work.create("email", {"subject": "First", "direction": "in", "state": "received"})
        about = AnyTarget("account", account)
        values = {"email": mail.id, "about": about, "at": work.clock.now, "level": "everything"}
        await work.create("email_filing", values)
        await work.settle()
        row = await work.unit.connection.fetch_one(
            f"select readers from {quoted(work.context.schema)}.email_filing where email = %s", (mail.id,)
        )
        return list(row[0]) if row else []

    return await bench.house.door.run(MAIN, None, make, via="bench")


async def _slowest(bench: Bench, act: Callable[[Workspace], Awaitable[object]]) -> float:
    """Milliseconds at p95, the door included."""
    taken = []
    for _try in range(_TRIES):
        start = time.perf_counter()
        await bench.house.door.run(MAIN, bench.administrator.id, act, via="bench", read_only=True)
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken[3:])[int((_TRIES - 3) * 0.95)]
