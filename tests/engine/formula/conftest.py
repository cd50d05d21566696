"""A schema in the tests' PostgreSQL for the little company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from relata.engine.storage.migrations import CASE_COLLATION


@pytest.fixture(scope="session")
def connection(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Its unqualified names are those of a schema of its own."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("drop schema if exists formula_tests cascade")
        connection.execute("create schema formula_tests")
        connection.execute("create schema if not exists relata")
        connection.execute(CASE_COLLATION)
        connection.execute("set search_path to formula_tests")
        connection.execute("set time zone 'UTC'")
        yield connection
        connection.execute("drop schema formula_tests cascade")
