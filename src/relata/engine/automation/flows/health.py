"""How flows do as a whole: what waits, how much goes well, which steps are slow; and a word to owners when one stands
still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from relata.engine.automation.flows.objects import FLOW, MANAGE
from relata.engine.automation.flows.ports import Ports
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import ngettext

#: Over which steps are measured, how many of them are named, and after how long a due run counts as stalled.
DAYS, MOST_STEPS, STALLED_MINUTES = 7, 12, 10


@dataclass(frozen=True, slots=True)
class Depth:
    """due: to be taken now. late: due for more than a minute. waiting: for a time or a person. queued: behind others of
    their lane. calling: effects under way. oldest: since when the oldest one is due. hour, failed: of the last hour and
    day."""

    due: int
    late: int
    waiting: int
    queued: int
    calling: int
    oldest: datetime | None
    hour: int
    done: int
    failed: int

    @property
    def success(self) -> float | None:
        """The share of what ended in the last day that went well; None before the first."""
        ended = self.done + self.failed
        return self.done / ended if ended else None


@dataclass(frozen=True, slots=True)
class SlowStep:
    """A step of a flow, measured while it ran or asked, not while it waited. median, slow: milliseconds, of half and of
    19 in 20."""

    flow: UUID
    version: UUID
    step: str
    times: int
    failed: int
    median: float
    slow: float


async def depth_of(work: Workspace) -> Depth:
    """What waits, and how it went. Needs manage_flows."""
    require(work, MANAGE)
    row = await work.unit.connection.fetch_one(
        "select count(*) filter (where state in ('ready', 'waiting', 'calling') and wake_at <= now()),"
        " count(*) filter (where state in ('ready', 'waiting', 'calling') and wake_at < now() - interval '1 minute'),"
        " count(*) filter (where state = 'waiting' and wake_at > now()), count(*) filter (where state = 'queued'),"
        " count(*) filter (where state = 'calling' and wake_at > now()),"
        " min(wake_at) filter (where state in ('ready', 'waiting', 'calling') and wake_at <= now()),"
        " count(*) filter (where ended_at > now() - interval '1 hour'),"
        " count(*) filter (where state = 'done' and ended_at > now() - interval '1 day'),"
        " count(*) filter (where state in ('failed', 'stopped') and ended_at > now() - interval '1 day')"
        f" from {quoted(work.context.schema)}._flow_run where ended_at is null or ended_at > now() - interval '1 day'"
    )
    assert row is not None
    return Depth(*row)


async def slow_steps(work: Workspace) -> list[SlowStep]:
    """The slowest steps of the last days, over the latest 50,000 of them. Needs manage_flows."""
    require(work, MANAGE)
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        "select r.flow, r.version, s.step, count(*), count(*) filter (where s.state = 'failed'),"
        " percentile_cont(0.5) within group (order by s.ms), percentile_cont(0.95) within group (order by s.ms)"
        " from (select run, step, state, extract(epoch from ended_at - started_at) * 1000 as ms"
        f" from {schema}._flow_step where ended_at is not null and detail is distinct from null"
        " and not (detail ? 'until' or detail ? 'met' or detail ? 'runs' or detail ? 'approved' or detail ? 'answered')"
        f" and started_at > now() - interval '{DAYS} days' order by run desc limit 50000) s"
        f" join {schema}._flow_run r on r.id = s.run group by 1, 2, 3 order by 7 desc limit {MOST_STEPS}"
    )
    return [SlowStep(*row) for row in rows]


async def tell_stalled(work: Workspace, ports: Ports) -> int:
    """Tell the owners of flows whose runs are due for long and are not taken, once in a day for each; how many. work:
    the system's."""
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select r.flow, count(*) from {schema}._flow_run r join {schema}.flow f on f.id = r.flow"
        " where r.state in ('ready', 'waiting', 'calling') and f.state <> 'paused'"
        f" and r.wake_at < now() - interval '{STALLED_MINUTES} minutes' group by r.flow"
    )
    told, day = 0, datetime.now(UTC).strftime("%Y-%m-%d")
    for flow, count in rows:
        fresh = await work.unit.connection.execute(
            f"insert into {schema}._done (what) values (%s) on conflict do nothing", (f"flow stalled:{flow}:{day}",)
        )
        record = (await work.get_many(FLOW, [flow]))[:1] if fresh else []
        if record and record[0]["owner"] is not None:
            text = ngettext(
                "The flow %(name)s stands still: %(num)s run is late",
                "The flow %(name)s stands still: %(num)s runs are late", count,
            ) % {"name": record[0]["name"], "num": count}  # fmt: skip
            await ports.tell(work, record[0]["owner"], text[:300], AnyTarget(FLOW, flow))
            told += 1
    return told
