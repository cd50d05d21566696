"""Files and the virus scanner, played by a daemon that speaks its protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from relata.engine.files.attachments import Attachment, get_file, keep, receive
from relata.engine.files.clamd import Clamd
from relata.engine.files.cleaning import register
from relata.engine.files.scanning import ScannedStore, ask_again
from relata.engine.files.serving import headers_of
from relata.engine.files.store import DiskStore
from relata.engine.jobs.queue import Queue
from relata.engine.storage.database import Database
from relata.foundation.errors import Invalid, LimitReached, NotFound, Unavailable
from relata.foundation.ids import new_id

VIRUS = b"X5O!P%@AP-not-the-real-one"
NOWHERE = Clamd(host="127.0.0.1", port=1)


async def pieces(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@asynccontextmanager
async def daemon(limit: int = 100_000, *, is_broken: bool = False) -> AsyncIterator[Clamd]:
    """clamd as its manual describes it, with a limit for streams."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readuntil(b"\x00") == b"zINSTREAM\x00"
            content, answer = b"", b""
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(size)
                if len(content) > limit:
                    answer = b"INSTREAM size limit exceeded. ERROR\x00"
                    break
            if not is_broken:
                found = b"stream: Test.Virus-1 FOUND\x00" if VIRUS in content else b"stream: OK\x00"
                writer.write(answer or found)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Clamd(host="127.0.0.1", port=server.sockets[0].getsockname()[1])


@pytest.fixture
def disk(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path)


async def kept(disk: DiskStore) -> int:
    return len([file async for file in disk.listing("w_a")])


async def test_a_clean_file_is_kept(disk: DiskStore) -> None:
    async with daemon() as scanner:
        received = await receive(ScannedStore(disk, scanner), "w_a", "a.txt", pieces(b"hello" * 1000))
    assert (received.size, received.held, await kept(disk)) == (5000, False, 1)


@pytest.mark.parametrize("holds", [True, False])
async def test_an_infected_file_is_refused_and_leaves_nothing(disk: DiskStore, holds: bool) -> None:
    async with daemon() as scanner:
        with pytest.raises(Invalid) as refused:
            await receive(ScannedStore(disk, scanner, holds), "w_a", "a.txt", pieces(b"abc" + VIRUS + b"def"))
    assert "Test.Virus-1" in refused.value.message
    assert await kept(disk) == 0


@pytest.mark.parametrize("is_broken", [True, False])
async def test_without_an_answer_files_are_refused(disk: DiskStore, is_broken: bool) -> None:
    async with daemon(is_broken=is_broken) as scanner:
        store = ScannedStore(disk, scanner if is_broken else NOWHERE)
        with pytest.raises(Unavailable):
            await receive(store, "w_a", "a.txt", pieces(b"hello"))
    assert await kept(disk) == 0


async def test_a_file_that_the_scanner_does_not_take_is_refused(disk: DiskStore) -> None:
    async with daemon(limit=100) as scanner:
        with pytest.raises((LimitReached, Unavailable)):
            await receive(ScannedStore(disk, scanner), "w_a", "a.txt", pieces(b"hello" * 1000, 50))
    assert await kept(disk) == 0


async def test_a_held_file_is_given_to_nobody_before_it_was_checked(
    disk: DiskStore, database: Database, schema: str
) -> None:
    queue = Queue(database.url)
    register(queue, database, disk)

    async def add(content: bytes) -> Attachment:
        received = await receive(ScannedStore(disk, NOWHERE, holds=True), schema, "a.txt", pieces(content))
        async with database.transaction() as connection:
            return await keep(connection, schema, received, owner=None, object_name="account", record=new_id())

    clean, bad = await add(b"hello"), await add(VIRUS)
    for file in (clean, bad):
        with pytest.raises(Unavailable) as refused:
            headers_of(file)
        assert refused.value.code == "file_held"
    assert await ask_again(database, queue, ScannedStore(disk, NOWHERE), schema) == (0, 0)
    async with daemon() as scanner:
        assert await ask_again(database, queue, ScannedStore(disk, scanner), schema) == (1, 1)
    async with database.read() as connection:
        assert headers_of(await get_file(connection, schema, clean.id))
        with pytest.raises(NotFound):
            await get_file(connection, schema, bad.id)


@pytest.mark.parametrize("url", ["http://localhost", "clamd://", "unix://"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(Invalid):
        Clamd.parse(url)
