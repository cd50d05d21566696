"""Taking values out of rows that are sealed already: what was never encrypted, such as a value of a field that became
personal later, can't be erased by destroying a key.

The row's hash from before is kept and signed, so that the block still holds and everybody sees that the row was
redacted. Whoever has no key of the workspace can't make one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature

from relata.engine.history.hashing import HASHED, row_hash
from relata.engine.history.sealing import last_block
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: The values of a side without those that must go; the same object where nothing must.
Without = Callable[[UUID, str, Mapping[str, Any]], Mapping[str, Any]]


async def redact(
    connection: Connection, schema: str, keys: WorkspaceKeys, records: Sequence[UUID], without: Without
) -> int:
    """Rewrite the rows of these records, in this transaction; how many. without: gets record, action and values."""
    space = quoted(schema)
    await connection.execute("select pg_advisory_xact_lock(hashtextextended('relata_seal:' || %s, 0))", (schema,))
    block = await last_block(connection, schema)
    sealed_to, signer = block.last_feed if block else 0, max(keys.signers)
    rows = await connection.fetch(
        f"select id, feed, record, action, before, after, {HASHED} from {space}._change"
        " where record = any(%s) and (before is not null or after is not null) order by _change.id for update",
        (list(records),),
    )
    done = 0
    for key, feed, record, action, before, after, *texts in rows:
        left = [side if side is None else without(record, action, side) for side in (before, after)]
        if left[0] is before and left[1] is after:
            continue
        if feed is not None and feed <= sealed_to:
            digest = row_hash(tuple(texts))
            await connection.execute(
                f"insert into {space}._redacted (feed, hash, signer, signature) values (%s, %s, %s, %s)"
                " on conflict (feed) do nothing",
                (feed, digest, signer, keys.signers[signer].sign(_words(schema, feed, digest))),
            )
        await connection.execute(
            f"update {space}._change set before = %s::jsonb, after = %s::jsonb where id = %s",
            (*(None if side is None else msgspec.json.encode(side).decode() for side in left), key),
        )
        done += 1
    return done


async def redacted(connection: Connection, schema: str, keys: WorkspaceKeys, first: int, last: int) -> dict[int, bytes]:
    """The hashes of rows that were redacted, by feed number; only such as this workspace signed."""
    found = {}
    for feed, digest, signer, signature in await connection.fetch(
        f"select feed, hash, signer, signature from {quoted(schema)}._redacted where feed between %s and %s",
        (first, last),
    ):
        known = keys.signers.get(signer)
        try:
            if known is not None:
                known.public_key().verify(bytes(signature), _words(schema, feed, bytes(digest)))
                found[feed] = bytes(digest)
        except InvalidSignature:
            continue
    return found


def _words(schema: str, feed: int, digest: bytes) -> bytes:
    return f"relata redacted 1\n{schema}\n{feed}\n{digest.hex()}".encode()
