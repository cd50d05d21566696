"""Any second again: the embedded server's archive with the files and keys that belong to it, and the way back."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from relata.app import erasures
from relata.app.archive import FILES, KEY, MASTER
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.storage import dumps, embedded, wal_archive
from relata.engine.storage.embedded_place import find_place
from relata.engine.storage.planner import quoted
from relata.engine.storage.wal_archive import Base
from relata.foundation.errors import Conflict, Invalid, Unavailable
from relata.interfaces.cli.port import Archived, Recovered

#: An attached file that is no longer there; it is kept as long as the seconds in which it was.
_GONE = ".gone"
_KEYS = (KEY, MASTER)


def is_ours(settings: Settings, url: str) -> bool:
    """Whether an archive is wanted, and the database is the embedded one."""
    return bool(settings.archive) and url == embedded.address(settings.home)


def keep(settings: Settings, url: str) -> Archived:
    """A new base backup, proven whole, with the attached files and keys; what nobody needs any more goes."""
    folder = _folder(settings)
    if not is_ours(settings, url):
        raise Conflict(
            "The archive is for the embedded database, and RELATA_DATABASE_URL names another one.", code="not_embedded",
            hint="docs/how-to/recovery.md says how to archive a PostgreSQL of your own.",
        )  # fmt: skip
    place = find_place(settings.home)
    base = wal_archive.make_base(place, folder)
    files = keep_files(settings)
    gone = wal_archive.forget(place, folder, keep_days=settings.archive_days)
    return Archived(base.folder.name, _size(base.folder), files, gone, len(wal_archive.bases(folder)))


def keep_files(settings: Settings) -> int:
    """Attached files, keys and the list of erasures, as far as the archive has not got them; how many files are new."""
    folder, home = _folder(settings), settings.home
    for name in (*_KEYS, erasures.FILE):
        if (home / name).exists():
            _copy(home / name, folder / name)
    new = 0
    for path in (home / FILES).rglob("*"):
        target = folder / path.relative_to(home)
        if path.is_file() and path.parent.name != "incoming" and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy(path, target)
            new += 1
    _let_go(settings)
    return new


def _let_go(settings: Settings) -> None:
    """Marks archived files that are gone from the home, and removes those that were marked long ago."""
    folder, oldest = _folder(settings), datetime.now(UTC) - timedelta(days=settings.archive_days)
    for path in list((folder / FILES).rglob("*")):
        if not path.is_file():
            continue
        if path.suffix == _GONE:
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest:
                path.unlink()
        elif not (settings.home / path.relative_to(folder)).exists():
            os.utime(path)
            path.rename(path.with_name(path.name + _GONE))


def recover(settings: Settings, until: datetime | None) -> Recovered:
    """The installation as it was at `until`, or at the end of the archive, in an empty home. People who were erased
    since are erased again. Raises Conflict where something is there, NotFound and Unavailable where the archive does
    not reach."""
    if settings.database_url:
        raise Conflict(
            "RELATA_DATABASE_URL is set, and the archive is of the embedded database.", code="not_embedded",
            hint="Unset it, and set RELATA_HOME to an empty folder.",
        )  # fmt: skip
    if until is not None and until > datetime.now(UTC):
        raise Invalid("The chosen second has not come yet.", code="future", field="to")
    folder, place = _folder(settings), find_place(settings.home)
    base = wal_archive.lay_out(place, folder, until)
    try:
        _bring_files(folder, settings.home)
        with embedded.start(settings.home, archive=folder) as server:
            wal_archive.settle(place)
            last = _last_change(server.url)
            listed = erasures.read(folder / erasures.FILE)
            again = within(settings, server.url, lambda house: erasures.again(house, listed))
    except BaseException:
        shutil.rmtree(place.cluster, ignore_errors=True)  # so that it can be tried again with another second
        raise
    return Recovered(f"{base.made_at:%Y-%m-%d %H:%M:%S} UTC", last, again)


def check(settings: Settings) -> Recovered:
    """Proves the newest base backup by bringing the archive's end back beside everything, and looking at it."""
    folder = _folder(settings)
    with tempfile.TemporaryDirectory(prefix="relata-trial-", dir="/tmp") as home:
        Path(home).chmod(0o711)
        place = find_place(Path(home))
        base = wal_archive.lay_out(place, folder, None)
        for name in _KEYS:
            if (folder / name).exists():
                _copy(folder / name, Path(home) / name)
        with embedded.start(Path(home)) as server:  # sends nothing to the archive
            if dumps.is_empty(server.url):
                raise Unavailable("What came back is empty.", code="archive_damaged", hint="Make a new base backup.")
            last = _last_change(server.url)
    return Recovered(f"{base.made_at:%Y-%m-%d %H:%M:%S} UTC", last, 0)


def listed(settings: Settings) -> list[Base]:
    """The base backups, oldest first."""
    return wal_archive.bases(_folder(settings))


def _bring_files(folder: Path, home: Path) -> None:
    for name in (*_KEYS, erasures.FILE):
        if (folder / name).exists() and not (home / name).exists():
            _copy(folder / name, home / name)
    for path in (folder / FILES).rglob("*"):
        target = home / path.relative_to(folder)
        target = target.with_name(target.name.removesuffix(_GONE))
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy(path, target)


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all, readable by its owner alone."""
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as content, os.fdopen(made, "wb") as to:
        shutil.copyfileobj(content, to)
        to.flush()
        os.fsync(to.fileno())
    draft.rename(target)


def _last_change(url: str) -> str:
    """When the newest change that came back was made; empty for none."""
    found = []
    with psycopg.connect(url) as connection:
        for (schema,) in connection.execute("select schema from relata.workspace").fetchall():
            row = connection.execute(f"select at from {quoted(schema)}._change order by id desc limit 1").fetchone()
            found += [row[0]] if row else []
    return f"{max(found).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if found else ""


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _folder(settings: Settings) -> Path:
    if not settings.archive:
        raise Invalid(
            "There is no archive.", code="setting", field="RELATA_ARCHIVE",
            hint="Set RELATA_ARCHIVE to a folder on another disk.",
        )  # fmt: skip
    return Path(settings.archive).absolute()
