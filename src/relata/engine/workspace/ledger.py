"""How the seal of a workspace's history stands, for who may see the audit log; proving it is `relata verify`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from relata.engine.history.sealing import last_block
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: Longer than the sealer ever needs while a worker runs.
LATE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Ledger:
    """blocks, changes: sealed so far. waiting: changes without a seal. is_late: they wait too long, so nobody seals.
    head: the first letters of the last block's hash. erasures: people erased; redacted: rows that lost values."""

    blocks: int
    changes: int
    waiting: int
    is_late: bool
    sealed_at: datetime | None
    head: str
    erasures: int
    redacted: int


async def ledger(work: Workspace) -> Ledger:
    """The state of the seal. Needs see_audit."""
    require(work, "see_audit")
    connection, schema = work.unit.connection, work.context.schema
    space, block = quoted(schema), await last_block(connection, schema)
    row = await connection.fetch_one(
        f"select (select count(*) from (select 1 from {space}._change where feed > %(last)s limit 100000) more)"
        f" + (select count(*) from {space}._change where feed is null),"
        f" (select extract(epoch from now() - min(at)) from {space}._change where feed is null),"
        f" (select count(*) from {space}._erasure), (select count(*) from {space}._redacted)",
        {"last": block.last_feed if block else 0},
    )
    assert row is not None
    waiting, age, erasures, redacted = row
    sealed_at = datetime.fromtimestamp(block.sealed_at / 1e6, UTC) if block else None
    return Ledger(
        blocks=block.number if block else 0,
        changes=block.last_feed if block else 0,
        waiting=waiting,
        is_late=bool(waiting) and age is not None and age > LATE_SECONDS,
        sealed_at=sealed_at,
        head=block.hash(schema).hex()[:16] if block else "",
        erasures=erasures,
        redacted=redacted,
    )
