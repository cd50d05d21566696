"""Sealing the log: behind the dispatcher, in blocks, each signed and chained to the one before (decision 21).

Writers pay nothing: rows are sealed in the order of their feed numbers, which are gapless and final, so a late commit
has a number after the last block, never inside one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from relata.engine.history.feed import schemas_with
from relata.engine.history.hashing import COLUMNS, HASHED, MARK_BYTES, NOTHING, Block, block_of, merkle_root, row_hash
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

#: Rows in a block at most: what one pass of the worker hashes while nothing else runs there (about 15 ms).
BLOCK_ROWS = 2000
LOOK_SECONDS = 2.0

KeysOf = Callable[[str], Awaitable[WorkspaceKeys]]
_LOCK = "select pg_try_advisory_xact_lock(hashtextextended('relata_seal:' || %(schema)s, 0))"


async def seal(connection: Connection, schema: str, keys: WorkspaceKeys, *, rows: int = BLOCK_ROWS) -> int:
    """In a transaction: the next rows as one block; how many, 0 where there are none or somebody else is at it."""
    held = await connection.fetch_one(_LOCK, {"schema": schema})
    if not held or not held[0]:
        return 0
    last = await last_block(connection, schema)
    after = last.last_feed if last else 0
    found = await connection.fetch(
        f"select feed, {HASHED} from {quoted(schema)}._change where feed > %s order by feed limit %s", (after, rows)
    )
    if not found:
        return 0
    hashes = await asyncio.to_thread(lambda: [row_hash(row[1:]) for row in found])
    signer = max(keys.signers)
    block = Block(
        number=last.number + 1 if last else 1,
        first_feed=after + 1,
        last_feed=found[-1][0],
        root=merkle_root(hashes),
        previous=last.hash(schema) if last else NOTHING,
        sealed_at=time.time_ns() // 1000,
        signer=signer,
        marks=b"".join(one[:MARK_BYTES] for one in hashes),
        signature=b"",
    )
    block = replace(block, signature=keys.signers[signer].sign(block.header(schema)))
    await connection.execute(
        f"insert into {quoted(schema)}._block ({COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            block.number, block.first_feed, block.last_feed, block.root, block.previous, block.sealed_at, block.signer,
            block.marks, block.signature,
        ),
    )  # fmt: skip
    return len(found)


async def last_block(connection: Connection, schema: str) -> Block | None:
    """The newest block."""
    row = await connection.fetch_one(f"select {COLUMNS} from {quoted(schema)}._block order by number desc limit 1")
    return block_of(row) if row else None


async def seal_all(database: Database, schema: str, keys: WorkspaceKeys) -> int:
    """Block after block until nothing is left that has a feed number; how many rows."""
    total = 0
    while True:
        async with database.transaction() as connection:
            sealed = await seal(connection, schema, keys)
        total += sealed
        if sealed < BLOCK_ROWS:
            return total


class SealKeeper:
    """Keeps the seal close behind the feed. Any number of processes may run one."""

    def __init__(self, database: Database, schemas: Callable[[], Awaitable[Sequence[str]]], keys_of: KeysOf) -> None:
        """keys_of: the keys of the workspace with this schema."""
        self._database = database
        self._schemas = schemas
        self._keys_of = keys_of

    async def run(self, stop: asyncio.Event) -> None:
        """Seal until `stop`."""
        while not stop.is_set():
            await self.look()
            try:
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> int:
        """Seal what there is in every workspace; how many rows. Never raises for a database that is away."""
        total = 0
        try:
            unsealed = "_change where feed > coalesce((select max(last_feed) from {schema}._block), 0)"
            for schema in await schemas_with(self._database, await self._schemas(), unsealed):
                total += await seal_all(self._database, schema, await self._keys_of(schema))
        except RelataError as error:
            log.warning("sealing the history stumbled over %s; trying again", error.code)
        return total
