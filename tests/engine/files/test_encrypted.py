"""What lies in the store says nothing, opens nowhere else, and not when anything of it was touched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from relata.engine.files.encrypted import PIECE, SIGN, EncryptedStore, encrypt_plain
from relata.engine.files.ranges import bytes_of, part_of
from relata.engine.files.store import DiskStore
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.foundation.errors import LimitReached, Unavailable
from relata.foundation.ids import new_id

KEYS = {1: bytes(32), 2: bytes(range(32))}
_HEAD = len(SIGN) + 18


async def pieces(content: bytes, size: int = 7001) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


class House:
    """A store on a disk, and what lies there."""

    def __init__(self, folder: Path) -> None:
        self.disk, self.keys = DiskStore(folder), dict(KEYS)
        self.store = EncryptedStore(self.disk, self.load)

    async def load(self, schema: str) -> WorkspaceKeys:
        return WorkspaceKeys(schema, {"file": dict(self.keys)})

    async def put(self, content: bytes, *, encrypts: bool = True, schema: str = "w_a") -> UUID:
        file = new_id()
        stored = await EncryptedStore(self.disk, self.load, encrypts).put(
            schema, file, pieces(content), max_bytes=10_000_000
        )
        assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert stored.head == content[:4096]
        return file

    async def get(self, file: UUID, schema: str = "w_a") -> bytes:
        return b"".join([piece async for piece in self.store.read(schema, file)])

    def path(self, file: UUID, schema: str = "w_a") -> Path:
        return self.disk._path(schema, file)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "files")


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 17])
@pytest.mark.parametrize("encrypts", [True, False])
async def test_what_goes_in_comes_out(house: House, size: int, encrypts: bool) -> None:
    content = os.urandom(size)
    file = await house.put(content, encrypts=encrypts)
    assert await house.get(file) == content
    assert (house.path(file).read_bytes() == content) is not encrypts


async def test_the_disk_says_nothing(house: House) -> None:
    raw = house.path(await house.put(b"Ada Lovelace, 12 St James's Square " * 9000)).read_bytes()
    assert b"Ada Lovelace" not in raw


@pytest.mark.parametrize("how", ["flip", "cut", "cut at a piece", "swap", "repeat", "append", "other key"])
async def test_what_was_touched_does_not_open(house: House, how: str) -> None:
    file = await house.put(os.urandom(3 * PIECE))
    raw, step = house.path(file).read_bytes(), PIECE + 16
    head, first, second, third = raw[:_HEAD], *(raw[_HEAD + n * step : _HEAD + (n + 1) * step] for n in range(3))
    house.path(file).write_bytes(
        {
            "flip": raw[:-1] + bytes([raw[-1] ^ 1]),
            "cut": raw[:-5],
            "cut at a piece": head + first + second,
            "swap": head + second + first + third,
            "repeat": head + first + first + second + third,
            "append": raw + b"x",
            "other key": raw[: len(SIGN)] + b"\x00\x01" + raw[len(SIGN) + 2 :],
        }[how]
    )
    with pytest.raises(Unavailable) as refused:
        await house.get(file)
    assert refused.value.code == "file_damaged"


async def test_a_copy_opens_neither_as_another_file_nor_in_another_workspace(house: House) -> None:
    file, other = await house.put(b"secret"), await house.put(b"other")
    foreign = await house.put(b"foreign", schema="w_b")
    house.path(other).write_bytes(house.path(file).read_bytes())
    house.path(foreign, "w_b").write_bytes(house.path(file).read_bytes())
    house.path(foreign, "w_b").rename(house.path(foreign, "w_b").with_name(str(file)))
    with pytest.raises(Unavailable):
        await house.get(other)
    with pytest.raises(Unavailable):
        await house.get(foreign, "w_b")


async def test_a_plain_file_that_looks_encrypted_comes_out_as_it_went_in(house: House) -> None:
    forged = house.path(await house.put(b"secret")).read_bytes()
    for content in (forged, SIGN, SIGN[:5]):
        assert await house.get(await house.put(content, encrypts=False)) == content


async def test_a_new_key_is_learned_and_old_files_open(house: House) -> None:
    old = await house.put(b"old")
    await house.get(old)
    house.keys[3] = os.urandom(32)
    new = await house.put(b"new")
    assert (await house.get(old), await house.get(new)) == (b"old", b"new")


async def test_what_lay_there_plain_is_encrypted_once(house: House) -> None:
    old = await house.put(b"plain and old" * 10_000, encrypts=False)
    await house.put(b"new")
    assert await encrypt_plain(house.store, "w_a") == 1
    assert house.path(old).read_bytes().startswith(SIGN)
    assert await house.get(old) == b"plain and old" * 10_000
    assert await encrypt_plain(house.store, "w_a") == 0


async def test_too_large_leaves_nothing(house: House) -> None:
    with pytest.raises(LimitReached):
        await house.store.put("w_a", new_id(), pieces(b"x" * 100_001), max_bytes=100_000)
    assert [file async for file in house.store.listing("w_a")] == []


@pytest.mark.parametrize("encrypts", [True, False])
async def test_any_part_is_read_as_it_was_written(house: House, encrypts: bool) -> None:
    content = os.urandom(3 * PIECE + 17)
    file = await house.put(content, encrypts=encrypts)
    headers = {"Content-Length": str(len(content)), "ETag": '"e"'}
    for asked, start, end in (
        ("bytes=1-", 1, None), (f"bytes={PIECE}-", PIECE, None), (f"bytes={PIECE - 1}-{PIECE}", PIECE - 1, PIECE + 1),
        ("bytes=-5", len(content) - 5, None), (f"bytes={3 * PIECE + 16}-999999999", 3 * PIECE + 16, None),
    ):  # fmt: skip
        part = part_of(headers, asked, '"e"')
        found = b"".join([piece async for piece in bytes_of(house.store, "w_a", file, part)])
        assert (part.status, found) == (206, content[start:end])
        assert part.headers["Content-Length"] == str(len(found))


def test_other_content_and_odd_spans_are_answered_as_the_standard_says() -> None:
    headers = {"Content-Length": "10", "ETag": '"e"'}
    assert part_of(headers, "bytes=5-", '"other"').status == 200
    assert part_of(headers, "bytes=0-1,4-5", None).status == 200
    assert part_of(headers, None, None).headers["Accept-Ranges"] == "bytes"
    gone = part_of(headers, "bytes=10-", None)
    assert (gone.status, gone.headers["Content-Range"], gone.length) == (416, "bytes */10", 0)
