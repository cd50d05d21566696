"""A text that PostgreSQL can't hold is the sender's mistake, wherever it gets through."""

from __future__ import annotations

import pytest

from relata.engine.storage.database import Database
from relata.foundation.errors import Invalid


async def test_a_nul_in_a_text_is_refused_and_no_bug(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(Invalid) as refused:
            await connection.fetch("select %s::text", ("a\x00b",))
    assert refused.value.code == "invalid_text"


async def test_the_pool_tells_how_it_is_doing(database: Database) -> None:
    assert database.usage()["pool_max"] == 12
