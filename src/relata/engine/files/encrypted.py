"""Files encrypted before they reach a store: AES-256-GCM in pieces, under a key of the file made of the workspace's.

A file begins with a sign, the number of the workspace's key and a salt. Each piece is sealed under its number and
whether it is the last, bound to workspace and file: pieces that are swapped, cut off, repeated or copied to another
file do not open. What was kept plain before is read on.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relata.engine.files.media_types import HEAD
from relata.engine.files.store import FileStore, Stored, too_large
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.foundation.errors import Unavailable
from relata.foundation.i18n import gettext as _

SIGN = b"\x89relata:f1\r\n\x00"
_NUMBER_BYTES, _SALT_BYTES, _TAG_BYTES = 2, 16, 16
_PREFIX_BYTES = len(SIGN) + _NUMBER_BYTES + _SALT_BYTES
#: Bytes of a file that are sealed together.
PIECE = 64 * 1024
#: The keys of a workspace by its schema, read from the database.
LoadKeys = Callable[[str], Awaitable[WorkspaceKeys]]


@dataclass
class EncryptedStore:
    """Over another store. encrypts: whether new files are; what is encrypted opens in any case, and what looks as if it
    were is encrypted in any case."""

    inner: FileStore
    load_keys: LoadKeys
    encrypts: bool = True
    _keys: dict[str, WorkspaceKeys] = field(default_factory=dict, repr=False)

    async def put(self, schema: str, file: UUID, chunks: AsyncIterable[bytes], *, max_bytes: int) -> Stored:
        plain = _Plain(chunks, max_bytes)
        await plain.begin()
        if not self.encrypts and not plain.head.startswith(SIGN):
            return await self.inner.put(schema, file, plain, max_bytes=max_bytes)
        number, key = (await self._workspace_keys(schema)).current("file")
        salt = os.urandom(_SALT_BYTES)
        prefix = SIGN + number.to_bytes(_NUMBER_BYTES, "big") + salt
        sealed = _sealed(prefix, _cipher(key, salt), plain, _about(schema, file))
        pieces = max_bytes // PIECE + 1
        await self.inner.put(schema, file, sealed, max_bytes=max_bytes + _PREFIX_BYTES + pieces * _TAG_BYTES)
        return Stored(plain.size, plain.digest.hexdigest(), plain.head)

    async def read(self, schema: str, file: UUID, start: int = 0) -> AsyncIterator[bytes]:
        if not start:
            async for piece in self._whole(schema, file):
                yield piece
            return
        prefix = await self._prefix(schema, file)
        if not prefix.startswith(SIGN):
            async for piece in self.inner.read(schema, file, start):
                yield piece
            return
        number, skipped = divmod(start, PIECE)
        place = _PREFIX_BYTES + number * (PIECE + _TAG_BYTES)
        cipher, waiting, about = await self._opener(schema, prefix), bytearray(), _about(schema, file)
        async for chunk in self.inner.read(schema, file, place):
            waiting += chunk
            while len(waiting) > PIECE + _TAG_BYTES:
                opened = _opened(cipher, number, False, bytes(waiting[: PIECE + _TAG_BYTES]), about)
                del waiting[: PIECE + _TAG_BYTES]
                yield opened[skipped:]
                number, skipped = number + 1, 0
        if waiting:
            yield _opened(cipher, number, True, bytes(waiting), about)[skipped:]

    async def _prefix(self, schema: str, file: UUID) -> bytes:
        head = b""
        async for chunk in self.inner.read(schema, file):
            head += chunk
            if len(head) >= _PREFIX_BYTES:
                break
        return head[:_PREFIX_BYTES]

    async def _whole(self, schema: str, file: UUID) -> AsyncIterator[bytes]:
        waiting, cipher, number = bytearray(), None, 0
        is_plain = False
        async for chunk in self.inner.read(schema, file):
            if is_plain:
                yield chunk
                continue
            waiting += chunk
            if cipher is None:
                if len(waiting) < _PREFIX_BYTES and (waiting.startswith(SIGN) or SIGN.startswith(waiting)):
                    continue
                if not waiting.startswith(SIGN):
                    is_plain = True
                    yield bytes(waiting)
                    continue
                cipher = await self._opener(schema, bytes(waiting[:_PREFIX_BYTES]))
                del waiting[:_PREFIX_BYTES]
            while len(waiting) > PIECE + _TAG_BYTES:  # more follows: this piece is not the last
                piece = bytes(waiting[: PIECE + _TAG_BYTES])
                del waiting[: PIECE + _TAG_BYTES]
                yield _opened(cipher, number, False, piece, _about(schema, file))
                number += 1
        if cipher is not None:
            yield _opened(cipher, number, True, bytes(waiting), _about(schema, file))
        elif waiting.startswith(SIGN):
            raise _damaged()
        elif not is_plain and waiting:
            yield bytes(waiting)

    async def is_encrypted(self, schema: str, file: UUID) -> bool:
        """Whether it lies encrypted in the store."""
        return (await self._prefix(schema, file)).startswith(SIGN)

    async def delete(self, schema: str, file: UUID) -> None:
        await self.inner.delete(schema, file)

    async def listing(self, schema: str) -> AsyncIterator[tuple[UUID, datetime]]:
        async for found in self.inner.listing(schema):
            yield found

    async def _workspace_keys(self, schema: str, number: int | None = None) -> WorkspaceKeys:
        known = self._keys.get(schema)
        if known is None or (number is not None and known.of("file", number) is None):
            known = self._keys[schema] = await self.load_keys(schema)
        return known

    async def _opener(self, schema: str, prefix: bytes) -> AESGCM:
        number = int.from_bytes(prefix[len(SIGN) : -_SALT_BYTES], "big")
        key = (await self._workspace_keys(schema, number)).of("file", number)
        if key is None:
            raise _damaged()
        return _cipher(key, prefix[-_SALT_BYTES:])


async def encrypt_plain(store: EncryptedStore, schema: str) -> int:
    """Encrypt the files of a workspace that lie there plain, each replaced whole; how many there were."""
    done = 0
    for file in [found async for found, __ in store.listing(schema)]:
        try:
            if await store.is_encrypted(schema, file):
                continue
            await store.put(schema, file, store.inner.read(schema, file), max_bytes=1 << 40)
        except Unavailable as gone:
            if gone.code != "file_missing":
                raise
            continue  # removed meanwhile
        done += 1
    return done


class _Plain:
    """What arrives, in pieces of one size, measured on the way; the head is known once it has begun."""

    def __init__(self, chunks: AsyncIterable[bytes], max_bytes: int) -> None:
        self._chunks, self._most = aiter(chunks), max_bytes
        self._waiting = bytearray()
        self._ended = False
        self.size, self.digest, self.head = 0, hashlib.sha256(), b""

    async def begin(self) -> None:
        await self._fill(HEAD)
        self.head = bytes(self._waiting[:HEAD])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Every piece but the last is whole."""
        while True:
            await self._fill(PIECE + 1)
            piece = bytes(self._waiting[:PIECE])
            del self._waiting[:PIECE]
            yield piece
            if self._ended and not self._waiting:
                return

    @property
    def is_at_end(self) -> bool:
        return self._ended and not self._waiting

    async def _fill(self, size: int) -> None:
        while not self._ended and len(self._waiting) < size:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                self._ended = True
                break
            self.size += len(chunk)
            if self.size > self._most:
                raise too_large(self._most)
            self.digest.update(chunk)
            self._waiting += chunk


async def _sealed(prefix: bytes, cipher: AESGCM, plain: _Plain, about: bytes) -> AsyncIterator[bytes]:
    yield prefix
    number = 0
    async for piece in plain:
        yield cipher.encrypt(_nonce(number, plain.is_at_end), piece, about)
        number += 1


def _opened(cipher: AESGCM, number: int, is_last: bool, piece: bytes, about: bytes) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, is_last), piece, about)
    except InvalidTag:
        raise _damaged() from None


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """The key of one file, so that no nonce meets the same key twice."""
    return AESGCM(hashlib.blake2b(salt, key=key, digest_size=32, person=b"file content").digest())


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _about(schema: str, file: UUID) -> bytes:
    return f"relata file {schema} {file}".encode()


def _damaged() -> Unavailable:
    return Unavailable(
        _("The content of this file can't be opened."), code="file_damaged", hint=_("Take it from a backup.")
    )
