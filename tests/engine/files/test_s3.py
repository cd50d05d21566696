"""A bucket, played by a double that knows its secret and checks every signature by itself."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote
from uuid import UUID

import httpx
import pytest

from relata.engine.files.encrypted import EncryptedStore
from relata.engine.files.s3 import Bucket, S3Store
from relata.engine.files.sigv4 import EMPTY, Signer
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.foundation.errors import Invalid, LimitReached, Unavailable
from relata.foundation.ids import new_id

URL = "s3+http://AKIDEXAMPLE:secret%2Fkey@store.test:9000/files/crm?region=eu-central-1"


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


class Double(httpx.AsyncBaseTransport):
    """Refuses what is not signed with the secret over what it really received."""

    def __init__(self, secret: str = "secret/key", page: int = 2) -> None:
        self.secret, self.page, self.objects = secret, page, dict[str, bytes]()
        self.failures, self.cut = 0, False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = b"".join([piece async for piece in request.stream])  # type: ignore[union-attr]
        if self.failures:
            self.failures -= 1
            return httpx.Response(503)
        if not self._is_signed(request, body):
            return httpx.Response(403)
        raw, _, query = request.url.raw_path.decode().partition("?")
        bucket, _, key = unquote(raw).lstrip("/").partition("/")
        assert bucket == "files"
        if not key:
            return self._list(dict(parse_qsl(query)))
        if request.method == "PUT":
            self.objects[key] = body
            return httpx.Response(200)
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return httpx.Response(204)
        if key not in self.objects:
            return httpx.Response(404)
        found = self.objects[key]
        return httpx.Response(
            200, headers={"content-length": str(len(found))}, stream=_Stream(found[:-1] if self.cut else found)
        )

    def _is_signed(self, request: httpx.Request, body: bytes) -> bool:
        given = request.headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ")
        fields = dict(one.split("=", 1) for one in given.split(", "))
        _, day, region, service, end = fields["Credential"].split("/")
        names = fields["SignedHeaders"].split(";")
        path, _, query = request.url.raw_path.decode().partition("?")
        canonical = "\n".join(
            [
                request.method, path, "&".join(sorted(query.split("&"))) if query else "",
                *(f"{name}:{request.headers[name]}" for name in names), "", ";".join(names),
                request.headers["x-amz-content-sha256"],
            ]
        )  # fmt: skip
        to_sign = "\n".join(
            ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], f"{day}/{region}/{service}/{end}",
             hashlib.sha256(canonical.encode()).hexdigest()]
        )  # fmt: skip
        key = ("AWS4" + self.secret).encode()
        for part in (day, region, service, end, to_sign):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        is_whole = hashlib.sha256(body).hexdigest() == request.headers["x-amz-content-sha256"]
        return key.hex() == fields["Signature"] and is_whole and "host" in names and region == "eu-central-1"

    def _list(self, query: dict[str, str]) -> httpx.Response:
        keys = sorted(key for key in self.objects if key.startswith(query["prefix"]))
        start = int(query.get("continuation-token", "0/+=").split("/")[0])
        until = start + self.page
        more = f"<NextContinuationToken>{until}/+=</NextContinuationToken>" if until < len(keys) else ""
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-11-21T10:00:00.000Z</LastModified></Contents>"
            for key in keys[start:until]
        )
        body = f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{rows}{more}</ListBucketResult>'
        return httpx.Response(200, content=body.encode())


class _Stream(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


@pytest.fixture
def double() -> Double:
    return Double()


@pytest.fixture
def store(double: Double) -> S3Store:
    return S3Store(Bucket.parse(URL), double)


async def get(store: S3Store | EncryptedStore, file: UUID) -> bytes:
    return b"".join([piece async for piece in store.read("w_a", file)])


def test_signs_as_amazon_does() -> None:
    """The example "GET Object" of Amazon's reference."""
    signer = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    signed = signer.sign(
        "GET", "examplebucket.s3.amazonaws.com", "/test.txt", (), {"Range": "bytes=0-9"}, EMPTY,
        datetime(2013, 5, 24, tzinfo=UTC),
    )  # fmt: skip
    assert signed["authorization"].endswith(
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


@pytest.mark.parametrize("size", [0, 1, 2_500_000])
async def test_what_goes_in_comes_out(store: S3Store, double: Double, size: int) -> None:
    content, file = os.urandom(size), new_id()
    stored = await store.put("w_a", file, pieces(content), max_bytes=3_000_000)
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert stored.head == content[:4096]
    assert await get(store, file) == content
    assert list(double.objects) == [f"crm/w_a/{file.hex[-2:]}/{file}"]


async def test_lists_over_pages_and_one_workspace_alone(store: S3Store) -> None:
    mine = {new_id() for _ in range(5)}
    for file in mine:
        await store.put("w_a", file, pieces(b"x"), max_bytes=10)
    await store.put("w_ab", new_id(), pieces(b"x"), max_bytes=10)
    assert {file async for file, _ in store.listing("w_a")} == mine


async def test_what_is_deleted_is_missing(store: S3Store) -> None:
    file = new_id()
    await store.put("w_a", file, pieces(b"x"), max_bytes=10)
    await store.delete("w_a", file)
    await store.delete("w_a", file)
    with pytest.raises(Unavailable) as missing:
        await get(store, file)
    assert missing.value.code == "file_missing"


async def test_too_large_never_leaves_the_house(store: S3Store, double: Double) -> None:
    with pytest.raises(LimitReached):
        await store.put("w_a", new_id(), pieces(b"x" * 11), max_bytes=10)
    assert double.objects == {}


async def test_a_wrong_key_is_told_without_it(double: Double) -> None:
    store = S3Store(Bucket.parse(URL.replace("secret", "other")), double)
    with pytest.raises(Unavailable) as refused:
        await store.put("w_a", new_id(), pieces(b"x"), max_bytes=10)
    assert "RELATA_FILES_URL" in (refused.value.hint or "")
    assert "other" not in f"{refused.value}{refused.value.hint}"


async def test_a_short_absence_is_waited_for(store: S3Store, double: Double) -> None:
    double.failures, file = 2, new_id()
    await store.put("w_a", file, pieces(b"hello"), max_bytes=10)
    assert await get(store, file) == b"hello"
    double.failures = 3
    with pytest.raises(Unavailable):
        await store.put("w_a", new_id(), pieces(b"hello"), max_bytes=10)


async def test_an_answer_that_ends_early_is_no_file(store: S3Store, double: Double) -> None:
    file = new_id()
    await store.put("w_a", file, pieces(b"hello"), max_bytes=10)
    double.cut = True
    with pytest.raises(Unavailable):
        await get(store, file)


async def test_encrypted_files_lie_encrypted_in_the_bucket(store: S3Store, double: Double) -> None:
    async def load(schema: str) -> WorkspaceKeys:
        return WorkspaceKeys(schema, {"file": {1: bytes(32)}})

    file, over = new_id(), EncryptedStore(store, load)
    await over.put("w_a", file, pieces(b"Ada Lovelace" * 20_000), max_bytes=300_000)
    assert all(b"Ada Lovelace" not in content for content in double.objects.values())
    assert await get(over, file) == b"Ada Lovelace" * 20_000


@pytest.mark.parametrize("url", ["s3://store/bucket", "https://a:b@store/bucket", "s3://a:b@store", "s3://a:b@/bucket"])
def test_an_address_that_is_none_is_told_without_it(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Bucket.parse(url)
    assert url not in str(refused.value)
    assert quote("a:b") not in str(refused.value)
