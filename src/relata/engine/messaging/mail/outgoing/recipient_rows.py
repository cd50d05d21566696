"""A row for each of several recipients of a mail, made when it is first taken up."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from relata.engine.messaging.mail.outgoing.addresses import MOST, Recipient
from relata.engine.messaging.mail.outgoing.recipient_objects import RECIPIENT
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


async def rows_of(work: Workspace, mail: UUID) -> list[Record]:
    """In the order in which they were written down."""
    return await work.find(RECIPIENT, mail=mail, order="created_at", limit=MOST)


async def made_for(
    work: Workspace, mail: UUID, lines: dict[str, tuple[Recipient, ...]],
    opens: Collection[str], clicks: Collection[str],
) -> tuple[Record, ...]:  # fmt: skip
    """The rows of everybody in these lines, each address once; those of addresses that were taken out go. None for a
    single recipient: the mail says it all. opens, clicks: addresses of which these are noted. work: the system's."""
    people: dict[str, tuple[str, Recipient]] = {}
    for role, found in lines.items():
        for one in found:
            people.setdefault(one.address, (role, one))
    there = {row["address"]: row for row in await rows_of(work, mail)}
    if len(people) < 2:
        people = {}
    for address, gone in there.items():
        if address not in people:
            await work.delete(gone)
    for address, (role, one) in people.items():
        watched = {"tracks_opens": address in opens, "tracks_clicks": address in clicks}
        if (row := there.get(address)) is None:
            values = {"mail": mail, "address": address, "name": one.name or None, "role": role, **watched}
            await work.create(RECIPIENT, values)
        elif row["state"] == "waiting" and any(row[name] != value for name, value in watched.items()):
            await work.change(row, watched)
    return tuple(await rows_of(work, mail)) if people else ()


async def left_behind(work: Workspace, mail: UUID) -> bool | None:
    """A worker ended while copies went out one by one: of one that the server was being given nobody knows, those
    after it have not been sent. Whether there are such; None for a mail that goes to all at once. work: the
    system's."""
    rows = await rows_of(work, mail)
    if all(row["handed_at"] is None for row in rows):
        return None
    waiting = [row for row in rows if row["state"] == "waiting"]
    for row in waiting:
        if row["handed_at"] is not None:
            words = _("The work ended while the server took the mail.")
            await work.change(row, {"state": "uncertain", "problem": words})
    return any(row["handed_at"] is None for row in waiting)


async def settle(work: Workspace, mail: UUID, state: str, refused: dict[str, str]) -> None:
    """All at once went to the server: what became of it holds for everybody but those whom it refused. work: the
    system's."""
    now = work.clock.now
    for row in await rows_of(work, mail):
        why = refused.get(row["address"])
        if why is not None:
            await work.change(row, {"state": "refused", "problem": why[:500] or None})
        elif row["state"] != state:
            await work.change(row, {"state": state, "sent_at": now if state == "sent" else None})


async def forget(work: Workspace, mail: UUID) -> list[str]:
    """The mail is written again: its rows go. The addresses that have surely got it. work: the system's."""
    rows = await rows_of(work, mail)
    for row in rows:
        await work.delete(row)
    return [row["address"] for row in rows if row["state"] == "sent"]
