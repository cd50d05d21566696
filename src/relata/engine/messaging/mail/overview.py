"""A mailbox as its settings show it: its folders with their figures, what was put aside and why, when it was read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from relata.engine.messaging.mail.mailbox_objects import MAIL_FOLDER, MAILBOX, MANAGE
from relata.engine.messaging.mail.tables import ASIDE
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

_MOST_ASIDE = 100


class FolderFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One folder; on_server = stored + aside + excluded + not_yet."""

    id: UUID
    name: str
    role: str
    is_chosen: bool
    on_server: int
    stored: int
    aside: int
    excluded: int

    @property
    def not_yet(self) -> int:
        """What is still to come."""
        return self.on_server - self.stored - self.aside - self.excluded


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be read."""

    folder: str
    uid: int
    reason: str
    size: int
    at: datetime


async def folders_of(work: Workspace, mailbox: Record) -> list[FolderFigures]:
    """The folders, those that are read first."""
    found = await work.find(MAIL_FOLDER, mailbox=mailbox.id, order="name", limit=2000)
    figures = [
        FolderFigures(
            id=one.id, name=one["name"], role=one["role"], is_chosen=bool(one["is_chosen"]),
            on_server=one["on_server"] or 0, stored=one["stored"] or 0, aside=one["put_aside"] or 0,
            excluded=one["excluded"] or 0,
        )
        for one in found
    ]  # fmt: skip
    return sorted(figures, key=lambda one: (not one.is_chosen, one.role != "inbox", one.name))


async def aside_of(work: Workspace, mailbox: Record) -> list[Aside]:
    """What could not be read. work: of somebody who sees the mailbox, since they have got its record."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select f.name, m.uid, m.reason, m.size, m.at from {space}._mail_message m"
        f" join {space}.mail_folder f on f.id = m.folder where f.mailbox = %s and m.state = %s and f.deleted_at is null"
        f" order by m.at desc limit {_MOST_ASIDE}",
        (mailbox.id, ASIDE),
    )
    return [Aside(folder=name, uid=uid, reason=why, size=size, at=at) for name, uid, why, size, at in rows]


async def checked_at(work: Workspace, mailbox: Record) -> datetime | None:
    """When it was last found up to date."""
    row = await work.unit.connection.fetch_one(
        f"select checked_at from {quoted(work.context.schema)}._mail_sync where mailbox = %s", (mailbox.id,)
    )
    return row[0] if row else None


async def choose_folders(work: Workspace, mailbox: Record, chosen: Collection[UUID]) -> None:
    """Read these folders and no others. What is stored stays."""
    await require_change(work, mailbox)
    everything = work.as_system()
    folders = await everything.find(MAIL_FOLDER, mailbox=mailbox.id, limit=2000)
    await everything.change_many(MAIL_FOLDER, [(one, {"is_chosen": one.id in chosen}) for one in folders])


async def try_again(work: Workspace, mailbox: Record) -> None:
    """Look at once, and again at what was put aside."""
    space = quoted(work.context.schema)
    await require_change(work, mailbox)
    await work.unit.connection.execute(
        f"delete from {space}._mail_message m using {space}.mail_folder f where f.id = m.folder and f.mailbox = %s"
        " and m.state = %s",
        (mailbox.id, ASIDE),
    )
    await look_now(work, mailbox)


async def look_now(work: Workspace, mailbox: Record) -> None:
    """Wait no longer, whatever the server did before."""
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._mail_sync set next_at = null where mailbox = %s", (mailbox.id,)
    )


async def switch(work: Workspace, mailbox: Record, *, on: bool) -> None:
    """Read the mailbox from now on, or no longer. What is stored stays."""
    await require_change(work, mailbox)
    values = {"state": "new" if on else "off", "last_error": None, "remedy": None, "failing_since": None}
    await work.as_system().change(mailbox, values)
    await look_now(work, mailbox)


async def require_change(work: Workspace, mailbox: Record) -> None:
    """Denied for who sees the mailbox and does not look after it."""
    if not await work.may(mailbox, "change"):
        raise Denied(_("You may not change this mailbox."), code="denied_change", hint=_("Ask its owner."))


async def of_everybody(work: Workspace) -> list[Record]:
    """All mailboxes for who sets them up: what they are called and how they are, none of their mail."""
    if not work.actor.rights.permits(MANAGE):
        return []
    return await work.as_system().find(MAILBOX, order="address", limit=500)
