"""A standby of an embedded server: its copy, kept up by streaming, for reading on the same machine; for tests and
torture. A replica on another machine is PostgreSQL's own affair (docs/how-to/several-servers.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from relata.engine.storage.embedded_cluster import identity, run_program
from relata.engine.storage.embedded_place import Place
from relata.foundation.errors import Unavailable

_START_SECONDS = 60.0


@dataclass
class Standby:
    """url: where it can be read. process: to be killed and started again."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def standby(place: Place) -> Iterator[Standby]:
    """One that has begun to follow the running server of a place."""
    folder = place.home / "standby"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if place.account:
        os.chown(folder, place.account.pw_uid, place.account.pw_gid)
    run_program(
        place, "pg_basebackup", "-h", str(place.sockets), "-U", "relata", "-D", str(folder), "--checkpoint=fast",
        "--wal-method=stream", "--no-password", "--write-recovery-conf", "--no-sync",
    )  # fmt: skip
    found = Standby(standby_url(place), start_standby(place))
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()


def standby_url(place: Place) -> str:
    """Where the copy of a place can be read."""
    return f"postgresql://relata@/relata?host={quote(str(place.sockets), safe='')}&port=5433"


def start_standby(place: Place) -> subprocess.Popen[bytes]:
    """Starts the copy that lies in the place; returns when it can be read."""
    folder = place.home / "standby"
    (folder / "postmaster.pid").unlink(missing_ok=True)
    log = place.home / "standby.log"
    with log.open("ab") as said:
        process = subprocess.Popen(
            [
                str(place.programs / "postgres"), "-D", str(folder), "-c", f"unix_socket_directories={place.sockets}",
                "--port=5433", "--listen_addresses=", "--hot_standby_feedback=on", "--shared_buffers=64MB",
                "--fsync=off",
            ],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True, **identity(place),
        )  # fmt: skip
    until = time.monotonic() + _START_SECONDS
    while not _is_ready(folder):
        if process.poll() is not None or time.monotonic() > until:
            raise Unavailable("The standby did not start; standby.log says why.", code="standby_failed")
        time.sleep(0.02)
    return process


def _is_ready(folder: Path) -> bool:
    lines = (folder / "postmaster.pid").read_text().splitlines() if (folder / "postmaster.pid").exists() else []
    return len(lines) > 7 and lines[7].strip() in ("ready", "standby")
