"""A sign-in that waits for its second step: it opens nothing, and lasts ten minutes and five tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from relata.engine.identity import browsers
from relata.engine.identity.secret_text import digest, draw
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Connection
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

LIFETIME = timedelta(minutes=10)
TRIES = 5


@dataclass(frozen=True, slots=True)
class HalfSignIn:
    """Who showed their password. next: the page where they wanted to go."""

    id: UUID
    account: UUID
    next: str


async def begin(connection: Connection, account: UUID, visitor: Visitor, wanted: str) -> str:
    """A new one; its token, for a cookie of its own. wanted: the page to go on to."""
    token = draw()
    await connection.execute(
        "insert into relata.half_sign_in (id, account, token_hash, browser, next, expires_at)"
        " values (%s, %s, %s, %s, %s, now() + %s)",
        (new_id(), account, digest(token), browsers.family(visitor.user_agent), wanted[:2000], LIFETIME),
    )
    return token


async def find(connection: Connection, token: str, visitor: Visitor) -> HalfSignIn:
    """What the token stands for; Expired (`half_sign_in`) when it is over, or shown by another browser."""
    return await _alive(connection, token, visitor)


async def count_try(connection: Connection, token: str, visitor: Visitor) -> HalfSignIn:
    """The same, with one try less. Outside of a transaction, so that it counts whatever happens."""
    found = await _alive(connection, token, visitor)
    counted = await connection.execute(
        "update relata.half_sign_in set tries = tries + 1 where id = %s and tries < %s", (found.id, TRIES)
    )
    return found if counted else _over()


async def finish(connection: Connection, half: HalfSignIn) -> None:
    """Use it up; of two at once one gets it, the other Expired."""
    if not await connection.execute("delete from relata.half_sign_in where id = %s", (half.id,)):
        _over()


async def end_of_account(connection: Connection, account: UUID) -> None:
    """None of them opens anything any more: password or factors changed."""
    await connection.execute("delete from relata.half_sign_in where account = %s", (account,))


async def _alive(connection: Connection, token: str, visitor: Visitor) -> HalfSignIn:
    row = await connection.fetch_one(
        "select h.id, h.account, h.next from relata.half_sign_in h"
        " join relata.account a on a.id = h.account and a.disabled_at is null"
        " where h.token_hash = %s and h.browser = %s and h.expires_at > now() and h.tries < %s",
        (digest(token), browsers.family(visitor.user_agent), TRIES),
    )
    return HalfSignIn(*row) if row else _over()


def _over() -> HalfSignIn:
    raise Expired(
        _("Signing in took too long, or too many codes were wrong."), code="half_sign_in", hint=_("Start again.")
    )
