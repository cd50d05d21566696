"""What guests answered by mail: the calendar parts of mails that came in are read once."""

from __future__ import annotations

from uuid import UUID

from relata.app.assembly import House
from relata.engine.calendars.replies import apply_reply
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_MOST, _MAX_BYTES = 100, 1_000_000


async def hear_replies(work: Workspace, house: House) -> int:
    """Note the answers among the latest files of mails; how many records they were about. work: the system's."""
    heard = 0
    for file, email in await _unread(work):
        mail = await work.first("email", id=email)
        if mail is None or mail["direction"] != "in" or not mail["from_address"]:
            continue
        content = b""
        async for chunk in house.files.read(work.context.schema, file):
            content += chunk
        text = content.decode("utf-8", "replace")
        heard += len(await apply_reply(work, text, mail["from_address"]))
    return heard


async def _unread(work: Workspace) -> list[tuple[UUID, UUID]]:
    """Files that were not looked at; from now on they were."""
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"with fresh as (select id, record, 'calendar:' || id as what from {schema}._file"
        " where object = 'email' and record is not null and not held and size < %s"
        " and (media_type = 'text/calendar' or name ilike '%%.ics') and created_at > now() - interval '2 days'"
        f" and not exists (select from {schema}._done d where d.what = 'calendar:' || _file.id)"
        f" order by created_at limit %s), done as (insert into {schema}._done (what) select what from fresh"
        " on conflict do nothing returning what) select id, record from fresh join done using (what)",
        (_MAX_BYTES, _MOST),
    )
    return [(file, record) for file, record in rows]
