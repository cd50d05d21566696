"""Proving the log: everything recomputed from the rows, and what does not fit named with its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature

from relata.engine.history.hashing import COLUMNS, HASHED, MARK_BYTES, NOTHING, Block, block_of, merkle_root, row_hash
from relata.engine.history.redacting import redacted
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.storage.database import Connection, Database, Row
from relata.engine.storage.planner import quoted

#: Longer than the longest import writes in one transaction.
LATE_MICROSECONDS = 24 * 3600 * 1_000_000
#: What has waited longer was not sealed because no worker runs, or because somebody cut blocks off the end.
BACKLOG_SECONDS = 600
_PAGE = 200
#: What can be wrong, in words for people.
WORDS = {
    "altered": "a row is not as it was sealed",
    "removed": "a row is missing",
    "inserted": "a row was added afterwards",
    "reordered": "rows stand in another order",
    "block_altered": "the block itself was changed",
    "block_removed": "a block is missing",
    "key_unknown": "it is signed with a key that this workspace does not have",
    "unsealed": "rows have waited too long for their seal",
    "anchor": "it is not what was anchored outside",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit. what: a key of `WORDS`. block, feed, record: where; None where that says nothing."""

    what: str
    block: int | None = None
    feed: int | None = None
    record: str | None = None
    detail: str = ""


@dataclass(slots=True)
class Verdict:
    """What was proven. head: the hash of the last block, in hexadecimal. unsealed: rows that wait for their block.
    redacted: rows from which an erasure took values; their hashes from before are signed."""

    blocks: int = 0
    rows: int = 0
    redacted: int = 0
    unsealed: int = 0
    head: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything fits."""
        return not self.findings


async def verify(
    database: Database, schema: str, keys: WorkspaceKeys, *, progress: Callable[[int], None] | None = None
) -> Verdict:
    """Read the whole log once, block by block. progress: hears how many rows are done."""
    verdict, space = Verdict(), quoted(schema)
    last: Block | None = None
    while True:
        async with database.read() as connection:
            rows = await connection.fetch(
                f"select {COLUMNS} from {space}._block where number > %s order by number limit {_PAGE}",
                (last.number if last else 0,),
            )
            for row in rows:
                block = block_of(row)
                _chain(verdict, schema, keys, last, block)
                await _rows(verdict, connection, schema, keys, block, last.sealed_at if last else 0)
                last = block
                if progress:
                    progress(verdict.rows)
        if len(rows) < _PAGE:
            break
    verdict.head = last.hash(schema).hex() if last else ""
    async with database.read() as connection:
        await _end(verdict, connection, schema, last)
    return verdict


def _chain(verdict: Verdict, schema: str, keys: WorkspaceKeys, last: Block | None, block: Block) -> None:
    verdict.blocks += 1
    number, feed = (last.number, last.last_feed) if last else (0, 0)
    if block.number != number + 1 or block.first_feed != feed + 1:
        verdict.findings.append(Finding("block_removed", number + 1, feed + 1))
    elif block.previous != (last.hash(schema) if last else NOTHING):
        verdict.findings.append(Finding("block_altered", number, detail="The block after it names another hash."))
    signer = keys.signers.get(block.signer)
    if signer is None:
        verdict.findings.append(Finding("key_unknown", block.number))
        return
    try:
        signer.public_key().verify(block.signature, block.header(schema))
    except InvalidSignature:
        verdict.findings.append(Finding("block_altered", block.number, detail="Its signature does not fit."))


async def _rows(
    verdict: Verdict, connection: Connection, schema: str, keys: WorkspaceKeys, block: Block, previous_at: int
) -> None:
    found = await connection.fetch(
        f"select feed, {HASHED} from {quoted(schema)}._change where feed between %s and %s order by feed",
        (block.first_feed, block.last_feed),
    )
    verdict.rows += len(found)
    hashes = await asyncio.to_thread(lambda: [row_hash(row[1:]) for row in found])
    kept = await redacted(connection, schema, keys, block.first_feed, block.last_feed)
    if kept:
        verdict.redacted += len(kept)
        hashes = [kept.get(row[0], digest) for row, digest in zip(found, hashes, strict=True)]
    whole = len(found) == block.last_feed - block.first_feed + 1
    if whole and found and merkle_root(hashes) == block.root:
        backdated = [row for row in found if int(row[5]) < previous_at - LATE_MICROSECONDS]
        for row in backdated[:3]:
            why = "It says that it is older than the block before."
            verdict.findings.append(Finding("inserted", block.number, row[0], row[3], why))
        return
    named = _differences(block, found, hashes, *await _neighbours(connection, schema, block))
    verdict.findings.extend(named or [Finding("block_altered", block.number, detail="Its root does not fit its rows.")])


async def _neighbours(connection: Connection, schema: str, block: Block) -> tuple[set[bytes], set[bytes]]:
    """The marks that the blocks beside this one keep, and those of the rows beside it: rows may have moved there."""
    kept = await connection.fetch(
        f"select marks from {quoted(schema)}._block where number in (%s, %s)", (block.number - 1, block.number + 1)
    )
    rows = await connection.fetch(
        f"select {HASHED} from {quoted(schema)}._change where feed in (%s, %s)",
        (block.first_feed - 1, block.last_feed + 1),
    )
    marks = {mark for (one,) in kept for mark in _marks(bytes(one))}
    return marks, {row_hash(row)[:MARK_BYTES] for row in rows}


def _marks(kept: bytes) -> list[bytes]:
    return [kept[at : at + MARK_BYTES] for at in range(0, len(kept), MARK_BYTES)]


def _differences(
    block: Block, rows: Sequence[Row], hashes: Sequence[bytes], marks_beside: set[bytes], rows_beside: set[bytes]
) -> list[Finding]:
    """Which rows, by the marks that the block keeps. After a row was added, removed or moved, what follows stands in
    other places: only the first is named then."""
    marks = _marks(block.marks)
    expected, actual = {*marks, *marks_beside}, {*rows_beside, *(one[:MARK_BYTES] for one in hashes)}
    by_feed = {row[0]: (row, one[:MARK_BYTES]) for row, one in zip(rows, hashes, strict=True)}
    findings: list[Finding] = []
    for feed, mark in enumerate(marks, block.first_feed):
        row, here = by_feed.get(feed, (None, b""))
        if here == mark:
            continue
        if row is None:
            findings.append(Finding("removed", block.number, feed))
        elif here not in expected and mark not in actual:
            findings.append(Finding("altered", block.number, feed, row[3]))
        else:
            what = "inserted" if here not in expected else "removed" if mark not in actual else "reordered"
            findings.append(Finding(what, block.number, feed, row[3]))
            break
    return findings


async def _end(verdict: Verdict, connection: Connection, schema: str, last: Block | None) -> None:
    """What stands outside of all blocks."""
    space, after = quoted(schema), last.last_feed if last else 0
    for feed, record in await connection.fetch(
        f"select feed, record::text from {space}._change where feed < 1 order by feed limit 10"
    ):
        verdict.findings.append(Finding("inserted", None, feed, record, "Its number is before the first block."))
    row = await connection.fetch_one(
        f"select count(*), min(feed), max(feed), extract(epoch from now() - min(at)) from {space}._change"
        " where feed > %s or feed is null",
        (after,),
    )
    assert row is not None
    verdict.unsealed, first, highest, age = row[0], row[1], row[2] or after, row[3]
    if first is not None and first > after + 1:
        verdict.findings.append(Finding("removed", None, after + 1))
    if verdict.unsealed and age is not None and age > BACKLOG_SECONDS:
        detail = f"{verdict.unsealed} rows, the oldest {int(age) // 60} minutes old. Is a worker running?"
        verdict.findings.append(Finding("unsealed", feed=first, detail=detail))
    given = await connection.fetch_one(f"select position from {space}._cursor where name = 'feed'")
    if given and given[0] > highest:
        detail = f"Numbers up to {given[0]} were given."
        verdict.findings.append(Finding("removed", None, highest + 1, detail=detail))
