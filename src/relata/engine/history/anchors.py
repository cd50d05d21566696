"""Anchors: what a workspace's seal was at some moment, written down outside, where who alters the database can't reach.

The chain proves that blocks fit together; an anchor proves that a block is still the one that was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from relata.engine.history.hashing import COLUMNS, block_of
from relata.engine.history.sealing import last_block
from relata.engine.history.verifying import Finding
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _


class Anchor(msgspec.Struct, frozen=True):
    """A line of an anchor file. hash: of the block, hexadecimal. key: the public key that signed it, hexadecimal."""

    workspace: str
    block: int
    feed: int
    hash: str
    at: str


async def current(connection: Connection, schema: str, workspace: UUID) -> Anchor | None:
    """The newest block as an anchor; None before the first."""
    block = await last_block(connection, schema)
    if block is None:
        return None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Anchor(str(workspace), block.number, block.last_feed, block.hash(schema).hex(), now)


def line(anchor: Anchor) -> str:
    """As a file or a mail holds it."""
    return msgspec.json.encode(anchor).decode()


def read(file: Path) -> list[Anchor]:
    """The anchors of a file; lines that are none, such as a mail's, are passed over. Invalid where it has none."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError as error:
        raise NotFound(_("There is no such file of anchors."), hint=_("Check its name.")) from error
    found = []
    for one in lines:
        try:
            found.append(msgspec.json.decode(one, type=Anchor))
        except msgspec.MsgspecError:
            continue
    if not found:
        raise Invalid(_("This file holds no anchors."), code="no_anchors", hint=_("Use what RELATA_ANCHORS wrote."))
    return found


async def compare(database: Database, schema: str, anchors: Sequence[Anchor]) -> list[Finding]:
    """Each anchor whose block is gone or another one."""
    findings = []
    async with database.read() as connection:
        for one in sorted(anchors, key=lambda anchor: anchor.block):
            row = await connection.fetch_one(
                f"select {COLUMNS} from {quoted(schema)}._block where number = %s", (one.block,)
            )
            if row is None or block_of(row).hash(schema).hex() != one.hash:
                what = "is gone" if row is None else "is another one"
                findings.append(
                    Finding("anchor", one.block, one.feed, detail=f"The block anchored at {one.at} {what}.")
                )
    return findings
