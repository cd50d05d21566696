"""Why a database lets nobody in, and that a full disk is told for as long as it is full."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from relata.engine.storage.database import Database
from relata.engine.storage.reaching import patient, unreachable
from relata.foundation.errors import NO_ROOM, LimitReached, Unavailable


async def test_a_server_without_a_free_connection_says_so(database_url: str) -> None:
    name = conninfo_to_dict(database_url)["dbname"]
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("create role few login connection limit 1")
        admin.execute(f"grant connect on database {name} to few".encode())
        few = make_conninfo(database_url, user="few")
        database = Database(few, pool_size=2)
        with psycopg.connect(few):
            database._pool.timeout = 0.3
            await database._pool.open()
            with pytest.raises(Unavailable, match="takes no more connections") as refused:
                async with database.read() as connection:
                    await connection.fetch("select 1")
        assert refused.value.code == "connections_exhausted"
        await database.close()
        admin.execute("drop owned by few")
        admin.execute("drop role few")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("FATAL:  sorry, too many clients already", "takes no more"),
        ("FATAL:  the database system is in recovery mode", "starting or stopping"),
        ('FATAL:  database "crm" does not exist', "does not have this database"),
        ('FATAL:  password authentication failed for user "ada"', "does not let Relata in"),
        ("connection timeout expired", "does not answer"),
    ],
)
def test_what_libpq_says_becomes_a_sentence_of_ours(said: str, meant: str) -> None:
    found = unreachable(said)
    assert meant in found.message
    assert not {"crm", "ada"} & set(f"{found.message} {found.hint}".replace('"', " ").split())


def test_an_address_keeps_what_it_says_itself() -> None:
    found = conninfo_to_dict(patient("postgresql://ada:x@db.example/crm?tcp_user_timeout=7&host=/run/pg"))
    assert (found["tcp_user_timeout"], found["connect_timeout"], found["user"]) == ("7", "5", "ada")


async def test_a_full_disk_is_told_until_there_is_room(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await database.lacks_room() is None
    with contextlib.suppress(Unavailable):
        async with database.transaction():
            raise Unavailable("full", code=NO_ROOM)
    with monkeypatch.context() as full:
        full.setattr("relata.engine.storage.database._NEEDS_ROOM", "do $$ begin raise sqlstate '53100'; end $$")
        assert "no room" in str(await database.lacks_room())
    assert await database.lacks_room() is None


async def test_a_pool_that_is_used_up_is_no_outage(database_url: str) -> None:
    database = await Database(database_url, pool_size=1).open()
    database._pool.timeout = 0.2
    async with database.read() as first:
        await first.fetch("select 1")
        with pytest.raises(LimitReached, match="at work"):
            async with database.read() as second:
                await second.fetch("select 1")
    await database.close()
