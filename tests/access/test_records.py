"""Rule 1: what is visible by id is in the list, counted, searchable, linkable, offered, shown; and nothing else is.

A reference model, written from the rules alone, is compared with every interface for random roles, teams, people,
owners, parents, shares and sharing rules, before and after things happened that give or take access.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import HealthCheck, Phase, given, settings
from tests.access.checks import (
    Undone,
    door_differences,
    furnished,
    indexed,
    interface_differences,
    link_differences,
    link_refusals,
    write_differences,
)
from tests.access.company import Company
from tests.access.conftest import Connect
from tests.access.plans import Plan, plans

from relata.testing.house import House

#: Without tracing and shrinking, which take minutes with a database: the failing plan is printed as it is.
THOROUGH = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


SHORTER = settings(THOROUGH, max_examples=3)


@asynccontextmanager
async def company_of(house: House, plan: Plan) -> AsyncIterator[Company]:
    """A furnished company, gone afterwards."""
    try:
        async with house.door.database.transaction():
            yield await furnished(house, plan)
            raise Undone
    except Undone:
        house.door.forget(house.key)


@THOROUGH
@given(plans)
async def test_the_door_shows_what_the_rules_say(house: House, plan: Plan) -> None:
    async with company_of(house, plan) as company:
        assert await door_differences(company) == []
        for move in plan.moves:
            await company.happen(move)
        await indexed(company)
        assert await door_differences(company, first=1) == []


@SHORTER
@given(plans)
async def test_the_api_and_the_pages_show_what_the_rules_say(house: House, connect: Connect, plan: Plan) -> None:
    async with company_of(house, plan) as company:
        await numbered(house)
        assert await interface_differences(company, connect) == []


@SHORTER
@given(plans)
async def test_writes_reach_as_far_as_the_rules_say(house: House, plan: Plan) -> None:
    async with company_of(house, plan) as company:
        assert await write_differences(company) == []
        for move in plan.moves:
            await company.happen(move)
        assert await write_differences(company, first=1) == []


@SHORTER
@given(plans)
async def test_links_lead_only_to_what_one_sees(house: House, plan: Plan) -> None:
    async with company_of(house, plan) as company:
        for first in range(3):
            assert await link_differences(company, first=first) == []
            assert await link_refusals(company, first=first) == []


async def numbered(house: House) -> None:
    """Give the changes their numbers in the feed, as the dispatcher does."""
    async with house.system() as work:
        await work.unit.connection.execute(f"update {work.context.schema}._change set feed = id where feed is null")
