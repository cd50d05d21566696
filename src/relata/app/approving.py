"""Approvals wired up: the job that tells approvers, and what its mails say."""

from __future__ import annotations

from urllib.parse import quote

from relata.app.assembly import House
from relata.app.secret_key import secret_key
from relata.engine.automation.approvals.mail_links import PLACE, Places, approval_mail, link_token
from relata.engine.automation.approvals.telling import TELL, News, tell_of_approvals
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.stopping import stop_token
from relata.engine.history.feed import read_feed
from relata.engine.jobs.queue import SOON, Job, Queue
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


def register(house: House, queue: Queue) -> None:
    """Give the queue its task."""

    async def mail(work: Workspace, wish: Preferences, notification: Record, news: News) -> None:
        address, token = house.settings.address, await link_token(work, news)
        stop = stop_token(secret_key(house.settings), work.context.key, wish.person)
        places = Places(
            record=address + record_href(work.registry, news.about.object, news.about.id),
            decide=f"{address}{PLACE}/{quote(token)}" if token else "",
            settings=f"{address}/settings/notifications",
            stop=f"{address}/stop-mails/{quote(stop)}",
        )
        message = approval_mail(wish.email, news, places, key=notification.id)
        await house.outbox.post_within(work.unit.connection, message)
        await work.change(notification, {"is_mailed": True})

    @queue.task(TELL, priority=SOON)
    async def tell_approvers(job: Job) -> None:
        schema, first, last = str(job.args["schema"]), int(job.args["first"]), int(job.args["last"])

        async def run(work: Workspace) -> None:
            changes = await read_feed(work.unit.connection, schema, first - 1, last - first + 1)
            await tell_of_approvals(work, mail, changes)

        await house.door.run(schema.removeprefix("w_"), None, run, via="automation")
