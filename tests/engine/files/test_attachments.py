"""A file is complete or not there, belongs to its record, and goes with it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from relata.engine.files.attachments import (
    Attachment,
    attach,
    files_of,
    get_file,
    keep,
    receive,
    remove,
    remove_all_of,
)
from relata.engine.files.cleaning import clean_left_over, register
from relata.engine.files.serving import headers_of
from relata.engine.files.store import DiskStore
from relata.engine.jobs.queue import Queue
from relata.engine.jobs.worker import Pace, run_worker
from relata.engine.storage.database import Database
from relata.foundation.errors import LimitReached, NotFound, Unavailable
from relata.foundation.ids import new_id

DEADLINE_SECONDS = 20


@dataclass
class House:
    """A workspace's files."""

    database: Database
    schema: str
    store: DiskStore
    queue: Queue

    async def add(self, content: bytes, name: str = "offer.txt", record: UUID | None = None) -> Attachment:
        received = await receive(self.store, self.schema, name, pieces(content))
        async with self.database.transaction() as connection:
            return await keep(
                connection, self.schema, received, owner=None, object_name="account" if record else None, record=record
            )

    async def content(self, file: UUID) -> bytes:
        return b"".join([piece async for piece in self.store.read(self.schema, file)])

    async def stored(self) -> set[UUID]:
        return {file async for file, _ in self.store.listing(self.schema)}

    async def run_jobs(self, until_left: set[UUID]) -> None:
        """A worker, until the store holds just these."""
        stop = asyncio.Event()
        worker = asyncio.create_task(run_worker(self.queue, stop=stop, pace=Pace(poll=0.1)))
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await self.stored() != until_left:  # noqa: ASYNC110 - the disk sends no events
                await asyncio.sleep(0.02)
        stop.set()
        await worker


async def pieces(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.fixture
def house(database: Database, schema: str, tmp_path: Path) -> House:
    store, queue = DiskStore(tmp_path / "files"), Queue(database.url)
    register(queue, database, store)
    return House(database, schema, store, queue)


@pytest.mark.parametrize("size", [0, 1, 999, 1_000_001])
async def test_what_goes_in_comes_out(house: House, size: int) -> None:
    content = os.urandom(size)
    file = await house.add(content)
    assert await house.content(file.id) == content
    assert (file.size, file.sha256) == (size, hashlib.sha256(content).hexdigest())


async def test_a_file_belongs_to_its_record(house: House) -> None:
    record = new_id()
    first, second = await house.add(b"one", record=record), await house.add(b"two", record=record)
    await house.add(b"three", record=new_id())
    async with house.database.read() as connection:
        assert await files_of(connection, house.schema, record) == [second, first]
        assert await get_file(connection, house.schema, first.id) == first
        with pytest.raises(NotFound):
            await get_file(connection, house.schema, new_id())


async def test_a_loose_file_is_attached_by_its_owner_only(house: House) -> None:
    anna, berta, record = new_id(), new_id(), new_id()
    received = await receive(house.store, house.schema, "a.txt", pieces(b"a"))
    async with house.database.transaction() as connection:
        loose = await keep(connection, house.schema, received, owner=anna)
        with pytest.raises(NotFound):
            await attach(connection, house.schema, [loose.id], "account", record, owner=berta)
        await attach(connection, house.schema, [loose.id], "account", record, owner=anna)
        await attach(connection, house.schema, [loose.id], "account", record, owner=berta)
        with pytest.raises(NotFound):
            await attach(connection, house.schema, [loose.id], "account", new_id(), owner=anna)
        assert (await get_file(connection, house.schema, loose.id)).record == record


async def test_a_file_that_is_too_large_leaves_nothing(house: House) -> None:
    with pytest.raises(LimitReached) as caught:
        await receive(house.store, house.schema, "a.txt", pieces(b"x" * 5000), max_bytes=4999)
    assert caught.value.code == "too_large"
    assert await house.stored() == set()


async def test_an_upload_that_breaks_off_leaves_nothing(house: House) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await receive(house.store, house.schema, "a.txt", broken())
    assert await house.stored() == set()


async def test_no_name_or_schema_leads_out_of_the_folder(house: House) -> None:
    file = await house.add(b"x", name="../../../outside.txt")
    assert file.name == "outside.txt"
    (path,) = [path for path in house.store.root.rglob("*") if path.is_file()]
    assert path.name == str(file.id)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="identifier"):
        await house.store.delete("../other", file.id)


async def test_trouble_with_the_disk_is_told_without_a_path(house: House) -> None:
    house.store.root.parent.joinpath("files").write_text("in the way")
    with pytest.raises(Unavailable) as caught:
        await receive(house.store, house.schema, "a.txt", pieces(b"x"))
    assert caught.value.code == "store_failed"
    assert str(house.store.root) not in str(caught.value)


async def test_missing_bytes_are_told(house: House) -> None:
    file = await house.add(b"x")
    await house.store.delete(house.schema, file.id)
    with pytest.raises(Unavailable) as caught:
        await house.content(file.id)
    assert caught.value.code == "file_missing"


async def test_bytes_go_after_the_deletion_committed(house: House) -> None:
    kept, gone = await house.add(b"kept", record=new_id()), await house.add(b"gone", record=new_id())
    assert gone.record

    async def fail() -> None:
        async with house.database.transaction() as connection:
            await remove(connection, house.queue, house.schema, [kept.id])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with house.database.transaction() as connection:
        await remove_all_of(connection, house.queue, house.schema, [gone.record])
    assert await house.stored() == {kept.id, gone.id}
    await house.run_jobs(until_left={kept.id})
    assert await house.content(kept.id) == b"kept"


async def test_what_is_left_over_is_cleaned(house: House) -> None:
    attached, loose = await house.add(b"attached", record=new_id()), await house.add(b"loose")
    stray = await receive(house.store, house.schema, "stray.txt", pieces(b"stray"))
    assert await clean_left_over(house.database, house.queue, house.store, house.schema) == 0
    assert await house.stored() == {attached.id, loose.id, stray.id}
    now = timedelta(seconds=-60)
    await clean_left_over(house.database, house.queue, house.store, house.schema, older_than=now)
    await house.run_jobs(until_left={attached.id})


async def test_a_file_is_served_inert(house: House) -> None:
    page = headers_of(await house.add(b"<script>alert(1)</script>", name='Ä "page".html'))
    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert (
        page["Content-Disposition"] == "attachment; filename=\"_ _page_.html\"; filename*=UTF-8''%C3%84%20_page_.html"
    )
    assert page["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in page["Content-Security-Policy"]
    picture = headers_of(await house.add(b"\x89PNG\r\n\x1a\n", name="a.png"))
    assert picture["Content-Disposition"].startswith("inline")
    drawing = headers_of(await house.add(b"<svg onload='alert(1)'/>", name="a.svg"))
    assert drawing["Content-Disposition"].startswith("attachment")
