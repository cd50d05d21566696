"""/dev/mail: what would have been mailed, for whoever sits at this machine. Wired only while no mail server is set."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.messaging.kept import kept_mail
from relata.engine.storage.database import Database
from relata.foundation.errors import NotFound
from relata.interfaces.http.exchange import exchange_of


def development_mail(database: Database) -> HTTPRouteHandler:
    """The handler. Plain text, for the mails hold text of strangers; anybody elsewhere finds nothing at the address."""

    @get("/dev/mail", media_type="text/plain")
    async def page(request: Request[Any, Any, Any]) -> str:
        """The mails, newest first."""
        if not exchange_of(request.scope).peer.is_local:
            raise NotFound("There is nothing at this address.", code="no_such_address")
        async with database.read() as connection:
            found = await kept_mail(connection)
        told = [
            f"{one.at:%Y-%m-%d %H:%M:%S}\nTo: {one.message.to}\nSubject: {one.message.subject}\n\n{one.message.text}"
            for one in found
        ]
        return f"\n{'-' * 72}\n\n".join(told) or "No mail was sent yet.\n"

    return page
