"""The embedded PostgreSQL: started on demand, shared between our processes, stopped by the last that uses it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from relata.engine.storage import wal_archive
from relata.engine.storage.embedded_cluster import (
    is_server,
    launch,
    make_cluster,
    put_log_aside,
    running_server,
    wait_until_ready,
)
from relata.engine.storage.embedded_place import Place, find_place


class Server:
    """A running server and our share in it. `url` is libpq's address, over a socket that only we may open."""

    def __init__(self, place: Place, pid: int, child: subprocess.Popen[bytes] | None, share: int) -> None:
        self.url = place.url
        self.pid = pid
        self._place = place
        self._child = child
        self._share: int | None = share

    @property
    def is_running(self) -> bool:
        """Whether the process exists; it may be shutting down."""
        if self._child is not None:
            return self._child.poll() is None
        return is_server(self.pid, self._place)

    def put_log_aside(self) -> None:
        """Where its log has grown long, also while it runs."""
        put_log_aside(self._place)

    def stop(self, patience_seconds: float = 4) -> None:
        """Gives up our share; the last one shuts the server down and waits for it. Safe to call twice.

        After `patience_seconds` open work is cut off: nothing committed is lost, the next start takes longer.
        """
        if self._share is None:
            return
        share, self._share = self._share, None
        try:
            with _alone(self._place):
                if _is_last(share):
                    self._shut_down(patience_seconds)
                elif self._child is not None:
                    self._child.returncode = 0  # it lives on for others; nobody waits for it here
        finally:
            os.close(share)

    def _shut_down(self, patience_seconds: float) -> None:
        for number, seconds in ((signal.SIGINT, patience_seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if not self.is_running:
                break
            os.kill(self.pid, number)
            until = time.monotonic() + seconds
            while self.is_running and time.monotonic() < until:
                time.sleep(0.01)
        if not self._place.sockets.is_relative_to(self._place.home):
            shutil.rmtree(self._place.sockets, ignore_errors=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def start(home: Path, *, careless: bool = False, archive: Path | None = None) -> Server:
    """A server on the cluster below `home`, made on first use; joins the one that already runs there.

    careless: give durability away for speed; for tests. archive: where a server that starts now sends its log.
    Raises Unavailable with what to do when the disk is full, the folder unusable, the socket in the way.
    """
    place = find_place(home)
    share = os.open(place.home / "postgres.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with _alone(place):
            fcntl.flock(share, fcntl.LOCK_SH)
            pid = running_server(place)
            if pid is not None:
                wait_until_ready(place, pid)
                return Server(place, pid, None, share)
            make_cluster(place, careless)
            child = launch(place, careless, wal_archive.prepare(place, archive) if archive else {})
            return Server(place, child.pid, child, share)
    except BaseException:
        os.close(share)
        raise


def address(home: Path) -> str:
    """The `url` of the server of this home, whether it runs or not."""
    return find_place(home).url


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Only one process at a time makes, starts or stops the server of a place."""
    lock = os.open(place.home / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _is_last(share: int) -> bool:
    """Every user holds the file's lock shared, so only the last can have it alone. Killed users hold nothing."""
    try:
        fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
