"""Mails on their way: a worker hands them over, so that no request waits for a mail server, and nobody learns from how
long an answer takes whether an address is known here."""

from __future__ import annotations

import base64
import hashlib
import logging
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet

from relata.engine.jobs.queue import SOON, Job, Queue
from relata.engine.messaging.message import MailTransport, Message
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import Invalid, Unavailable
from relata.foundation.ids import new_id

log = logging.getLogger(__name__)

#: The task; its only argument is the mail's id.
SEND_MAIL = "send_mail"
#: Links in mails are good for an hour or a week; a mail that could not go out for so long would only puzzle.
_MAX_AGE = "2 days"


class Outbox:
    """Keeps mails, encrypted since they hold links that open accounts, until they were handed over. secret: the
    installation's."""

    def __init__(self, database: Database, queue: Queue, secret: str) -> None:
        self._database = database
        self._queue = queue
        digest = hashlib.sha256(b"outbox" + secret.encode()).digest()
        self._box = Fernet(base64.urlsafe_b64encode(digest))

    async def post(self, message: Message) -> None:
        """Have the mail sent, in a transaction of its own."""
        async with self._database.transaction() as connection:
            await self.post_within(connection, message)

    async def post_within(self, connection: Connection, message: Message) -> None:
        """Have the mail sent once this transaction has committed."""
        mail, body = new_id(), self._box.encrypt(msgspec.json.encode(message))
        await connection.execute("insert into relata.waiting_mail (id, body) values (%s, %s)", (mail, body))
        await connection.execute(f"delete from relata.waiting_mail where at < now() - interval '{_MAX_AGE}'")
        await self._queue.enqueue(connection, SEND_MAIL, {"mail": mail})

    def register(self, transport: MailTransport) -> None:
        """Give the queue the task that hands mails over."""

        @self._queue.task(SEND_MAIL, priority=SOON)
        async def send(job: Job) -> None:
            await self.deliver(transport, UUID(str(job.args["mail"])))

    async def deliver(self, transport: MailTransport, mail: UUID) -> None:
        """Hand it over and forget it. What was refused for good or may have gone out is not repeated."""
        async with self._database.read() as connection:
            row = await connection.fetch_one("select body from relata.waiting_mail where id = %s", (mail,))
        if row is None:
            return
        try:
            await transport.send(msgspec.json.decode(self._box.decrypt(bytes(row[0])), type=Message))
        except Invalid as error:
            log.warning("mail %s was refused: %s", mail, error.code)
        except Unavailable as error:
            if error.code != "delivery_uncertain":
                raise
            log.warning("mail %s may not have arrived", mail)
        async with self._database.transaction() as connection:
            await connection.execute("delete from relata.waiting_mail where id = %s", (mail,))
