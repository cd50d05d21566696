"""Personal values under a key of their record: AES-256-GCM, with a key made of the workspace's and the
record's salt (keyed BLAKE2b).

Destroying the salt destroys the key: nothing else of 128 random bits leads to it (decision 20).
"""

from __future__ import annotations

import binascii
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relata.engine.secrets.ring import NONCE_BYTES
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: Under this name the log keeps the sealed values of a row; the fields themselves stand beside it, empty.
SEALED = "$sealed"
_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder().decode


class Sealer:
    """Seals and opens values of records of one workspace."""

    __slots__ = ("_key", "_keys", "_prefix")

    def __init__(self, keys: WorkspaceKeys) -> None:
        number, self._key = keys.current("log")
        self._prefix = number.to_bytes(2, "big")
        self._keys = keys

    def salt(self) -> bytes:
        """A new one: the number of the workspace's key and 128 random bits."""
        return self._prefix + os.urandom(16)

    def fresh(self, count: int) -> Iterator[tuple[bytes, bytes]]:
        """Salts, each with a nonce to seal once under its key, for many records: randomness is asked for once. Never
        kept beyond the call, so that no two processes draw the same."""
        noise, each = os.urandom((16 + NONCE_BYTES) * count), 16 + NONCE_BYTES
        for start in range(0, len(noise), each):
            yield self._prefix + noise[start : start + 16], noise[start + 16 : start + each]

    def cipher(self, salt: bytes) -> AESGCM | None:
        """The record's key; None where the workspace's key is gone."""
        secret = self._key if salt[:2] == self._prefix else self._keys.of("log", int.from_bytes(salt[:2], "big"))
        return None if secret is None else AESGCM(hashlib.blake2b(salt, key=secret, digest_size=32).digest())

    def seal(self, cipher: AESGCM, record: UUID, values: Mapping[str, Any], nonce: bytes = b"") -> str:
        """`values`, of JSON, as a text that only the record's key opens. nonce: one of `fresh`, else a new one."""
        nonce = nonce or os.urandom(NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, _encode(values), record.bytes)
        return binascii.b2a_base64(sealed, newline=False).decode("ascii")

    def open(self, salt: bytes, record: UUID, text: str) -> dict[str, Any] | None:
        """The inverse; None where the key is another one, as after an erasure."""
        cipher = self.cipher(salt)
        raw = binascii.a2b_base64(text)
        try:
            if cipher is None:
                return None
            found: dict[str, Any] = _decode(cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], record.bytes))
        except InvalidTag:
            return None
        return found


async def salts_of(connection: Connection, schema: str, records: Iterable[UUID]) -> dict[UUID, bytes]:
    """The salts of these records, those that have one."""
    wanted = list(set(records))
    if not wanted:
        return {}
    rows = await connection.fetch(
        f"select record, salt from {quoted(schema)}._record_key where record = any(%s)", (wanted,)
    )
    return {record: bytes(salt) for record, salt in rows}


async def keep_salts(connection: Connection, schema: str, salts: Sequence[tuple[UUID, bytes]]) -> None:
    """Write new ones down. Whoever wrote one meanwhile would have sealed with another key: that is an error."""
    if salts:
        lines = (f"{record.hex}\t\\\\x{salt.hex()}" for record, salt in salts)
        await connection.copy_lines(f"copy {quoted(schema)}._record_key (record, salt) from stdin", lines)


async def destroy(connection: Connection, schema: str, records: Sequence[UUID]) -> int:
    """Destroy the keys of these records; how many there were."""
    return await connection.execute(
        f"delete from {quoted(schema)}._record_key where record = any(%s)", (list(records),)
    )
