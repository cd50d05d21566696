"""A backup and what comes back from it: everything, or nothing."""

from __future__ import annotations

import asyncio
import shutil
import tarfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio

from relata.app.application import GivenDatabase, Relata
from relata.app.archive import DATABASE, MANIFEST, Manifest
from relata.app.assembly import House
from relata.app.backup import back_up
from relata.app.demo import COMPANY, let_in
from relata.app.restore import restore
from relata.app.settings import Settings
from relata.engine.files.store import DiskStore
from relata.engine.identity import keys, sign_in
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sessions import Visitor
from relata.engine.metadata.module import Module
from relata.engine.storage.database import Database
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.ids import new_id
from relata.interfaces.cli.port import Restored
from relata.modules.parties.module import MODULE as PARTIES
from relata.testing.house import RING, Furnished, fresh_database

PASSWORD = "four unrelated words"
EMAIL = "clara@larkfield.example"
Tables = dict[str, list[Any]]
Change = Callable[[dict[str, bytes]], object]


def everything(url: str) -> Tables:
    """Every row of every table, in an order of its own."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname = 'relata' or schemaname ~ '^w_'"
        ).fetchall()
        numbers = (
            {"sequences": connection.execute("select * from pg_sequences order by 1, 2").fetchall()} if names else {}
        )
        return numbers | {
            name: connection.execute(f"select to_jsonb(t) from {name} t order by to_jsonb(t)::text").fetchall()
            for (name,) in names
        }


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def source(
    postgres_url: str, furnished: Furnished, house_modules: tuple[Module, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, str, str]:
    """A company with people, records, history, a key and a file: its settings, its database, the key."""
    url = await fresh_database(postgres_url, await furnished.template(postgres_url, house_modules))
    settings = Settings(home=tmp_path_factory.mktemp("source"), workers=3)
    (settings.home / "master.keys").write_text(RING.text())
    async with House(settings, Database(url), house_modules) as house:
        assert PARTIES.demo is not None
        await house.door.run("main", None, PARTIES.demo)
        await let_in(house, EMAIL, PASSWORD)
        async with house.door.open("main", None) as work:
            person = (await work.find("user", email=EMAIL))[0]
            account = (await work.find("account", limit=1))[0]
            await work.delete(await work.change(account, {"name": f"{account.title} of {COMPANY}"}))
            _, key = await keys.create(work.unit.connection, work.context.id, person.id, "Shop")
    store = DiskStore(settings.home / "files")
    await store.put("w_main", new_id(), content(), max_bytes=1000)
    (settings.home / "secret.key").write_text("a key that nobody knows\n")
    return settings, url, key


async def content() -> AsyncIterator[bytes]:
    yield b"%PDF-1.7 an offer"


@pytest.fixture(scope="module")
def made(source: tuple[Settings, str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "all.tar"
    back_up(source[0], source[1], file)
    return file


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    """A copy, for a test to spoil."""
    return Path(shutil.copy2(made, tmp_path / "all.tar"))


@pytest_asyncio.fixture
async def empty(postgres_url: str) -> str:
    return await fresh_database(postgres_url)


def lent(url: str) -> Callable[[], AbstractContextManager[GivenDatabase]]:
    @contextmanager
    def opened() -> Iterator[GivenDatabase]:
        yield GivenDatabase(url)

    return opened


def bring(backup: Path, home: Path, url: str, *, force: bool = False) -> Restored:
    return restore(Settings(home=home), lent(url), backup, force=force)


async def test_everything_comes_back_in_an_empty_home(
    source: tuple[Settings, str, str], backup: Path, new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RELATA_DATABASE_URL", raising=False)
    settings, url, key = source
    relata = Relata(Settings(home=new_home))
    done = await _in_thread(lambda: relata.restore(backup, force=False))
    assert (done.files, done.migrations, done.settings) == (1, (), {"RELATA_WORKERS": "3"})
    assert held(new_home / "files") == held(settings.home / "files")
    assert (new_home / "secret.key").read_text() == (settings.home / "secret.key").read_text()
    with relata.database() as database:
        assert everything(database.url) == everything(url)
        opened = await Database(database.url, pool_size=2).open()
        await sign_in.sign_in(opened, EMAIL, PASSWORD, Visitor())
        found = await Resolver(opened).key(key)
        await opened.close()
    assert found is not None


async def _in_thread(work: Callable[[], Restored]) -> Restored:
    """Commands have an event loop of their own."""
    return await asyncio.to_thread(work)


def test_what_is_there_is_not_overwritten(
    backup: Path, source: tuple[Settings, str, str], tmp_path: Path, empty: str
) -> None:
    bring(backup, tmp_path / "here", empty)
    before = everything(empty), held(tmp_path / "here")
    with pytest.raises(Conflict, match="installation here already"):
        bring(backup, tmp_path / "here", empty)
    with pytest.raises(Conflict, match="installation here already"):
        bring(backup, tmp_path / "elsewhere", empty)
    assert (everything(empty), held(tmp_path / "here")) == before
    assert not (tmp_path / "elsewhere").exists()


def test_force_replaces_what_is_there(
    backup: Path, source: tuple[Settings, str, str], tmp_path: Path, empty: str
) -> None:
    home = tmp_path / "here"
    bring(backup, home, empty)
    (home / "secret.key").write_text("another")
    with psycopg.connect(empty) as connection:
        connection.execute("delete from w_main.contact")
    bring(backup, home, empty, force=True)
    assert everything(empty) == everything(source[1])
    assert held(home) == held(source[0].home)


def test_nothing_changes_while_somebody_is_at_work(backup: Path, tmp_path: Path, empty: str) -> None:
    with psycopg.connect(empty), pytest.raises(Conflict, match="using the database"):
        bring(backup, tmp_path / "here", empty)


def test_an_existing_backup_is_not_overwritten(source: tuple[Settings, str, str], backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(Conflict, match="name already"):
        back_up(source[0], source[1], backup)
    assert backup.read_bytes() == before


def test_a_backup_is_for_its_owner_alone(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir() if path.name.startswith(".relata")] == []


def spoilt(backup: Path, change: Change) -> Path:
    """A copy of the backup whose parts somebody changed."""
    with tarfile.open(backup) as tar:
        parts = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(parts)
    made = backup.with_name("spoilt.tar")
    with tarfile.open(made, "w") as tar:
        for name, content in parts.items():
            (backup.parent / "part").write_bytes(content)
            tar.add(backup.parent / "part", name)
    return made


def with_manifest(**values: Any) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        found = msgspec.json.decode(parts[MANIFEST])
        parts[MANIFEST] = msgspec.json.encode(found | values)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda parts: parts.update({DATABASE: parts[DATABASE][:-9]}), "not as it was written"),
        (lambda parts: parts.pop(DATABASE), "parts are missing"),
        (lambda parts: parts.pop(MANIFEST), "does not begin with a manifest"),
        (lambda parts: parts.update({"files/w_main/aa/bb/stranger": b"x"}), "does not name"),
        (lambda parts: parts.update({MANIFEST: b"{"}), "manifest can't be read"),
        (with_manifest(format=99), "newer than this"),
        (with_manifest(version="99.1.0"), "newer than this"),
        (with_manifest(migrations=["2099_01_01_later"]), "newer than this"),
        (with_manifest(parts=[{"name": "files/../../x", "size": 1, "sha256": ""}]), "belongs to no backup"),
    ],
)
def test_a_bad_backup_is_refused_and_leaves_nothing(
    backup: Path, tmp_path: Path, empty: str, change: Change, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        bring(spoilt(backup, change), tmp_path / "here", empty)
    assert (everything(empty), (tmp_path / "here").exists()) == ({}, False)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_backup_that_ends_too_early_is_refused(backup: Path, tmp_path: Path, empty: str, part: float) -> None:
    cut = tmp_path / "cut.tar"
    whole = backup.read_bytes()
    cut.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(Invalid, match="no complete backup"):
        bring(cut, tmp_path / "here", empty)
    assert (everything(empty), (tmp_path / "here").exists()) == ({}, False)


def test_a_dump_that_fails_half_way_changes_nothing(backup: Path, tmp_path: Path, empty: str) -> None:
    with psycopg.connect(empty) as connection:  # in the way of the backup's own
        connection.execute("create schema w_main")
        connection.execute("create table w_main.contact (id integer)")
    with pytest.raises(Exception, match="could not be restored"):
        bring(backup, tmp_path / "here", empty)
    assert list(everything(empty)) == ["sequences", "w_main.contact"]
    assert held(tmp_path / "here") == {}


def test_settings_without_secrets_travel_along(source: tuple[Settings, str, str], tmp_path: Path) -> None:
    settings = replace(source[0], smtp_url="smtps://user:hidden@host:465")
    back_up(settings, source[1], tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        text = tar.extractfile(MANIFEST).read()  # type: ignore[union-attr]
    assert msgspec.json.decode(text, type=Manifest).settings == {"RELATA_WORKERS": "3"}
    assert b"hidden" not in text
