"""The background work of a workspace, for who looks after it: jobs by state, and what recurs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from relata.engine.jobs.cron import next_ticks
from relata.engine.workspace.permissions import require
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: States as the queue calls them, in the order in which a job goes through them.
STATES = ("todo", "doing", "failed", "succeeded")
LISTED = 100


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job. due: when it runs, None for at once. at: when its state was reached, as far as it is known."""

    id: int
    task: str
    state: str
    attempts: int
    due: datetime | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """What recurs. last: the tick that was enqueued last, None for one that never ran."""

    name: str
    module: str
    help: str
    cron: str
    last: datetime | None
    next: datetime


async def jobs(work: Workspace, state: str) -> list[JobLine]:
    """The newest jobs of this workspace in a state. Needs see_audit; NotFound for a state that there is not."""
    require(work, "see_audit")
    if state not in STATES:
        raise NotFound(_("Jobs have no such state."), code="unknown_state")
    rows = await work.unit.connection.fetch(
        "select j.id, j.task_name, j.status::text, j.attempts, j.scheduled_at,"
        " (select max(e.at) from public.procrastinate_events e where e.job_id = j.id)"
        " from public.procrastinate_jobs j where j.status = %(state)s::public.procrastinate_job_status"
        " and j.args ->> 'schema' = %(schema)s order by j.id desc limit %(limit)s",
        {"state": state, "schema": work.context.schema, "limit": LISTED},
    )
    return [JobLine(*row) for row in rows]


async def schedules(work: Workspace) -> list[ScheduleLine]:
    """What recurs in this workspace, with its last and next run. Needs see_audit."""
    require(work, "see_audit")
    rows = await work.unit.connection.fetch(
        "select name, at from relata.schedule_tick where schema = %s", (work.context.schema,)
    )
    last: dict[str, datetime] = dict(rows)
    now = datetime.now(UTC)
    found = []
    for module in work.registry.modules.values():
        for one in module.schedules:
            following = next(next_ticks(one.cron, now))
            found.append(ScheduleLine(one.name, module.title, one.help, one.cron, last.get(one.name), following))
    return sorted(found, key=lambda line: line.next)
