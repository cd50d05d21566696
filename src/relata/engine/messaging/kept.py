"""Stands in for a mail server in development: mail is kept in the database and shown on the development mail page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relata.engine.messaging.message import Message
from relata.engine.storage.database import Connection, Database

#: The mails hold links that open accounts, so few are kept, and not for long.
MAX_KEPT = 100
_MAX_AGE = "2 days"


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail that would have been sent."""

    at: datetime
    message: Message


class KeepingTransport:
    """A MailTransport that sends nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(self, message: Message) -> None:
        """Keep it; the same key only once."""
        async with self._database.transaction() as connection:
            await connection.execute(
                "insert into relata.outgoing_mail (key, recipient, subject, text, html) values (%s, %s, %s, %s, %s)"
                " on conflict (key) do nothing",
                (message.key, message.to, message.subject, message.text, message.html),
            )
            await connection.execute(
                f"delete from relata.outgoing_mail where at < now() - interval '{_MAX_AGE}' or id <="
                " (select id from relata.outgoing_mail order by id desc offset %s limit 1)",
                (MAX_KEPT,),
            )


async def kept_mail(connection: Connection) -> list[KeptMail]:
    """What was kept, newest first."""
    rows = await connection.fetch(
        "select at, recipient, subject, text, html, key from relata.outgoing_mail order by id desc"
    )
    return [KeptMail(row[0], Message(*row[1:])) for row in rows]
