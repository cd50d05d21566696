"""A streaming replica answers what only reads, and nobody ever sees less than was acknowledged before they asked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from relata.engine.identity.objects import MODULE as PEOPLE
from relata.engine.storage import embedded
from relata.engine.storage.database import Database
from relata.engine.storage.embedded_place import find_place
from relata.engine.storage.replica import Replica
from relata.engine.storage.standby import Standby, standby
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.testing.house import RING, House, fresh_database, furnish


@dataclass
class Pair:
    """A primary and its replica, with a company in them."""

    house: House
    replica: Replica
    standby: Standby

    async def saved_and_read(self, name: str) -> dict[str, int]:
        """Saves something and reads it at once; how often the replica was asked, by how that went."""
        before = dict(self.replica.counts)
        async with self.house.system() as work:
            made = await work.create("team", {"name": name})

        async def read(work: Workspace) -> str:
            return str((await work.get("team", made.id))["name"])

        assert await self.house.door.run("main", None, read, read_only=True) == name
        return {what: count - before[what] for what, count in self.replica.counts.items() if count != before[what]}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair() -> AsyncIterator[Pair]:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"  # a thousand small files, twice
    home = Path(tempfile.mkdtemp(prefix="relata-test-", dir=memory)) / "h"
    with embedded.start(home, careless=True) as server:
        alone = await Database(server.url, pool_size=2).open()
        await furnish(alone, (PEOPLE,), "main")
        await alone.close()
        with psycopg.connect(server.url, autocommit=True) as admin:
            admin.execute("alter role relata set synchronous_commit = on")
        with standby(find_place(home)) as copy:
            database = await Database(server.url, pool_size=4, replica_url=copy.url).open()
            assert database.replica is not None
            yield Pair(House(Door(database, (PEOPLE,), RING), "main"), database.replica, copy)
            await database.close()
    shutil.rmtree(home.parent, ignore_errors=True)


async def test_a_replica_that_has_everything_answers(pair: Pair) -> None:
    used = 0
    for number in range(20):
        told = await pair.saved_and_read(f"Account {number}")
        used += told.get("used", 0)
        assert not told.get("away")
    assert used > 10


async def test_one_that_lags_is_not_asked(pair: Pair) -> None:
    with psycopg.connect(pair.standby.url, autocommit=True) as copy:
        copy.execute("select pg_wal_replay_pause()")
        assert await pair.saved_and_read("Behind") == {"behind": 1}
        copy.execute("select pg_wal_replay_resume()")


async def test_what_writes_in_spite_of_its_word_goes_to_the_primary(pair: Pair) -> None:
    async def writes(work: Workspace) -> int:
        return await work.unit.connection.execute("insert into relata.attempt (subject) values ('replica')")

    pair.replica.counts["used"] = 0
    for _ in range(10):
        assert await pair.house.door.run("main", None, writes, read_only=True) == 1
    assert pair.replica.counts["used"]


async def test_a_server_of_somebody_else_is_refused(pair: Pair, postgres_url: str) -> None:
    stranger = await Database(pair.house.door.database.url, replica_url=await fresh_database(postgres_url)).open()
    with pytest.raises(Invalid, match="no replica of this database"):
        async with stranger.reading():
            pass
    await stranger.close()


async def test_one_that_is_gone_is_left_alone(pair: Pair) -> None:
    pair.standby.process.kill()
    pair.standby.process.wait()
    pair.replica._not_before = 0.0
    assert set(await pair.saved_and_read("Alone")) == {"away"}
    assert set(await pair.saved_and_read("Still alone")) == {"away"}
