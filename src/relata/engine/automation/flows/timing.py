"""What the clock starts: schedules, and dates of records with a distance. Asked once a minute for what came due since
the last time, so that nothing is missed while nobody ran, and nothing starts twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from relata.engine.automation.flows.active import Published, active_flows, as_publisher, pause_orphan
from relata.engine.automation.flows.clocks import at_wall, shifted
from relata.engine.automation.flows.segments import swept
from relata.engine.automation.flows.starting import Start, allowed, begin
from relata.engine.automation.flows.triggers import DateTrigger, ScheduleTrigger, SegmentTrigger
from relata.engine.automation.working_time.counting import add_working_days, shift_days
from relata.engine.automation.working_time.reading import workspace_calendar
from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.jobs.cron import next_ticks
from relata.engine.metadata.fields import DateTime
from relata.engine.query.request import Query
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.workspace import Workspace

#: What was due longer ago, such as while nothing ran, is old news.
LATEST = timedelta(days=2)
#: Of one schedule after a pause.
MOST_TICKS = 1


async def start_timed(work: Workspace, actors: ActorCache, now: datetime | None = None) -> int:
    """Begin what came due; how many runs. work: the system's."""
    now, started = now or datetime.now(UTC), 0
    for one in await active_flows(work.unit.connection, work.context.schema):
        trigger = one.body.trigger
        if isinstance(trigger, SegmentTrigger):
            as_who = await as_publisher(work, actors, one)
            started += await begin(work, await swept(as_who, one, trigger, now)) if as_who is not None else 0
            continue
        if not isinstance(trigger, (DateTrigger, ScheduleTrigger)):
            continue
        since = await _claim(work, one, now)
        if since is None or since >= now:
            continue
        since = max(since, now - LATEST)
        as_who = await as_publisher(work, actors, one)
        if as_who is None:
            await pause_orphan(work, one)
        elif isinstance(trigger, ScheduleTrigger):
            zone = trigger.zone or work.settings.zone
            ticks = list(ticks_between(trigger.cron, zone, since, now))[-MOST_TICKS:]
            started += await begin(work, [Start(one, f"tick:{tick:%Y-%m-%dT%H:%MZ}") for tick in ticks])
        else:
            started += await begin(work, await _due(as_who, one, trigger, since, now))
    return started


async def _claim(work: Workspace, one: Published, now: datetime) -> datetime | None:
    """Until when this was looked at; moved to now in the same transaction."""
    schema = quoted(work.context.schema)
    row = await work.unit.connection.fetch_one(
        f"select seen_until from {schema}._flow_timer where version = %s for update", (one.version,)
    )
    await work.unit.connection.execute(
        f"insert into {schema}._flow_timer (version, seen_until) values (%s, %s)"
        " on conflict (version) do update set seen_until = excluded.seen_until",
        (one.version, now),
    )
    return row[0] if row else None


def ticks_between(cron: str, zone: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """The moments after `since`, up to `until`, at which a schedule is due by the clocks of a zone. A time that the
    clocks leap over is due when they have leapt; one that comes twice is due the first time."""
    local = ZoneInfo(zone)
    # Clocks on the wall as if there were no zone: the leaps of who counts ticks differ from those of a zone.
    wall = since.astimezone(local).replace(tzinfo=None) - timedelta(hours=2)
    end = until.astimezone(local).replace(tzinfo=None) + timedelta(hours=2)
    seen: set[datetime] = set()
    for tick in next_ticks(cron, wall):
        if tick > end:
            return
        moment = tick.replace(tzinfo=local, fold=0).astimezone(UTC)
        if since < moment <= until and moment not in seen:
            seen.add(moment)
            yield moment


async def _due(
    as_who: Workspace, one: Published, trigger: DateTrigger, since: datetime, until: datetime
) -> list[Start]:
    """Records whose date, with its distance, lies in the time that passed, and that fulfil the condition."""
    return [start for start, _moment in await due_between(as_who, one, trigger, since, until)]


async def due_between(
    as_who: Workspace, one: Published, trigger: DateTrigger, since: datetime, until: datetime
) -> list[tuple[Start, datetime]]:
    """What a date starts in a time, with the moment of each; the records as they are now."""
    field = as_who.registry.get(trigger.object).field(trigger.field)
    is_moment = isinstance(field, DateTime)
    low, high = await _window(as_who, trigger, since, until, is_moment=is_moment)
    path = Path((trigger.field,))
    where = all_of([Binary(">=", path, Literal(low)), Binary("<=", path, Literal(high))])
    found: list[Start] = []
    moments: dict[str, datetime] = {}
    after = ""
    while True:
        query = Query(trigger.object, where, fields=("id", trigger.field), limit=500, after=after)
        page = await as_who.query(query)
        for row in page.values():
            moment = await moment_of(as_who, trigger, row[trigger.field])
            if since < moment <= until:
                cause = f"date:{row['id']}:{row[trigger.field].isoformat()}"
                moments[cause] = moment
                found.append(Start(one, cause, trigger.object, row["id"]))
        after = page.next
        if not after:
            break
    return [(start, moments[start.cause]) for start in await allowed(as_who, trigger.where, found)]


async def moment_of(work: Workspace, trigger: DateTrigger, value: date | datetime) -> datetime:
    """When a record's date is due, with the distance."""
    zone = trigger.zone or work.settings.zone
    if trigger.unit == "working_days":
        return await _working(work, trigger, value, zone)
    if not isinstance(value, datetime):
        hour, minute = trigger.at.split(":")
        if trigger.unit in ("days", "weeks", "months"):
            # By days first, then the time: no leap of the clocks moves a day.
            noon = shifted(at_wall(value, time(12), zone), trigger.amount, trigger.unit, zone)
            value = noon.astimezone(ZoneInfo(zone)).date()
            return at_wall(value, time(int(hour), int(minute)), zone)
        value = at_wall(value, time(int(hour), int(minute)), zone)
    return shifted(value, trigger.amount, trigger.unit, zone)


async def _working(work: Workspace, trigger: DateTrigger, value: date | datetime, zone: str) -> datetime:
    """By the working days of the workspace's calendar."""
    calendar = await workspace_calendar(work)
    if isinstance(value, datetime):
        return add_working_days(calendar, value, trigger.amount)
    hour, minute = trigger.at.split(":")
    return at_wall(shift_days(calendar, value, trigger.amount), time(int(hour), int(minute)), zone)


async def _window(
    work: Workspace, trigger: DateTrigger, since: datetime, until: datetime, *, is_moment: bool
) -> tuple[str, str]:
    """Between which values of the field a record can be due; a little too wide."""
    zone = trigger.zone or work.settings.zone
    if trigger.unit == "working_days":  # weekends and holidays lie between: as wide as three times as many days
        far = timedelta(days=abs(trigger.amount) * 3 + 30)
        low, high = since - far, until + far
    else:
        margin = timedelta(days=4 if trigger.unit == "months" else 2)
        low = shifted(since, -trigger.amount, trigger.unit, zone) - margin
        high = shifted(until, -trigger.amount, trigger.unit, zone) + margin
    if is_moment:
        return low.isoformat(), high.isoformat()
    return low.date().isoformat(), high.date().isoformat()


#: For so long ended runs can be looked at; so many are cleared away at once.
KEPT_DAYS, MOST_CLEARED = 180, 2000


async def clear_away(work: Workspace) -> int:
    """Forget runs that ended long ago, with what is sealed for them; how many."""
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"delete from {schema}._flow_run where id in (select id from {schema}._flow_run"
        f" where ended_at < now() - interval '{KEPT_DAYS} days' order by id limit {MOST_CLEARED}) returning id"
    )
    gone = [key for (key,) in rows]
    if gone:
        await work.unit.connection.execute(f"delete from {schema}._flow_step where run = any(%s)", (gone,))
        await work.unit.connection.execute(f"delete from {schema}._record_key where record = any(%s)", (gone,))
    return len(gone)
