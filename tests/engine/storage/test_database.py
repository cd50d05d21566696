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


async def test_what_is_asked_often_is_planned_for_its_values_each_time(database: Database) -> None:
    async with database.read() as connection:
        for number in range(12):
            await connection.fetch("select count(*) from pg_class where relname = %s", (f"table {number}",))
        kept = await connection.fetch(
            "select generic_plans, custom_plans > 0 from pg_prepared_statements where statement like '%%relname =%%'"
        )
    assert kept == [(0, True)]


async def test_checks_of_many_rows_keep_their_plan_and_nothing_else_does(database: Database) -> None:
    mode = "select current_setting('plan_cache_mode')"
    async with database.transaction() as connection:
        async with connection.checking_many(1000):
            within = await connection.fetch(mode)
        after = await connection.fetch(mode)
        async with connection.checking_many(3):
            of_few = await connection.fetch(mode)
    with pytest.raises(Invalid):
        async with database.transaction() as connection, connection.checking_many(1000):
            await connection.fetch("select %s::text", ("a\x00b",))
    async with database.read() as connection:
        after_a_failure = await connection.fetch(mode)
    assert within == [("auto",)]
    assert after == of_few == after_a_failure == [("force_custom_plan",)]
