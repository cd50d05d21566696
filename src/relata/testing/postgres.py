"""The database that tests use: one embedded server for the session, fast and forgetful; a pytest plugin."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from relata.engine.storage import embedded

#: Waits for the end of its standard input, which comes with the end of the tests however they die.
_UNDERTAKER = 'cat >/dev/null; kill -QUIT "$0" 2>/dev/null; sleep 0.3; rm -rf "$1"'


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """libpq's address of a PostgreSQL for this session: RELATA_TEST_DATABASE_URL, else one made for it."""
    given = os.environ.get("RELATA_TEST_DATABASE_URL")
    if given:
        yield given
        return
    home = _new_folder()
    server = embedded.start(home, careless=True)
    command = ["/bin/sh", "-c", _UNDERTAKER, str(server.pid), str(home)]
    undertaker = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
        undertaker.communicate()


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A data folder that does not exist yet, for a test that starts a server of its own; removed in the end.

    pytest's own temporary folder would not do: another run closes it to the account under which root's server runs.
    """
    with new_folder() as folder:
        yield folder / "data"


@contextmanager
def new_folder() -> Iterator[Path]:
    """An empty folder until the block ends."""
    folder = _new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


#: Where Linux keeps files in memory, and the room that one session's databases may want there.
_MEMORY, _ROOM_BYTES = Path("/dev/shm"), 6 << 30


def _new_folder() -> Path:
    """In memory where there is room: a copied database is a thousand small files, and making and removing them on a
    disk took half of the whole suite's time."""
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    return Path(tempfile.mkdtemp(prefix="relata-test-", dir=_MEMORY if roomy else "/tmp"))
