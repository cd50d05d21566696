"""Rule 1: what is visible by id is in the list, counted, searchable, linkable, offered, shown; and nothing else is.

A reference model, written from the rules alone, is compared with every interface for random roles, teams, people,
owners, parents, shares and sharing rules, before and after things happened that give or take access.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.access.checks import Undone, door_differences, furnished, indexed
from tests.access.plans import Plan, plans

from relata.testing.house import House

#: Without tracing and shrinking, which take minutes with a database: the failing plan is printed as it is.
THOROUGH = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip


@THOROUGH
@given(plans)
async def test_the_door_shows_what_the_rules_say(house: House, plan: Plan) -> None:
    with pytest.raises(Undone):
        async with house.door.database.transaction():
            company = await furnished(house, plan)
            assert await door_differences(company) == []
            for move in plan.moves:
                await company.happen(move)
            await indexed(company)
            assert await door_differences(company, first=1) == []
            raise Undone
    house.door.forget(house.key)
