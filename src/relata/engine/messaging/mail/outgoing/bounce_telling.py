"""Who wrote a mail hears that it came back: from the feed to a job, so that the wish of each person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import SOON, Job, NewJob, Queue
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.outgoing.sending import Tell
from relata.engine.storage.database import Connection
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

#: The task; its arguments are the schema and the mail.
TELL_BOUNCED = "tell_of_bounce"


def noticing(queue: Queue) -> Subscriber:
    """The subscriber that has writers told. Of mailings nobody is told one by one; their page counts."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        mails = {one.record for one in changes if one.object == WRITTEN and one.after.get("bounced_at")}
        jobs = [NewJob(TELL_BOUNCED, {"schema": schema, "mail": mail}, key=str(mail)) for mail in sorted(mails)]
        if jobs:
            await queue.enqueue_many(connection, jobs)

    return enqueue


def register(queue: Queue, door: Door, tell: Tell) -> None:
    """Give the queue the task."""

    @queue.task(TELL_BOUNCED, priority=SOON)
    async def tell_of_bounce(job: Job) -> None:
        async def run(work: Workspace) -> None:
            await told_of_bounce(work, UUID(str(job.args["mail"])), tell)

        await door.run(str(job.args["schema"]).removeprefix("w_"), None, run, via="automation")


async def told_of_bounce(work: Workspace, key: UUID, tell: Tell) -> bool:
    """Tell who wrote it, with the server's reason; whether there was somebody to tell. work: the system's."""
    mails = await work.get_many(WRITTEN, [key])
    if not mails or mails[0]["owner"] is None or mails[0]["mailing"] is not None:
        return False
    mail = mails[0]
    subject = (mail["subject"] or _("Without a subject"))[:100]
    text = _("“%(subject)s” came back. %(why)s") % {"subject": subject, "why": mail["problem"] or ""}
    await tell(work, mail["owner"], text.strip(), mail)
    return True
