"""Where bytes are kept: a port, and its implementation on a disk."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from relata.engine.files.media_types import HEAD
from relata.engine.storage.planner import quoted
from relata.foundation.errors import LimitReached, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

#: Bytes that travel between disk and memory at once.
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What `put` learned on the way. sha256: hexadecimal. head: the first bytes. held: nobody may have it until it was
    checked for viruses."""

    size: int
    sha256: str
    head: bytes
    held: bool = False


class FileStore(Protocol):
    """A place for bytes, by workspace and id; whatever is in it is complete."""

    async def put(self, schema: str, file: UUID, chunks: AsyncIterable[bytes], *, max_bytes: int) -> Stored:
        """Keep the bytes; LimitReached beyond `max_bytes`, Unavailable when there is no room. Leaves nothing behind on
        an error."""

    def read(self, schema: str, file: UUID, start: int = 0) -> AsyncIterator[bytes]:
        """The bytes from `start`, piece by piece; Unavailable when they are gone."""

    async def delete(self, schema: str, file: UUID) -> None:
        """Drop the bytes, if there are any."""

    def listing(self, schema: str) -> AsyncIterator[tuple[UUID, datetime]]:
        """Everything that is kept for a workspace, with the time when it came."""


def innermost(store: FileStore) -> FileStore:
    """Where the bytes lie in the end: stores that encrypt or check stand before another, their `inner`."""
    while (inner := getattr(store, "inner", None)) is not None:
        store = inner
    return store


class DiskStore:
    """A folder. A file's path is made of its workspace's schema and its id, never of a name that someone sent."""

    def __init__(self, root: Path) -> None:
        """root: made on first use, for its owner alone."""
        self.root = root

    async def put(self, schema: str, file: UUID, chunks: AsyncIterable[bytes], *, max_bytes: int) -> Stored:
        target, part = self._path(schema, file), self._part(schema, file)
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            with _told():
                output = await asyncio.to_thread(_create, part)
            try:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > max_bytes:
                        raise too_large(max_bytes)
                    head += bytes(chunk[: HEAD - len(head)])
                    with _told():
                        await asyncio.to_thread(_append, output, digest, chunk)
                with _told():
                    await asyncio.to_thread(_finish, output, part, target)
            finally:
                output.close()
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise
        return Stored(size, digest.hexdigest(), head)

    async def read(self, schema: str, file: UUID, start: int = 0) -> AsyncIterator[bytes]:
        try:
            source = await asyncio.to_thread(self._path(schema, file).open, "rb")
        except FileNotFoundError:
            raise Unavailable(_("The content of this file is missing."), code="file_missing") from None
        try:
            await asyncio.to_thread(source.seek, start)
            while chunk := await asyncio.to_thread(source.read, CHUNK):
                yield chunk
        finally:
            source.close()

    async def delete(self, schema: str, file: UUID) -> None:
        for path in (self._path(schema, file), self._part(schema, file)):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def listing(self, schema: str) -> AsyncIterator[tuple[UUID, datetime]]:
        for found in await asyncio.to_thread(_found, self._folder(schema)):
            yield found

    def _folder(self, schema: str) -> Path:
        return self.root / quoted(schema).strip('"')

    def _path(self, schema: str, file: UUID) -> Path:
        """Spread by the last letters of the id: the first ones of a UUIDv7 are the time, the same for all of today."""
        return self._folder(schema) / file.hex[-2:] / file.hex[-4:-2] / str(file)

    def _part(self, schema: str, file: UUID) -> Path:
        """Where it lies until it is complete; what a killed process left there is cleaned as any other."""
        return self._folder(schema) / "incoming" / str(file)


def too_large(max_bytes: int) -> LimitReached:
    """What a store says of a file that is larger than allowed."""
    return LimitReached(
        _("The file is too large."),
        code="too_large",
        hint=_("At most %(max_bytes)s MB fit.") % {"max_bytes": max_bytes // 1_000_000},
    )


def _found(folder: Path) -> list[tuple[UUID, datetime]]:
    found = []
    for path in folder.rglob("*"):
        file = parse_id(path.name)
        with contextlib.suppress(FileNotFoundError):
            if file is not None and path.is_file():
                found.append((file, datetime.fromtimestamp(path.stat().st_mtime, UTC)))
    return found


def _create(part: Path) -> BinaryIO:
    part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _append(output: BinaryIO, digest: hashlib._Hash, chunk: bytes) -> None:
    output.write(chunk)
    digest.update(chunk)


def _finish(output: BinaryIO, part: Path, target: Path) -> None:
    """On the disk before it has its name, and the name on the disk before anyone is told."""
    output.flush()
    os.fsync(output.fileno())
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Trouble with the disk, in a sentence without the path."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable(
                _("There is no room left for files."), code="disk_full", hint=_("Free disk space.")
            ) from error
        raise Unavailable(
            _("The file could not be stored."), code="store_failed", hint=_("Try again later.")
        ) from error
