"""The whole installation into one file: the database first, then the files that it speaks of."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from relata import __version__
from relata.app.archive import DATABASE, FILES, FORMAT, KEY, MASTER, Manifest, Source, measured, write
from relata.app.preparing import within
from relata.app.settings import MASK, Settings, describe
from relata.engine.storage import dumps
from relata.foundation.errors import Conflict, Unavailable
from relata.interfaces.cli.port import BackedUp

#: They say where an installation is, which is different for each.
PLACES = ("RELATA_HOME", "RELATA_HOST", "RELATA_PORT", "RELATA_DATABASE_URL")


def back_up(settings: Settings, url: str, file: Path) -> BackedUp:
    """A file that is attached while the dump is made may be in the backup without its record; never the other way."""
    if file.exists():
        raise Conflict("There is a file with this name already.", code="file_exists", hint="Choose another name.")
    migrations = tuple(within(settings, url, lambda house: house.applied()))
    if not migrations:
        raise Unavailable("There is nothing to back up: the database is empty.", code="empty")
    try:
        folder = tempfile.TemporaryDirectory(prefix=".relata-backup-", dir=file.absolute().parent)
    except OSError as error:
        raise Unavailable(
            "The backup can't be written there.", code="backup_failed", hint="Choose another folder."
        ) from error
    with folder as place:
        dump = Path(place) / DATABASE
        dumps.dump(url, dump)
        found = list(measured(_sources(settings.home, dump)))
        manifest = Manifest(
            FORMAT, __version__, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", migrations, shown_settings(settings),
            tuple(part for _, part in found),
        )  # fmt: skip
        write(file, manifest, [source for source, _ in found])
    has_key = any(part.name == KEY for part in manifest.parts)
    return BackedUp(str(file), file.stat().st_size, manifest.files, has_key)


def _sources(home: Path, dump: Path) -> Iterator[Source]:
    yield Source(DATABASE, dump)
    for name in (KEY, MASTER):
        if (home / name).exists():
            yield Source(name, home / name)
    for path in sorted((home / FILES).rglob("*")):
        if path.is_file() and path.parent.name != "incoming":
            yield Source(path.relative_to(home).as_posix(), path)


def shown_settings(settings: Settings) -> dict[str, str]:
    """The settings that somebody chose, without secrets and places."""
    lines = [line for line in describe(settings) if line.is_set and line.value != MASK]
    return {line.name: line.value for line in lines if line.name not in PLACES}
