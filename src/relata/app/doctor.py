"""What is right and wrong with an installation, each finding with what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

import relata
from relata.app.preparing import pending
from relata.app.settings import Settings, unknown_variables
from relata.foundation.errors import RelataError
from relata.interfaces.cli.listening import answers, check_port_is_free
from relata.interfaces.cli.port import Finding

if TYPE_CHECKING:
    from relata.app.application import Relata

_FREE_BYTES = 1_000_000_000
_OLDEST_POSTGRESQL = 15
_CLOCK_SECONDS = 5.0


def examine(application: Relata) -> list[Finding]:
    """Every check, also where an earlier one found something wrong; none changes data."""
    try:
        settings = application.chosen
    except RelataError as error:
        return [Finding("settings", False, "wrong", " ".join(p.message for p in error.problems))]
    return [
        python(),
        variables(),
        home(settings),
        disk(settings),
        front_end(),
        port(settings),
        *database(application),
    ]


def python() -> Finding:
    """3.11 or newer."""
    return Finding("python", sys.version_info >= (3, 11), platform.python_version(), "Install Python 3.11 or newer.")


def variables() -> Finding:
    """No RELATA_* that nobody reads."""
    unknown = unknown_variables(os.environ)
    meant = "; ".join(f"{name}: did you mean {near}?" if near else name for name, near in unknown.items())
    return Finding(
        "settings",
        not unknown,
        f"not known: {', '.join(unknown)}" if unknown else "known",
        f"Unset what `relata settings` does not list. {meant}",
    )


def home(settings: Settings) -> Finding:
    """The data folder, or the place where it will be made, can be written."""
    place = _existing(settings.home)
    return Finding(
        "home",
        place.is_dir() and os.access(place, os.W_OK | os.X_OK),
        str(settings.home.absolute()),
        "Set RELATA_HOME to a folder that this user can write, or mend its permissions.",
    )


def disk(settings: Settings) -> Finding:
    """A gigabyte is free: PostgreSQL stops when it can't write."""
    free = shutil.disk_usage(_existing(settings.home)).free
    return Finding("disk", free >= _FREE_BYTES, f"{free / 1e9:.1f} GB free", "Free some space, or move RELATA_HOME.")


def front_end() -> Finding:
    """Scripts and styles were built."""
    built = (Path(relata.__file__).parent / "interfaces/html/static/.vite/manifest.json").exists()
    return Finding("front end", built, "built" if built else "not built", "`make run` builds it.")


def port(settings: Settings) -> Finding:
    """Free, or Relata itself answers there."""
    if answers(settings.host, settings.port):
        return Finding("port", True, f"{settings.port}, where Relata answers")
    try:
        check_port_is_free(settings.host, settings.port)
    except RelataError as error:
        return Finding("port", False, str(settings.port), error.message)
    return Finding("port", True, f"{settings.port}, free")


def database(application: Relata) -> Iterator[Finding]:
    """It answers, is new enough, has had every migration, and agrees with us about the time."""
    chosen = application.chosen
    if not chosen.database_url and not (chosen.home / "postgres").exists():
        yield Finding("database", True, "will be made by the first start")
        return
    try:
        with application.database() as lent:
            yield from _asked(chosen, lent.url)
    except RelataError as error:
        yield Finding("database", False, "does not start", error.message)
    except psycopg.Error:
        yield Finding("database", False, "does not answer", "Check RELATA_DATABASE_URL and that the server runs.")


def _asked(settings: Settings, url: str) -> Iterator[Finding]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        version = connection.info.server_version
        row = connection.execute("select clock_timestamp()").fetchone()
    apart = abs((row[0] - datetime.now(UTC)).total_seconds()) if row else 0.0
    yield Finding(
        "database",
        version >= _OLDEST_POSTGRESQL * 10_000,
        f"PostgreSQL {version // 10_000}.{version % 10_000}",
        f"Relata needs PostgreSQL {_OLDEST_POSTGRESQL} or newer; upgrade it, or use the embedded one.",
    )
    waiting = pending(settings, url)
    yield Finding(
        "migrations", not waiting, f"{len(waiting)} pending" if waiting else "none pending", "Run `relata migrate`."
    )
    # A clock before our own release is wrong whoever is asked.
    is_past = datetime.now(UTC).timestamp() < Path(relata.__file__).stat().st_mtime - 86_400
    yield Finding(
        "clock",
        apart < _CLOCK_SECONDS and not is_past,
        f"{apart:.1f} s apart from the database",
        "Let this machine and the database's take their time from a time server.",
    )


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above that exists."""
    return next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
