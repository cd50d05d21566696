"""Tokens of OAuth 2 last an hour: before a mailbox is read or written from, another one is fetched with the permission
that its owner gave (RFC 6749, 6). A permission that was withdrawn is told like a refused password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from relata.engine.fetching.client import Fetched, Guard
from relata.engine.messaging.mail.mailbox_objects import MAILBOX, PROVIDER
from relata.engine.messaging.mail.providers import token_address_of
from relata.engine.messaging.mail.servers import REFUSED, UNREACHABLE
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import reveal
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Unavailable
from relata.foundation.i18n import later

#: A token that ends so soon is not used any more.
_EARLY = timedelta(minutes=2)
_FOR_GOOD = (400, 401, 403)
_USUAL_SECONDS, _MOST_SECONDS = 3600, 86_400


async def renewed(door: Door, guard: Guard, key: str, mailbox: Record) -> Record:
    """The mailbox with a token that holds; as it is where it needs none. Unavailable where the provider refuses, or is
    not there."""
    if mailbox["sign_in"] != "oauth" or not mailbox["refresh_token"]:
        return mailbox
    until = mailbox["token_until"]
    if mailbox["password"] and until is not None and until > datetime.now(UTC) + _EARLY:
        return mailbox
    permission = reveal(mailbox, "refresh_token") or ""
    provider = await _provider(door, key, mailbox)
    found = _read(await _ask(guard, mailbox, permission, provider))

    async def keep(work: Workspace) -> Record:
        now = await work.get(MAILBOX, mailbox.id, lock=True)
        if reveal(now, "refresh_token") != permission:  # somebody connected it anew in between
            return now
        return await work.change(now, found)

    return await door.run(key, None, keep, via="automation")


async def renewed_by_id(door: Door, guard: Guard, key: str, mailbox: UUID) -> None:
    """The same, of a mailbox that may be gone."""

    async def read(work: Workspace) -> Record | None:
        return await work.first(MAILBOX, id=mailbox)

    record = await door.run(key, None, read, read_only=True)
    if record is not None:
        await renewed(door, guard, key, record)


async def _provider(door: Door, key: str, mailbox: Record) -> Record | None:
    if mailbox["provider"] is None:
        return None

    async def read(work: Workspace) -> Record | None:
        return await work.first(PROVIDER, id=mailbox["provider"])

    return await door.run(key, None, read, read_only=True)


async def _ask(guard: Guard, mailbox: Record, permission: str, provider: Record | None) -> Fetched:
    """A provider's secret goes to its own address alone, whatever the mailbox says."""
    client = provider or mailbox
    address = client["token_address"] or token_address_of(mailbox["address"], mailbox["imap_host"] or "")
    if not address:
        raise Unavailable(
            later("Nobody said where this mailbox gets its tokens."), code=REFUSED,
            hint=later("Enter the provider's token address in the mailbox."),
        )  # fmt: skip
    values = {"grant_type": "refresh_token", "refresh_token": permission, "client_id": client["client_id"] or ""}
    if secret := reveal(client, "client_secret"):
        values["client_secret"] = secret
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    try:
        return await guard.fetch(address, method="POST", headers=headers, body=urlencode(values).encode())
    except Unavailable as error:
        raise Unavailable(error.message, code=UNREACHABLE, hint=error.hint) from None


def _read(answer: Fetched) -> dict[str, Any]:
    """The values of the mailbox that the answer changes."""
    if answer.status in _FOR_GOOD:
        raise Unavailable(
            later("The provider has withdrawn the permission to use this mailbox."), code=REFUSED,
            hint=later("Connect it again; what came in the meantime is read then."),
        )  # fmt: skip
    said = answer.json() if answer.is_ok else None
    token = said.get("access_token") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(token, str) or not 0 < len(token) <= 4000:
        raise Unavailable(later("The provider gave no token."), code=UNREACHABLE, hint=later("It is tried again."))
    lasts = said.get("expires_in")
    seconds = min(int(lasts), _MOST_SECONDS) if isinstance(lasts, (int, float)) and lasts > 0 else _USUAL_SECONDS
    values: dict[str, Any] = {"password": token, "token_until": datetime.now(UTC) + timedelta(seconds=seconds)}
    following = said.get("refresh_token")
    if isinstance(following, str) and 0 < len(following) <= 4000:
        values["refresh_token"] = following
    return values
