"""Mail that lies in several mailboxes is seen by the people of each: the first by inheritance, the others by grants."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.access.codes import RULE
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


async def open_to(work: Workspace, mailbox: Record, object_name: str, ids: Sequence[UUID]) -> None:
    """Let who sees the mailbox see these records, too. work: the system's."""
    if not ids:
        return
    principals = await _people_of(work, mailbox)
    for principal in principals:
        await work.unit.principal(principal)
    space = quoted(work.context.schema)
    await work.unit.connection.execute(
        f"insert into {space}._share (record, object, principal, way, level, reason)"
        " select record, %(object)s, principal, %(way)s, 'read', %(reason)s"
        " from unnest(%(records)s::uuid[]) as record, unnest(%(principals)s::uuid[]) as principal"
        " on conflict (record, principal, way, reason) do nothing",
        {
            "object": object_name,
            "way": RULE,
            "reason": f"mailbox:{mailbox.id}",
            "records": list(ids),
            "principals": principals,
        },
    )
    await work.sharing.refresh(work.registry.get(object_name), list(ids))


async def reopen(work: Workspace, mailbox: Record) -> None:
    """Bring these grants to who sees the mailbox now: its owner, its team, and those it is shared with."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"delete from {space}._share where way = {RULE} and reason = %s returning object, record",
        (f"mailbox:{mailbox.id}",),
    )
    gone: dict[str, set[UUID]] = {}
    for name, record in rows:
        gone.setdefault(name, set()).add(record)
    for name, records in gone.items():
        await open_to(work, mailbox, name, sorted(records))


async def _people_of(work: Workspace, mailbox: Record) -> list[UUID]:
    shared = [one.principal for one in await work.sharing.of(mailbox)]
    held = [mailbox["team"]] if mailbox["team"] else [mailbox["owner"]] if mailbox["owner"] else []
    return list(dict.fromkeys([*held, *shared]))
