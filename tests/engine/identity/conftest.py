"""One migrated database for the tests of this folder; each test makes people of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from relata.engine.storage.database import Database
from relata.testing.identity import Ground, Person, identity_ground, make_person


@pytest_asyncio.fixture(scope="session")
async def ground(postgres_url: str) -> AsyncIterator[Ground]:
    """The database and its workspace."""
    async with identity_ground(postgres_url) as found:
        yield found


@pytest.fixture
def database(ground: Ground) -> Database:
    """The database alone."""
    return ground.database


@pytest_asyncio.fixture
async def person(ground: Ground) -> Person:
    """Somebody who works here."""
    return await make_person(ground)
