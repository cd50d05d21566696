"""PostgreSQL's own programs, run on one place: make the cluster, launch the server, tell how it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from relata.engine.storage.embedded_memory import shared_buffers
from relata.engine.storage.embedded_place import Place
from relata.foundation.errors import Unavailable

#: For a laptop that does other things too. What concerns plans is set per role, not here.
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    # After each checkpoint every page goes to the log whole. A million contacts have more pages than fit into a
    # checkpoint of the usual 1 GB.
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log holds what happened, never the values of somebody's record.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "logging_collector": "off",
    "max_logical_replication_workers": "0",
}
#: For tests: a crash of the machine may lose everything.
_CARELESS = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}  # fmt: skip
_READY_SECONDS = 300
_LINGER_SECONDS = 15
_LOG_BYTES = 10_000_000
#: What PostgreSQL says, and what that means for a person.
_MEANINGS = (
    ("No space left on device", "disk_full", "The disk is full; free some space for the data folder and start again."),
    ("Disk quota exceeded", "disk_full", "The disk quota is used up; free some space and start again."),
    (
        "still in use",
        "database_lingers",
        "An earlier database server has not ended yet; wait some seconds and start again.",
    ),
    (
        "could not create Unix-domain socket",
        "socket",
        "The database can't make its socket; set RELATA_HOME to a shorter path on a local disk.",
    ),
    (
        "could not create any Unix-domain sockets",
        "socket",
        "The database can't make its socket; set RELATA_HOME to a shorter path on a local disk.",
    ),
    (
        "could not map anonymous shared memory",
        "memory",
        "There is too little memory for the database; close something, or set RELATA_DATABASE_URL to another server.",
    ),
    (
        "recovery ended before configured recovery target",
        "archive_too_short",
        "The archive ends before the chosen second; choose an earlier one, or leave --to out for all that there is.",
    ),
    (
        "ermission denied",
        "home_not_writable",
        "The database can't write its folder; mend the permissions of the data folder (RELATA_HOME).",
    ),
)


def make_cluster(place: Place, careless: bool) -> None:
    """initdb beside the final folder, then a rename: a cluster that exists is whole. Does nothing to an old one."""
    if (place.cluster / "PG_VERSION").exists():
        return
    fresh = place.home / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if place.account:
        os.chown(fresh, place.account.pw_uid, place.account.pw_gid)
    # This collation comes with PostgreSQL itself, so an order is the same on every machine.
    collation = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    options = ("--username=relata", "--auth=trust", "--no-instructions", *(("--no-sync",) if careless else ()))
    run_program(place, "initdb", "-D", str(fresh), *collation, *options)
    run_program(place, "postgres", "--single", "-D", str(fresh), "postgres", given=b"create database relata;\n")
    fresh.rename(place.cluster)


def launch(place: Place, careless: bool, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts the server as a child of ours, and returns when it is ready. more: settings of PostgreSQL."""
    until = time.monotonic() + _LINGER_SECONDS
    while True:
        child = _spawn(place, careless, more)
        try:
            wait_until_ready(place, child.pid, child)
            return child
        except Unavailable as error:
            # Sessions of a killed server notice its end within a second or two.
            if error.code != "database_lingers" or time.monotonic() > until:
                raise
        time.sleep(0.2)


def put_log_aside(place: Place) -> None:
    """Where the log has grown long. The server goes on writing to the end of the same file, so that is emptied and not
    moved; one earlier part is kept."""
    with suppress(OSError):  # a full disk is told elsewhere
        if place.log.stat().st_size > _LOG_BYTES:
            shutil.copy(place.log, place.log.with_suffix(".log.1"))
            os.truncate(place.log, 0)


def _spawn(place: Place, careless: bool, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
    put_log_aside(place)
    # The number in files left by a killed server may be any process by now, and would stop the new one.
    for left in (place.cluster / "postmaster.pid", *place.sockets.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)
    settings = _SETTINGS | {"shared_buffers": shared_buffers()} | (_CARELESS if careless else {}) | dict(more)
    with place.log.open("ab") as log:
        return subprocess.Popen(
            [
                str(place.programs / "postgres"),
                *("-D", str(place.cluster), "-c", f"unix_socket_directories={place.sockets}"),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in a terminal is for us; we stop the server in good order
            **identity(place),
        )


def wait_until_ready(place: Place, pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
    """Returns when the server accepts connections, also after a long recovery; Unavailable when it ends instead."""
    until = time.monotonic() + _READY_SECONDS
    while _status(place) != (pid, "ready"):
        if child.poll() is not None if child else not is_server(pid, place):
            raise failure(_last_words(place.log))
        if time.monotonic() > until:
            raise Unavailable(
                f"The database is not ready after {_READY_SECONDS} seconds; postgres.log in the data folder says why.",
                code="database_slow",
            )
        time.sleep(0.01)


def running_server(place: Place) -> int | None:
    """The process of the server on this cluster, also of one whose starter was killed."""
    pid, _ = _status(place)
    return pid if pid is not None and is_server(pid, place) else None


def is_server(pid: int, place: Place) -> bool:
    """Whether `pid` is the server on this cluster, and not a stranger who was given the same number."""
    if Path("/proc/self").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        words = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout
    return os.fsencode(place.cluster) in words


def _status(place: Place) -> tuple[int | None, str]:
    """(process, status) out of postmaster.pid, where the eighth line becomes `ready` at last."""
    try:
        lines = (place.cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (FileNotFoundError, ValueError, IndexError):
        return None, ""


def identity(place: Place) -> dict[str, Any]:
    """As whom, where and with which environment PostgreSQL's programs run; nothing of ours leaks in."""
    found: dict[str, Any] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}}
    if place.account:
        found |= {"user": place.account.pw_uid, "group": place.account.pw_gid, "extra_groups": ()}
    return found


def run_program(place: Place, program: str, *options: str, given: bytes = b"") -> None:
    """One of PostgreSQL's programs to its end, as the server's account; Unavailable with what it said when it fails."""
    command = [str(place.programs / program), *options]
    done = subprocess.run(command, input=given, capture_output=True, check=False, **identity(place))
    if done.returncode != 0 or b"ERROR:" in done.stderr:
        raise failure(done.stderr.decode(errors="replace"))


def _last_words(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4000))
        said = file.read().decode(errors="replace").splitlines()
    return "\n".join(line for line in said[-8:] if "LOG:" not in line or "could not" in line)


def failure(said: str) -> Unavailable:
    """What the programs' last words mean for a person."""
    for words, code, message in _MEANINGS:
        if words in said:
            return Unavailable(message, code=code)
    return Unavailable(
        "The database did not start; postgres.log in the data folder says why.",
        code="database_failed",
        hint=said.strip().splitlines()[-1] if said.strip() else None,
    )
