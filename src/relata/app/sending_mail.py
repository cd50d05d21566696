"""Mail of mailboxes wired up: the job that sends it, its copy in the folder of sent mail, and how its writer hears of
what went wrong."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

from relata.app.assembly import House
from relata.app.automating import ports_of
from relata.app.secret_key import secret_key
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.mailbox_objects import MAIL_FOLDER, MAILBOX
from relata.engine.messaging.mail.outgoing import bounce_telling, sending, tokens, tracking
from relata.engine.messaging.mail.outgoing.followups import unsubscribe
from relata.engine.messaging.mail.outgoing.tracking import marking, stopping
from relata.engine.messaging.mail.renewing import renewed_by_id
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

    secret, address = secret_key(house.settings), house.settings.address
    ports = sending.Ports(
        house.mailbox_transport, house.files, stop_address=stopping(secret, address), marked=marking(secret, address),
        tell=tell, copy=copy, fresh=lambda key, mailbox: renewed_by_id(house.door, house.guard, key, mailbox),
    )  # fmt: skip
    sending.register(queue, house.door, ports)
    bounce_telling.register(queue, house.door, tell)


class MailLinks:
    """What happens at the addresses in mails, for anybody who holds one."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._secret = secret_key(house.settings)

    def check_stop(self, token: str) -> None:
        """Expired for an address that was not made here."""
        tokens.read(self._secret, tokens.STOP, token)

    async def stop(self, token: str) -> None:
        """The mail's recipient wants no more."""
        key, mail = tokens.read(self._secret, tokens.STOP, token)

        async def run(work: Workspace) -> None:
            await unsubscribe(work, mail)

        await self._house.door.run(key, None, run, via="form")

    async def opened(self, token: str) -> None:
        """The mail was opened."""
        await self._note(*tokens.read(self._secret, tokens.OPENED, token), "opened_at")

    async def clicked(self, token: str, target: str) -> None:
        """A link was followed; Expired for one that was not in the mail."""
        await self._note(*tokens.read(self._secret, tokens.CLICKED, token, target), "clicked_at")

    async def _note(self, key: str, mail: UUID, what: str) -> None:
        async def run(work: Workspace) -> None:
            await tracking.note(work, mail, what)

        await self._house.door.run(key, None, run, via="automation")
