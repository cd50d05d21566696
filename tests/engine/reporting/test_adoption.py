"""Counting by team and never by person; what may be shown apart; where forms fail; which fields are empty."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.reporting.adoption.counting import Usage, opened, saved
from relata.engine.reporting.adoption.groups import LEAST_PEOPLE, groups_of
from relata.engine.reporting.adoption.summary import adoption, filled
from relata.foundation.errors import Denied
from relata.foundation.ids import new_id
from relata.testing.house import House

TEAMS = [new_id() for _ in range(6)]
NAMES = {team: f"Team {at}" for at, team in enumerate(TEAMS)}


@given(st.dictionaries(st.sampled_from([*TEAMS, None]), st.integers(1, 9), min_size=1))
def test_nobody_is_told_by_a_small_team_or_a_difference(people: Mapping[UUID | None, int]) -> None:
    groups = groups_of(NAMES, people)
    assert sum(one.people for one in groups) == sum(people.values())
    everybody = sum(people.values()) < LEAST_PEOPLE
    assert all(one.people >= LEAST_PEOPLE for one in groups) or (everybody and len(groups) == 1)


async def test_what_is_opened_saved_and_refused_is_counted_by_address(house: House) -> None:
    async with house.system() as work:
        registry = work.registry
    assert opened(registry, "/accounts", {"view": "v1"}) == [("list", "accounts"), ("view", "v1")]
    assert opened(registry, "/accounts/board", {}) == [("board", "accounts")]
    assert opened(registry, "/accounts/new", {}) == [("form_opened", "accounts")]
    assert opened(registry, f"/accounts/{new_id()}", {}) == [("record", "accounts")]  # without the record
    assert opened(registry, "/report/sales.won", {}) == [("report", "sales.won")]
    assert opened(registry, "/settings/people", {}) == []
    assert saved(registry, "/accounts/new", None) == [("form_saved", "accounts")]
    assert saved(registry, "/accounts/new", ["name", ""]) == [
        ("refused", "accounts"), ("refused_field", "accounts.name"),
    ]  # fmt: skip


async def test_small_teams_are_shown_with_the_others_and_lines_hold_no_person(open_house: House) -> None:
    async with open_house.system() as work:
        large = (await work.create("team", {"name": "Large"})).id
        small = (await work.create("team", {"name": "Small"})).id
    people = [await open_house.person(f"L{n}", "admin", team=large) for n in range(3)]
    people += [await open_house.person(f"S{n}", "admin", team=small) for n in range(2)]
    people += [await open_house.person("Free", "admin")]
    usage, schema = Usage(), "w_main"
    usage.add(schema, large, [("list", "accounts"), ("form_opened", "accounts"), ("form_opened", "accounts")])
    usage.add(schema, small, [("list", "accounts"), ("form_saved", "accounts"), ("refused", "accounts")])
    usage.add(schema, small, [("refused_field", "accounts.name")])
    await usage.flush(open_house.door.database)
    usage.add(schema, large, [("list", "accounts")])
    await usage.flush(open_house.door.database)
    async with open_house.as_person(people[0]) as work:
        found = await adoption(work)
        await work.create("account", {"name": "A", "industry": None})
        count, fields = await filled(work, work.registry.get("account"))
    assert [(one.group.name, one.opened, one.saved) for one in found.groups] == [("Large", 2, 0), ("", 1, 1)]
    assert found.count_of("list", "accounts") == 3
    (stuck,) = found.stuck
    assert (stuck.opened, stuck.abandoned, stuck.refused, stuck.fields) == (2, 1, 1, (("name", 1),))
    assert count == 1 and dict(fields)["name"] == 1 and dict(fields)["industry"] == 0
    async with open_house.door.database.read() as connection:
        columns = await connection.fetch(
            "select column_name from information_schema.columns where table_name = '_usage_day' order by 1"
        )
    assert [name for (name,) in columns] == ["count", "day", "kind", "team", "what"]
    reader = await open_house.person("Rita", "reader")
    async with open_house.as_person(reader) as work:
        with pytest.raises(Denied):
            await adoption(work)
