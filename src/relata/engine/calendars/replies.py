"""From an answer in a mail to the record that it is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.calendars.scheduling import uids_in
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid


async def apply_reply(work: Workspace, text: str, sender: str) -> list[UUID]:
    """Note what guests answered, and what those who invited us changed; the records that it was about.

    text: a mail's calendar part. sender: the address in its From; who answers for somebody else is not heard. Nothing
    happens for what is no answer, or is about nothing here. work: the system's.
    """
    try:
        uids = uids_in(text)
    except Invalid:
        return []
    found: list[UUID] = []
    for one in list(work.registry.objects.values()):
        if one.recurs is None or not one.recurs.uid or not one.recurs.reply:
            continue
        action = work.action(one.name, one.recurs.reply)
        for uid in uids:
            named: dict[str, Any] = {one.recurs.uid: uid}
            for record in await work.find(one.name, limit=200, **named):
                values = {one.name: record.id, "text": text, "sender": sender}
                if await work.run(msgspec.convert(values, action.command)):
                    found.append(record.id)
    return found
