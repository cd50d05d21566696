"""Which e-mails tell of a person that is erased: those that they wrote or that went to nobody else outside are theirs
alone; in others they are named. Replies and copies of colleagues lie in other mailboxes, so no link leads there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.engine.workspace import loading
from relata.engine.workspace.record import Record

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

EMAIL, THREAD = "email", "email_thread"
#: Which message it was stays known, or the next look into the mailbox would bring it again; these name no person.
KEPT = frozenset(("fingerprint", "message_id", "references", "bounced_message_id"))


@dataclass(frozen=True, slots=True)
class Mails:
    """own: theirs alone. others: in which they are named, with the conversations of both. names: as they call
    themselves."""

    own: list[Record]
    others: list[Record]
    names: frozenset[str]


async def mails_of(work: Workspace, addresses: Collection[str]) -> Mails:
    """All mail of these addresses, in the bin and in mailboxes of whoever it is, too. work: the system's."""
    if EMAIL not in work.registry.objects or not addresses:
        return Mails([], [], frozenset())
    connection, space = work.unit.connection, quoted(work.context.schema)
    params = {"addresses": [address.lower() for address in addresses]}
    rows = await connection.fetch(
        f"select e.id, e.thread, lower(e.from_address) = any(%(addresses)s) or not exists (select from"
        f" {space}._mail_party p where p.email = e.id and p.address <> all(%(addresses)s)) from {space}.email e"
        f" where lower(e.from_address) = any(%(addresses)s)"
        f" or e.id in (select email from {space}._mail_party where address = any(%(addresses)s))",
        params,
    )
    own = await _load(work, EMAIL, {key for key, _thread, is_own in rows if is_own})
    others = await _load(work, EMAIL, {key for key, _thread, is_own in rows if not is_own})
    threads = await _load(work, THREAD, {thread for _key, thread, _is_own in rows if thread})
    theirs = (mail for mail in own if (mail["from_address"] or "").lower() in params["addresses"])
    names = frozenset(mail["from_name"] for mail in theirs if mail["from_name"])
    return Mails(own, [*others, *threads], names)


async def _load(work: Workspace, name: str, ids: set[UUID]) -> list[Record]:
    return await loading.load(work.unit, work.registry.get(name), sorted(ids)) if ids else []
