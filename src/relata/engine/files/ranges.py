"""Parts of a file, for downloads that broke off and go on (RFC 9110, section 14): one span of bytes, of the file that
the other side has begun with."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from relata.engine.files.store import FileStore

#: Several spans at once are allowed to be ignored, and are.
_SPAN = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent of a file. status: 200, 206, or 416 for a span that the file does not have. headers: all of the
    answer. start, length: in bytes."""

    status: int
    headers: dict[str, str]
    start: int
    length: int


def part_of(headers: Mapping[str, str], asked: str | None, only_if: str | None) -> Part:
    """headers: of the whole file, with its Content-Length and ETag. asked: the header Range. only_if: the header
    If-Range; where it names another content, the whole file is sent."""
    size = int(headers["Content-Length"])
    whole = Part(200, {**headers, "Accept-Ranges": "bytes"}, 0, size)
    found = _SPAN.fullmatch((asked or "").strip().replace(" ", ""))
    if found is None or found.groups() == ("", "") or (only_if is not None and only_if.strip() != headers["ETag"]):
        return whole
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= size or (first and last and int(last) < start):
        return Part(416, {**whole.headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"}, 0, 0)
    told = {"Content-Range": f"bytes {start}-{end - 1}/{size}", "Content-Length": str(end - start)}
    return Part(206, {**whole.headers, **told}, start, end - start)


async def bytes_of(store: FileStore, schema: str, file: UUID, part: Part) -> AsyncIterator[bytes]:
    """The bytes of a part, piece by piece."""
    left = part.length
    if not left:
        return
    async for piece in store.read(schema, file, part.start):
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return
