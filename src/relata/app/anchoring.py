"""Noting the seal of every workspace outside the database: in files, by mail, and at a web address."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

from relata.app.assembly import House
from relata.engine.history import anchors
from relata.engine.messaging.message import Message
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

#: The recurring task of the whole database.
ANCHOR, ANCHOR_CRON = "anchor_history", "7 * * * *"


async def anchor(house: House) -> int:
    """Note what is sealed now; how many workspaces. A place that fails does not keep the others from being told."""
    lines = []
    for key in await house.door.keys():
        context = await house.door.context(key)
        async with house.database.read() as connection:
            found = await anchors.current(connection, context.schema, context.id)
        if found is not None:
            lines.append(anchors.line(found))
    if not lines:
        return 0
    for place in house.settings.anchors:
        if place.startswith("mailto:"):
            text = "Keep this mail: relata verify --anchors compares the history with it.\n\n" + "\n".join(lines) + "\n"
            await house.outbox.post(Message(place.removeprefix("mailto:"), "The seal of the history", text))
            continue
        if place.startswith("https://"):
            await _send(house, place, lines)
            continue
        try:
            await asyncio.to_thread(_append, Path(place), lines)
        except OSError as error:
            log.error("the anchors could not be written: %s", error.strerror)
    return len(lines)


async def _send(house: House, url: str, lines: list[str]) -> None:
    body = "".join(f"{line}\n" for line in lines).encode()
    try:
        answer = await house.guard.fetch(
            url, method="POST", headers={"content-type": "text/plain; charset=utf-8"}, body=body, limit_bytes=100_000
        )
    except RelataError as error:
        log.error("the anchors could not be sent: %s", error.message)
    else:
        if not answer.is_ok:
            log.error("the anchors were not taken: status %d", answer.status)


def _append(file: Path, lines: list[str]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(descriptor, "".join(f"{line}\n" for line in lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
