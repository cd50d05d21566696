"""The commands that prove, erase and rotate, over a real installation; and a backup that forgets what was erased."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psycopg
import pytest

from relata.app import erasures, preparing, tasks
from relata.app.anchoring import anchor
from relata.app.application import GivenDatabase
from relata.app.assembly import House
from relata.app.backup import back_up
from relata.app.proving import erase_record, prove, rotate
from relata.app.restore import restore
from relata.app.settings import Settings
from relata.app.tasks import dispatcher, seal_keeper
from relata.engine.history import anchors
from relata.foundation.errors import RelataError, Unavailable
from relata.testing.house import RING, fresh_database
from relata.testing.house import House as Company

T = TypeVar("T")


def lent(url: str) -> Callable[[], AbstractContextManager[GivenDatabase]]:
    @contextmanager
    def opened() -> Iterator[GivenDatabase]:
        yield GivenDatabase(url)

    return opened


async def aside(work: Callable[[], T]) -> T:
    """Commands have an event loop of their own."""
    return await asyncio.to_thread(work)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    (home / "master.keys").write_text(RING.text())
    return Settings(home=home)


async def contact(company: Company) -> str:
    async with company.system() as work:
        return str((await work.create("contact", {"name": {"last": "Quillfeather"}})).id)


async def seal(settings: Settings, url: str) -> None:
    async with House.of(settings, url) as house:
        while await dispatcher(house, house.queue).look():
            pass
        await seal_keeper(house).look()


def holds(url: str, text: str) -> bool:
    with psycopg.connect(url) as connection:
        rows = connection.execute("select t::text from w_main.contact t").fetchall()
    return text in str(rows)


async def test_a_restored_backup_is_erased_again(
    open_house: Company, settings: Settings, tmp_path: Path, postgres_url: str
) -> None:
    url = open_house.door.database.url
    person = await contact(open_house)
    await seal(settings, url)
    await aside(lambda: back_up(settings, url, tmp_path / "all.tar"))
    done = await aside(lambda: erase_record(settings, url, "main", "", "contact", person))
    assert (done.object, done.record) == ("contact", person)
    elsewhere = await fresh_database(postgres_url)
    other = Settings(home=tmp_path / "other")
    kept = settings.home / erasures.FILE
    told = await aside(lambda: restore(other, lent(elsewhere), tmp_path / "all.tar", force=False, erased=kept))
    assert told.erased == 1
    assert not holds(elsewhere, "Quillfeather")
    assert [one.record for one in erasures.read(other.home / erasures.FILE)] == [
        one.record for one in erasures.read(kept)
    ]
    await seal(other, elsewhere)
    assert (await aside(lambda: prove(other, elsewhere, (), None)))[0].holds


async def test_an_older_database_put_in_place_is_erased_at_the_start(open_house: Company, settings: Settings) -> None:
    url = open_house.door.database.url
    person = await contact(open_house)
    line = erasures.Listed("main", "contact", UUID(person), "then")
    erasures.append(settings.home / erasures.FILE, [line])
    await aside(lambda: preparing.prepare(settings, url))
    assert not holds(url, "Quillfeather")


async def test_anchors_show_a_history_that_was_made_anew(
    open_house: Company, settings: Settings, tmp_path: Path
) -> None:
    url = open_house.door.database.url
    await contact(open_house)
    await seal(settings, url)
    async with House.of(settings, url) as house:
        context = await house.door.context("main")
        async with house.database.read() as connection:
            anchor = await anchors.current(connection, context.schema, context.id)
    assert anchor is not None
    file = tmp_path / "anchors"
    file.write_text(f"Subject: an anchor\n{anchors.line(anchor)}\n")
    assert (await aside(lambda: prove(settings, url, ("main",), file)))[0].holds
    with psycopg.connect(url) as connection:
        connection.execute("delete from w_main._block")
        connection.execute("update w_main._change set via = 'nobody' where feed = 1")
    await seal(settings, url)
    assert (await aside(lambda: prove(settings, url, ("main",), None)))[0].holds
    verdict = (await aside(lambda: prove(settings, url, ("main",), file)))[0]
    assert [one.what for one in verdict.misfits] == ["anchor"]


async def test_keys_are_brought_under_a_new_master_key(open_house: Company, settings: Settings) -> None:
    url = open_house.door.database.url
    await contact(open_house)
    done = await aside(lambda: rotate(settings, url))
    assert (done.is_new, done.keys) == (True, 5)
    file = settings.home / "master.keys"
    newest = file.read_text().splitlines()[0]
    file.write_text(newest)
    await seal(settings, url)
    assert (await aside(lambda: prove(settings, url, (), None)))[0].holds


async def test_without_its_master_key_it_says_which_one_is_missing(open_house: Company, tmp_path: Path) -> None:
    url = open_house.door.database.url
    with pytest.raises(Unavailable, match=r"master key test, .* is missing"):
        await aside(lambda: preparing.prepare(Settings(home=tmp_path / "empty"), url))


def test_master_keys_may_come_from_a_command(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(RING.text())
    assert House.of(Settings(master_keys_command=f"cat {file}"), "").ring == RING
    with pytest.raises(RelataError, match="RELATA_MASTER_KEYS_COMMAND failed"):
        _ = House.of(Settings(master_keys_command="false"), "").ring


async def test_the_seal_is_noted_outside(open_house: Company, settings: Settings, tmp_path: Path) -> None:
    url, file = open_house.door.database.url, tmp_path / "anchors"
    await contact(open_house)
    await seal(settings, url)
    told = replace(settings, anchors=(str(file), "mailto:ada@example.org"))
    async with House.of(told, url) as house:
        tasks.register(house, house.queue)
        assert await anchor(house) == 1
        async with house.database.read() as connection:
            assert await connection.fetch("select count(*) from relata.waiting_mail") == [(1,)]
    assert (await aside(lambda: prove(settings, url, (), file)))[0].holds
