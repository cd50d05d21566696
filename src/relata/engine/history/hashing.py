"""What the seal is made over: the canonical bytes of a row, Merkle roots, the header of a block.

A row is hashed as the texts of its columns, each with its length in front, so that nothing can slip from one into the
next. `before` and `after` are PostgreSQL's text of jsonb, which is canonical (keys by length, then bytes; one space)
and the same since 9.4; `at` is in microseconds; the feed number is the row's place in its block, not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from relata.engine.storage.database import Row

#: In the order in which they are hashed. All are texts or None.
HASHED = (
    "id::text, object, record::text, action, (extract(epoch from at) * 1000000)::bigint::text, actor::text, via,"
    " source::text, before::text, after::text"
)
#: Bytes of each row's hash that a block keeps beside its root, to say which row does not fit.
MARK_BYTES = 8
NOTHING = bytes(32)


def row_hash(texts: Row) -> bytes:
    """Of the columns `HASHED`."""
    parts = []
    for text in texts:
        if text is None:
            parts.append(b"-")
        else:
            raw = text.encode()
            parts.append(b"%d:%b" % (len(raw), raw))
    return hashlib.sha256(b"\x00" + b"".join(parts)).digest()


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """As in RFC 6962 but for an odd one, which goes up as it is. Not for an empty list."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


@dataclass(frozen=True, slots=True)
class Block:
    """Some consecutive rows of the log under one signature. previous: the hash of the block before."""

    number: int
    first_feed: int
    last_feed: int
    root: bytes
    previous: bytes
    sealed_at: int
    signer: int
    marks: bytes
    signature: bytes

    def header(self, schema: str) -> bytes:
        """What is signed, and whose hash the next block holds. sealed_at: microseconds."""
        words = (
            "relata block 1", schema, self.number, self.first_feed, self.last_feed, self.root.hex(),
            self.previous.hex(), self.sealed_at, self.signer, hashlib.sha256(self.marks).hexdigest(),
        )  # fmt: skip
        return "\n".join(str(word) for word in words).encode()

    def hash(self, schema: str) -> bytes:
        """Of the header; the place in the chain."""
        return hashlib.sha256(self.header(schema)).digest()


COLUMNS = "number, first_feed, last_feed, root, previous, sealed_at, signer, marks, signature"


def block_of(row: Row) -> Block:
    """A row of `COLUMNS`."""
    number, first, last, root, previous, at, signer, marks, signature = row
    return Block(number, first, last, bytes(root), bytes(previous), at, signer, bytes(marks), bytes(signature))
