"""Mail of mailboxes wired up: the job that sends it, its copy in the folder of sent mail, and how its writer hears of
what went wrong."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

from relata.app.assembly import House
from relata.app.automating import ports_of
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.mailbox_objects import MAIL_FOLDER, MAILBOX
from relata.engine.messaging.mail.outgoing import sending
from relata.engine.messaging.mail.servers import Account, account_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)


def register(house: House, queue: Queue) -> None:
    """Give the queue its tasks."""
    people = ports_of(house)

    async def tell(work: Workspace, person: UUID, text: str, mail: Record) -> None:
        await people.tell(work, person, text, AnyTarget(mail.object.name, mail.id))

    async def copy(key: str, mailbox: UUID, content: bytes) -> None:
        async def where(work: Workspace) -> tuple[Account, str] | None:
            folder = await work.first(MAIL_FOLDER, mailbox=mailbox, role="sent")
            return (account_of(await work.get(MAILBOX, mailbox)), folder["name"]) if folder else None

        try:
            found = await house.door.run(key, None, where, read_only=True)
            if found is not None:
                async with house.mail_servers.connect(found[0]) as server:
                    await server.append(found[1], content, at=datetime.now(UTC))
        except RelataError as error:  # the mail is out; its copy here says so
            log.warning("a sent mail was not copied to its server: %s", error.code)

    ports = sending.Ports(house.mailbox_transport, house.files, tell=tell, copy=copy)
    sending.register(queue, house.door, ports)
