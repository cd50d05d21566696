"""Everything back from a backup: proven whole first, then the files put in place, and the database as the last step."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from relata import __version__
from relata.app import erasures
from relata.app.archive import DATABASE, FILES, KEY, MASTER, Manifest, unpack
from relata.app.assembly import House
from relata.app.backup import shown_settings
from relata.app.migrations import MIGRATIONS
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.storage import dumps
from relata.foundation.errors import Conflict, Invalid, RelataError, Unavailable
from relata.interfaces.cli.port import Database, Restored

OpenDatabase = Callable[[], AbstractContextManager[Database]]


def restore(
    settings: Settings, open_database: OpenDatabase, file: Path, *, force: bool, erased: Path | None = None
) -> Restored:
    """Conflict where there is something already, unless forced; Invalid for a backup that is damaged or newer. People
    who were erased since the backup was made are erased again: those of the list in the home folder, of the database
    that is replaced, and of `erased`, a list that was kept elsewhere."""
    home = settings.home.absolute()
    listed = [*erasures.read(home / erasures.FILE), *(erasures.read(erased) if erased else [])]
    with _staging(home) as staging:
        manifest = unpack(file, staging)
        check_known(manifest)
        if not force and (_holds(home / FILES) or (home / KEY).exists()):
            raise _occupied()
        with open_database() as database:
            if not force and not dumps.is_empty(database.url):
                raise _occupied()
            dumps.check_unused(database.url)
            if force:
                listed += _known(settings, database.url)
            with _in_place(home, staging):
                dumps.load(database.url, staging / DATABASE, replace=force)
            applied, again = within(settings, database.url, lambda house: _bring_up(house, listed))
    here = shown_settings(settings)
    different = {name: value for name, value in manifest.settings.items() if here.get(name) != value}
    return Restored(manifest.version, manifest.made_at, manifest.files, tuple(applied), different, again)


async def _bring_up(house: House, listed: Sequence[erasures.Listed]) -> tuple[list[str], int]:
    waiting = await house.pending()
    if waiting:
        await house.migrate()
    again = await erasures.again(house, listed)
    if again:
        erasures.append(house.settings.home / erasures.FILE, listed)
    return waiting, again


def _known(settings: Settings, url: str) -> list[erasures.Listed]:
    """Of the database that will be replaced; nothing where it can't be read any more: then the file has to do."""
    if dumps.is_empty(url):
        return []
    try:
        return within(settings, url, erasures.known)
    except RelataError:
        return []


def check_known(manifest: Manifest) -> None:
    """Invalid for a backup of a later version: its tables hold what this one does not know."""
    known = {step.name for step in MIGRATIONS}
    if any(name not in known for name in manifest.migrations) or _number(manifest.version) > _number(__version__):
        raise Invalid(
            f"The backup was made by Relata {manifest.version}, which is newer than this one ({__version__}).",
            code="newer_backup",
            hint="Restore it with that version or a later one. Nothing was changed.",
        )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    """A folder beside the data, on the same disk, so that putting files in place is a rename."""
    folder, is_new = home / "restore.new", not home.exists()
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            "The data folder can't be written.",
            code="home_not_writable",
            hint="Set RELATA_HOME to a folder of your own.",
        ) from error
    if is_new:
        home.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if is_new and not any(home.iterdir()):
            home.rmdir()


@contextmanager
def _in_place(home: Path, staging: Path) -> Iterator[None]:
    """The backup's files and key in place of what is there; what raises inside puts all back."""
    aside = staging / "before"
    aside.mkdir()
    moved = [name for name in (FILES, KEY, MASTER) if (home / name).exists()]
    for name in moved:
        (home / name).rename(aside / name)
    brought = [name for name in (FILES, KEY, MASTER) if (staging / name).exists()]
    for name in brought:
        (staging / name).rename(home / name)
    try:
        yield
    except BaseException:
        for name in brought:
            (home / name).rename(staging / name)
        for name in moved:
            (aside / name).rename(home / name)
        raise


def _holds(folder: Path) -> bool:
    return folder.exists() and any(path.is_file() for path in folder.rglob("*"))


def _occupied() -> Conflict:
    return Conflict(
        "There is an installation here already, and a restore would replace it.",
        code="not_empty",
        hint="Set RELATA_HOME (or RELATA_DATABASE_URL) to something empty, or add --force to lose what is here.",
    )
