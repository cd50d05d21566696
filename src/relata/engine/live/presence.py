"""Who else looks at a record, and what they edit there. It lies in the database, so that all web processes agree.

Every open page says that it is there; what it says is good for half a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace

CHANNEL = "relata_presence"
EXPIRES_SECONDS = 30
#: People told at once that somebody came or went; a notification holds 8,000 bytes.
MOST_TOLD = 100

_HERE = """
    with old as (
        delete from {space}._presence where record = %(record)s and at < now() - make_interval(secs => %(seconds)s)
        and tab <> %(tab)s),
    before as (select editing from {space}._presence where record = %(record)s and tab = %(tab)s),
    now as (
        insert into {space}._presence (record, tab, person, editing) values
        (%(record)s, %(tab)s, %(person)s, %(editing)s)
        on conflict (record, tab) do update set at = now(), editing = excluded.editing
        where _presence.person = excluded.person)
    select coalesce((select editing = %(editing)s from before), false)
"""
_OTHERS = """
    select person, max(editing) from {space}._presence
    where record = %(record)s and at > now() - make_interval(secs => %(seconds)s) and person <> %(person)s
    group by person order by min(at) limit 50
"""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who looks at the record, too. editing: the label of a field, or ""."""

    id: str
    name: str
    editing: str


async def arrive(work: Workspace, record: Record, tab: UUID, editing: str = "") -> list[Present]:
    """Say that a page shows the record, and who else does. editing: the field that has the focus; unknown ones count as
    none. Whoever calls has got the record from the workspace, so nobody comes near one that they can't see."""
    assert work.actor.user is not None
    named = editing if editing in record.object.all_fields else ""
    space = quoted(work.context.schema)
    params = {
        "record": record.id, "tab": tab, "person": work.actor.user, "editing": named, "seconds": EXPIRES_SECONDS,
    }  # fmt: skip
    row = await work.unit.connection.fetch_one(_HERE.format(space=space), params)
    if row is None or not row[0]:
        await _tell(work, record.id)
    return await others(work, record)


async def leave(work: Workspace, record_id: UUID, tab: UUID) -> None:
    """Say that the page was closed."""
    gone = await work.unit.connection.execute(
        f"delete from {quoted(work.context.schema)}._presence where record = %s and tab = %s and person = %s",
        (record_id, tab, work.actor.user),
    )
    if gone:
        await _tell(work, record_id)


async def others(work: Workspace, record: Record) -> list[Present]:
    """Who else is there, the first to come first. A field that the reader may not see is not named."""
    params = {"record": record.id, "person": work.actor.user, "seconds": EXPIRES_SECONDS}
    rows = await work.unit.connection.fetch(_OTHERS.format(space=quoted(work.context.schema)), params)
    names = await titles_of(work.unit, {"user": [person for person, _ in rows]})
    fields = record.object.all_fields

    def label(name: str) -> str:
        field = fields.get(name)
        return field.title if field is not None and work.actor.readable(record.object, field) else ""

    return [
        Present(str(person), names["user", person], label(editing))
        for person, editing in rows
        if ("user", person) in names
    ]


async def _tell(work: Workspace, record_id: UUID) -> None:
    """Let the pages of those who are there ask again."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select distinct person from {space}._presence where record = %s and person <> %s limit {MOST_TOLD}",
        (record_id, work.actor.user),
    )
    if rows:
        text = " ".join([work.context.schema, str(record_id), *(str(person) for (person,) in rows)])
        await work.unit.connection.execute("select pg_notify(%s, %s)", (CHANNEL, text))
