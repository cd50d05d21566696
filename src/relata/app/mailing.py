"""Mail of mailboxes wired up: the job that sends it, and how its writer hears of what went wrong."""

from __future__ import annotations

from uuid import UUID

from relata.app.assembly import House
from relata.app.automating import ports_of
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.outgoing import sending
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


def register(house: House, queue: Queue) -> None:
    """Give the queue its tasks."""
    people = ports_of(house)

    async def tell(work: Workspace, person: UUID, text: str, mail: Record) -> None:
        await people.tell(work, person, text, AnyTarget(mail.object.name, mail.id))

    sending.register(queue, house.door, sending.Ports(house.mailbox_transport, house.files, tell=tell))
