"""The data folder is deleted, and a chosen second comes back."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from relata.app import seconds
from relata.app.assembly import MAIN, House
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.storage import embedded
from relata.foundation.errors import Conflict, NotFound


async def company(house: House) -> None:
    await house.migrate()
    await house.ensure_workspace(MAIN, "Larkfield")


async def account(house: House, name: str) -> datetime:
    """A new account; a moment after it was committed and before anything else is."""
    async with house.door.open(MAIN, None) as work:
        await work.create("account", {"name": name})
    async with house.database.read() as connection:
        row = await connection.fetch_one("select clock_timestamp()")
        await connection.execute("select pg_sleep(0.02)")
    assert row is not None
    moment: datetime = row[0]
    return moment


async def names(house: House) -> list[str]:
    async with house.door.open(MAIN, None) as work:
        return [one.title for one in await work.find("account", order="name")]


def switched(url: str) -> None:
    """What was written is in the archive when this returns: the last minute is otherwise still on its way."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        for _ in range(200):
            sent = connection.execute("select last_archived_wal >= %s from pg_stat_archiver", row).fetchone()
            if sent == (True,):
                return
            connection.execute("select pg_sleep(0.05)")
    raise AssertionError("the log was not archived")


@pytest.fixture(scope="module")
def archived() -> Iterator[tuple[Path, datetime]]:
    """An archive whose data folder is lost: `first` was made before the base backup, `second` and `third` after it. And
    the moment between those two."""
    folder = Path(tempfile.mkdtemp(prefix="relata-test-", dir="/tmp"))
    folder.chmod(0o711)
    settings = Settings(home=folder / "home", archive=str(folder / "archive"))
    settings.home.mkdir(mode=0o711)
    with embedded.start(settings.home, archive=Path(settings.archive)) as server:
        within(settings, server.url, company)
        within(settings, server.url, lambda house: account(house, "first"))
        (settings.home / "files").mkdir()
        (settings.home / "files" / "offer").write_text("an offer")
        assert seconds.keep(settings, server.url).bases == 1
        asyncio.run(asyncio.sleep(1))  # a base backup counts from the next whole second on
        moment = within(settings, server.url, lambda house: account(house, "second"))
        (settings.home / "files" / "offer").unlink()
        seconds.keep_files(settings)
        within(settings, server.url, lambda house: account(house, "third"))
        switched(server.url)
    shutil.rmtree(settings.home)
    yield Path(settings.archive), moment
    shutil.rmtree(folder)


def test_the_archive_proves_itself(archived: tuple[Path, datetime], tmp_path: Path) -> None:
    found = seconds.check(Settings(home=tmp_path / "none", archive=str(archived[0])))
    assert found.last_change


def test_all_of_it_comes_back_without_a_second(archived: tuple[Path, datetime], new_home: Path) -> None:
    settings = Settings(home=new_home, archive=str(archived[0]))
    seconds.recover(settings, None)
    with embedded.start(new_home, archive=archived[0]) as server:
        assert within(settings, server.url, names) == ["first", "second", "third"]


def test_a_chosen_second_comes_back_with_its_files_and_keys(archived: tuple[Path, datetime], new_home: Path) -> None:
    settings = Settings(home=new_home, archive=str(archived[0]))
    seconds.recover(settings, archived[1])
    assert (new_home / "files" / "offer").read_text() == "an offer"
    assert (new_home / "master.keys").exists()
    with embedded.start(new_home, archive=archived[0]) as server:
        assert within(settings, server.url, names) == ["first", "second"]


def test_what_the_archive_does_not_reach_is_refused_and_leaves_nothing(
    archived: tuple[Path, datetime], new_home: Path
) -> None:
    settings = Settings(home=new_home, archive=str(archived[0]))
    with pytest.raises(NotFound, match="does not reach back"):
        seconds.recover(settings, archived[1] - timedelta(days=1))
    assert not (new_home / "postgres").exists()


def test_nothing_is_replaced(archived: tuple[Path, datetime], new_home: Path) -> None:
    (new_home / "postgres").mkdir(parents=True)
    with pytest.raises(Conflict, match="already"):
        seconds.recover(Settings(home=new_home, archive=str(archived[0])), datetime.now(UTC))
