"""An address of one's own for blind copies: who writes from a program that nobody reads here sends a copy there, and
the mail shows on the records of whom it was to. The address names a person and is known to nobody else; what comes to
it counts only from that person's own addresses."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from relata.engine.messaging.mail.mailbox_objects import COPY_ADDRESS, MAILBOX
from relata.engine.messaging.mail.parsing.message import Mail
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _

#: Why a mail stays out that came to a mailbox for copies and is nobody's.
NO_COPY = "copy"


@dataclass(frozen=True, slots=True)
class Copies:
    """Whose each copy address is, and from which addresses each person writes."""

    people: Mapping[str, UUID]
    senders: Mapping[UUID, frozenset[str]]

    def whose(self, mail: Mail) -> UUID | None:
        """The person who sent this copy; None for a mail of anybody else."""
        for address in mail.delivered_to:
            person = self.people.get(address)
            if person is not None and mail.sender.address in self.senders.get(person, ()):
                return person
        return None


async def copies_of(work: Workspace, mailbox: Record) -> Copies | None:
    """Who copies to this mailbox; None where it takes no copies. work: the system's."""
    if not mailbox["takes_copies"]:
        return None
    found = await work.find(COPY_ADDRESS, mailbox=mailbox.id, limit=500)
    people = {one["address"]: one["owner"] for one in found if one["owner"]}
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select id, lower(email) from {space}.\"user\" where id = any(%(people)s) and status = 'active'"
        f" and email is not null union select m.owner, m.address from {space}.mailbox m"
        f" join {space}.\"user\" u on u.id = m.owner and u.status = 'active'"
        " where m.owner = any(%(people)s) and not coalesce(m.is_shared, false) and m.deleted_at is null",
        {"people": sorted(set(people.values()))},
    )
    senders: dict[UUID, set[str]] = {}
    for person, address in rows:
        senders.setdefault(person, set()).add(address)
    return Copies(people, {person: frozenset(addresses) for person, addresses in senders.items()})


async def my_copy_address(work: Workspace) -> str:
    """This person's address, "" where they have none yet."""
    found = await work.first(COPY_ADDRESS, owner=work.actor.user)
    return found["address"] if found is not None else ""


async def takes_copies(work: Workspace) -> bool:
    """Whether there is a mailbox for copies."""
    return await _mailbox(work) is not None


async def new_copy_address(work: Workspace) -> str:
    """Another address for this person; the one before is none any more. Conflict where no mailbox takes copies."""
    mailbox = await _mailbox(work)
    if mailbox is None:
        raise Conflict(
            _("No mailbox takes copies yet."), code="no_copies",
            hint=_("Somebody who sets up mailboxes switches that on in one of them."),
        )  # fmt: skip
    for known in await work.find(COPY_ADDRESS, owner=work.actor.user):
        await work.delete(known)
    local, _at, domain = mailbox["address"].rpartition("@")
    address = f"{local}+{secrets.token_hex(16)}@{domain}"
    made = await work.as_system().create(
        COPY_ADDRESS, {"address": address, "mailbox": mailbox.id, "owner": work.actor.user, "team": None}
    )
    return str(made["address"])


async def _mailbox(work: Workspace) -> Record | None:
    return await work.as_system().first(MAILBOX, takes_copies=True)
