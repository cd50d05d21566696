"""Scheduled imports wired up: the job that looks what is due, and one job for each schedule."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from relata.app import automating
from relata.app.assembly import House
from relata.engine.calendars.tables import CALENDARS
from relata.engine.jobs.queue import Job, NewJob, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.transfer.wizard.scheduled import Ground, claim_due, run_schedule
from relata.engine.workspace.workspace import Workspace

DUE, DUE_CRON, RUN = "imports_due", "*/5 * * * *", "scheduled_import"


def register(house: House, queue: Queue) -> None:
    """The jobs."""

    @queue.task(DUE)
    async def imports_due(job: Job) -> None:
        key = str(job.args["schema"]).removeprefix("w_")

        async def run(work: Workspace) -> None:
            jobs = [NewJob(RUN, {"workspace": key, "schedule": one}, key=str(one)) for one in await claim_due(work)]
            await queue.enqueue_many(work.unit.connection, jobs)

        await house.door.run(key, None, run, via="automation")

    @queue.task(RUN)
    async def scheduled_import(job: Job) -> None:
        await run_schedule(ground(house), str(job.args["workspace"]), UUID(str(job.args["schedule"])))


def ground(house: House) -> Ground:
    """What they stand on."""
    folders = tuple(Path(one) for one in house.settings.import_folders)
    return Ground(
        house.door, house.files, house.guard, automating.ports_of(house).tell, folders, also=(CALENDARS,)
    )  # fmt: skip


def recurring(schema: str) -> Iterable[Recurring]:
    """The look every five minutes."""
    return (Recurring(schema, DUE, DUE_CRON, DUE),)
