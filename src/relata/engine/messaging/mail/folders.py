"""The folders of a mailbox as they are on the server, and the figures that say what became of each message there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from relata.engine.messaging.mail.mailbox_objects import MAIL_FOLDER
from relata.engine.messaging.mail.servers import FolderThere
from relata.engine.messaging.mail.tables import ASIDE, EXCLUDED, STORED
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: What is read unless somebody chooses otherwise; drafts, junk and the bin are not.
CHOSEN = ("inbox", "sent", "archive")


async def bring_up_to_date(work: Workspace, mailbox: Record, there: Sequence[FolderThere]) -> list[Record]:
    """Folders that are new are known from now on, those that are gone are not. The ones to read, the inbox first."""
    known = {one["name"]: one for one in await work.find(MAIL_FOLDER, mailbox=mailbox.id, limit=2000)}
    new = [
        {"name": one.name, "mailbox": mailbox.id, "role": one.role, "is_chosen": one.role in CHOSEN, "owner": None}
        for one in there
        if one.name not in known
    ]
    if new:
        await work.create_many(MAIL_FOLDER, new)
    names = {one.name for one in there}
    for name, folder in known.items():
        if name not in names:
            await _forget(work, folder.id)
            await work.delete(folder)
    found = await work.find(MAIL_FOLDER, mailbox=mailbox.id, is_chosen=True, limit=2000)
    order = {role: place for place, role in enumerate(CHOSEN)}
    return sorted(found, key=lambda one: (order.get(one["role"], 9), one["name"]))


async def begin_anew(work: Workspace, folder: Record, uidvalidity: int) -> Record:
    """The server has numbered the folder anew: what is known by the old numbers is forgotten, the mails stay."""
    await _forget(work, folder.id)
    return await work.change(folder, {"uidvalidity": uidvalidity, "last_uid": 0})


async def _forget(work: Workspace, folder: UUID) -> None:
    await work.unit.connection.execute(
        f"delete from {quoted(work.context.schema)}._mail_message where folder = %s", (folder,)
    )


async def known_uids(work: Workspace, folder: UUID) -> dict[int, tuple[str, str]]:
    """What became of each message: its state and the reason."""
    rows = await work.unit.connection.fetch(
        f"select uid, state, reason from {quoted(work.context.schema)}._mail_message where folder = %s", (folder,)
    )
    return {uid: (state, reason) for uid, state, reason in rows}


async def forget_uids(work: Workspace, folder: UUID, uids: Iterable[int]) -> None:
    """These messages are no longer there, or are to be looked at again."""
    await work.unit.connection.execute(
        f"delete from {quoted(work.context.schema)}._mail_message where folder = %s and uid = any(%s)",
        (folder, list(uids)),
    )


async def note(work: Workspace, folder: UUID, rows: Sequence[tuple[int, str, UUID | None, str, bool, int]]) -> None:
    """What became of messages. rows: uid, state, mail, reason, whether it was read, bytes."""
    if not rows:
        return
    uids, states, emails, reasons, seen, sizes = map(list, zip(*rows, strict=True))
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._mail_message (folder, uid, state, email, reason, seen, size)"
        " select %s, * from unnest(%s::bigint[], %s::text[], %s::uuid[], %s::text[], %s::boolean[], %s::bigint[])"
        " on conflict (folder, uid) do update set state = excluded.state, email = excluded.email,"
        " reason = excluded.reason, seen = excluded.seen, at = now()",
        (folder, uids, states, emails, reasons, seen, sizes),
    )


async def count(work: Workspace, folder: UUID, on_server: int) -> Record:
    """Write down the figures; they add up, since all that became of messages there is one table."""
    rows = await work.unit.connection.fetch(
        f"select state, count(*), max(uid) from {quoted(work.context.schema)}._mail_message where folder = %s"
        " group by state",
        (folder,),
    )
    by_state = {state: number for state, number, _ in rows}
    values = {
        "on_server": on_server,
        "stored": by_state.get(STORED, 0),
        "put_aside": by_state.get(ASIDE, 0),
        "excluded": by_state.get(EXCLUDED, 0),
        "last_uid": max((last for _, _, last in rows), default=0),
    }
    record = await work.get(MAIL_FOLDER, folder)
    different = {name: value for name, value in values.items() if record[name] != value}
    return await work.change(record, different) if different else record
