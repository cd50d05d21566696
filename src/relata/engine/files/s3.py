"""Files in a bucket of S3 or what speaks like it (MinIO, Ceph, Garage and others)."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID
from xml.etree import ElementTree

import httpx

from relata.engine.files.media_types import HEAD
from relata.engine.files.sigv4 import EMPTY, Signer, quoted_path, quoted_query
from relata.engine.files.store import CHUNK, Stored, too_large
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Invalid, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

#: Seconds without a byte, after which the store counts as away.
SILENCE = 20.0
_TRIES = 3
_KEPT_IN_MEMORY = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Bucket:
    """Where a bucket is and who we are there. prefix: before every key, "" or with a slash at its end."""

    origin: str
    host: str
    name: str
    prefix: str
    signer: Signer

    @classmethod
    def parse(cls, url: str) -> Bucket:
        """From `s3://KEY:SECRET@host[:port]/bucket[/prefix]?region=eu-central-1`; `s3+http://` without encryption, for
        a store on the same machine. Invalid without the address in it."""
        parts = urlsplit(url)
        name, __, prefix = parts.path.strip("/").partition("/")
        if parts.scheme not in ("s3", "s3+http") or not (parts.hostname and parts.username and parts.password and name):
            raise Invalid(
                _("The address of the files' store can't be read."),
                code="files_url",
                hint=_("It looks like s3://KEY:SECRET@s3.example.org/bucket?region=eu-central-1."),
            )
        host = parts.netloc.rpartition("@")[2]
        region = parse_qs(parts.query).get("region", ["us-east-1"])[-1]
        scheme = "https" if parts.scheme == "s3" else "http"
        signer = Signer(unquote(parts.username), unquote(parts.password), region)
        return cls(f"{scheme}://{host}", host, name, f"{prefix}/" if prefix else "", signer)


class S3Store:
    """A bucket. Objects are named by workspace and id, never by a name that someone sent; one appears whole or not."""

    def __init__(self, bucket: Bucket, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """transport: what carries the requests, for tests; the network when None."""
        self.bucket = bucket
        self._transport = transport

    async def put(self, schema: str, file: UUID, chunks: AsyncIterable[bytes], *, max_bytes: int) -> Stored:
        digest, size, head = hashlib.sha256(), 0, b""
        # Its size and sum stand before it in a signed request, so it waits here until it is complete.
        with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY) as waiting:
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise too_large(max_bytes)
                head += bytes(chunk[: HEAD - len(head)])
                digest.update(chunk)
                await _off_thread(waiting.write, chunk)
            await self._send(schema, file, waiting, size, digest.hexdigest())
        return Stored(size, digest.hexdigest(), head)

    async def read(self, schema: str, file: UUID, start: int = 0) -> AsyncIterator[bytes]:
        async with self._client() as client:
            response = await self._ask(client, "GET", self._key(schema, file), start=start, stream=True)
            try:
                if response.status_code == 416:  # nothing is there from here on
                    return
                if response.status_code == 404:
                    raise Unavailable(_("The content of this file is missing."), code="file_missing")
                _require(response)
                read = 0
                async for piece in response.aiter_raw(CHUNK):
                    read += len(piece)
                    yield piece
                if str(read) != response.headers.get("content-length", str(read)):
                    raise _away()
            except httpx.HTTPError as error:
                raise _away() from error
            finally:
                await response.aclose()

    async def delete(self, schema: str, file: UUID) -> None:
        async with self._client() as client:
            response = await self._ask(client, "DELETE", self._key(schema, file))
            if response.status_code != 404:
                _require(response)

    async def listing(self, schema: str) -> AsyncIterator[tuple[UUID, datetime]]:
        query, start = [("list-type", "2"), ("prefix", self._folder(schema))], ""
        async with self._client() as client:
            while True:
                response = await self._ask(
                    client, "GET", "", [*query, *([("continuation-token", start)] if start else [])]
                )
                _require(response)
                page = _page(response.content)
                for key, came_at in page.objects:
                    file = parse_id(key.rpartition("/")[2])
                    if file is not None:
                        yield file, came_at
                if not page.next:
                    return
                start = page.next

    async def _send(self, schema: str, file: UUID, content: IO[bytes], size: int, sha256: str) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            await _off_thread(content.seek, 0)
            while piece := await asyncio.to_thread(content.read, CHUNK):
                yield piece

        async with self._client() as client:
            for attempt in range(1, _TRIES + 1):
                try:
                    response = await self._ask(
                        client, "PUT", self._key(schema, file), sha256=sha256, size=size, content=pieces()
                    )
                    if response.status_code < 500:
                        break
                except Unavailable:
                    if attempt == _TRIES:
                        raise
                await asyncio.sleep(0.2 * attempt)
            _require(response)

    async def _ask(
        self,
        client: httpx.AsyncClient,
        method: str,
        key: str,
        query: Sequence[tuple[str, str]] = (),
        *,
        sha256: str = EMPTY,
        size: int | None = None,
        content: AsyncIterator[bytes] | None = None,
        start: int = 0,
        stream: bool = False,
    ) -> httpx.Response:
        path = f"/{self.bucket.name}" + (f"/{key}" if key else "")
        headers: Mapping[str, str] = {} if size is None else {"content-length": str(size)}
        if start:
            headers = {**headers, "range": f"bytes={start}-"}
        signed = self.bucket.signer.sign(method, self.bucket.host, path, query, headers, sha256, datetime.now(UTC))
        url = self.bucket.origin + quoted_path(path) + (f"?{quoted_query(query)}" if query else "")
        try:
            return await client.send(client.build_request(method, url, headers=signed, content=content), stream=stream)
        except httpx.HTTPError as error:
            raise _away() from error

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport, trust_env=False, follow_redirects=False, timeout=httpx.Timeout(SILENCE),
            headers={"accept-encoding": "identity"},
        )  # fmt: skip

    def _folder(self, schema: str) -> str:
        return self.bucket.prefix + quoted(schema).strip('"') + "/"

    def _key(self, schema: str, file: UUID) -> str:
        return f"{self._folder(schema)}{file.hex[-2:]}/{file}"


async def _off_thread(act: object, value: object) -> None:
    """To a spooled file, which may have moved to the disk."""
    await asyncio.to_thread(act, value)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Page:
    objects: list[tuple[str, datetime]]
    next: str


def _page(body: bytes) -> _Page:
    try:
        root = ElementTree.fromstring(body)
        space = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
        objects = [
            (each.findtext(f"{space}Key", ""), datetime.fromisoformat(each.findtext(f"{space}LastModified", "")))
            for each in root.iter(f"{space}Contents")
        ]
    except (ElementTree.ParseError, ValueError):
        raise _away() from None
    return _Page(objects, root.findtext(f"{space}NextContinuationToken", ""))


def _require(response: httpx.Response) -> None:
    if not 200 <= response.status_code < 300:
        raise _away(response.status_code)


def _away(status: int = 0) -> Unavailable:
    """Without what the store says: that may hold its keys."""
    if status in (401, 403):
        return Unavailable(
            _("The store of the files refuses us."), code="store_failed", hint=_("Check its key in RELATA_FILES_URL.")
        )
    return Unavailable(_("The store of the files does not answer."), code="store_failed", hint=_("Try again later."))
