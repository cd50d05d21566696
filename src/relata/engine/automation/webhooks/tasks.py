"""The jobs of webhooks: handing over what is due, and clearing away what is old."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.webhooks.delivering import Deliverer, clear_away
from relata.engine.automation.webhooks.noticing import DELIVER
from relata.engine.jobs.queue import Job, Queue
from relata.engine.workspace.workspace import Workspace

#: Once an hour in each workspace.
CLEAR, CLEAR_CRON = "clear_webhooks", "23 * * * *"


def register(queue: Queue, deliverer: Deliverer) -> None:
    """Give the queue these tasks."""

    @queue.task(DELIVER)
    async def deliver_webhook(job: Job) -> None:
        schema, webhook = str(job.args["schema"]), UUID(str(job.args["webhook"]))
        key = schema.removeprefix("w_")
        due = await deliverer.pump(key, webhook)
        if due is not None:

            async def following(work: Workspace) -> None:
                await queue.enqueue(
                    work.unit.connection, DELIVER, {"schema": schema, "webhook": webhook}, key=f"{schema}:{webhook}",
                    run_at=due,
                )  # fmt: skip

            await deliverer.door.run(key, None, following, via="automation")

    @queue.task(CLEAR)
    async def clear_webhooks(job: Job) -> None:
        await deliverer.door.run(str(job.args["schema"]).removeprefix("w_"), None, clear_away, via="automation")
