"""Rule 2: a hidden field is absent, and unusable in filter, sort, group, aggregate, search, formula and history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.access.checks import Undone
from tests.access.conftest import Connect
from tests.access.hidden import LEVELS, VALUES, Case, leaks_at_the_door, leaks_in_files, leaks_on_pages
from tests.access.test_records import SHORTER, numbered

from relata.testing.house import House

Levels = dict[str, dict[str, str]]
levels = st.fixed_dictionaries(
    {name: st.fixed_dictionaries({one: st.sampled_from(LEVELS) for one in fields}) for name, fields in VALUES.items()}
)
ALL_HIDDEN = {name: dict.fromkeys(fields, "none") for name, fields in VALUES.items()}
ALL_MASKED = {name: dict.fromkeys(fields, "masked") for name, fields in VALUES.items()}


@asynccontextmanager
async def case_of(house: House, chosen: Levels) -> AsyncIterator[Case]:
    """A furnished case, gone afterwards."""
    house.door.forget(house.key)
    try:
        async with house.door.database.transaction():
            case = Case(house, chosen)
            await case.furnish()
            yield case
            raise Undone
    except Undone:
        house.door.forget(house.key)


@SHORTER
@given(levels)
async def test_hidden_fields_are_of_no_use_at_the_door(house: House, chosen: Levels) -> None:
    async with case_of(house, chosen) as case:
        assert await leaks_at_the_door(case) == []
        assert await leaks_in_files(case) == []


async def test_nor_when_all_are_hidden(house: House) -> None:
    async with case_of(house, ALL_HIDDEN) as case:
        assert await leaks_at_the_door(case) == []
        assert await leaks_in_files(case) == []


async def test_masked_fields_show_that_there_is_a_value_and_nothing_else(house: House) -> None:
    async with case_of(house, ALL_MASKED) as case:
        assert await leaks_at_the_door(case) == []
        assert await leaks_in_files(case) == []


@settings(SHORTER, max_examples=2)
@given(levels)
async def test_hidden_values_stand_on_no_page_and_in_no_answer(house: House, connect: Connect, chosen: Levels) -> None:
    async with case_of(house, chosen) as case:
        await numbered(house)
        assert await leaks_on_pages(case, await everywhere(house, connect, case)) == []


async def test_pages_stand_without_titles(house: House, connect: Connect) -> None:
    async with case_of(house, ALL_HIDDEN) as case:
        await numbered(house)
        assert await leaks_on_pages(case, await everywhere(house, connect, case)) == []


async def everywhere(house: House, connect: Connect, case: Case) -> httpx.AsyncClient:
    """A browser, which may call the API as well as the pages."""
    client = await connect(case.person, browser=True)
    return client
