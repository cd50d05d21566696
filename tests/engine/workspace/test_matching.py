"""Finding records by their values, for many at once."""

from __future__ import annotations

from typing import Any

import pytest

from relata.foundation.errors import Invalid
from relata.testing.house import House


async def test_finds_by_title_exactly_or_whatever_the_capitals(house: House) -> None:
    async with house.system() as work:
        made = [
            one.id
            for one in await work.create_many("account", [{"name": "Müller"}, {"name": "Muller"}, {"name": "müller"}])
        ]
        exact = await work.match("account", ("name",), [("Müller",), ("Nobody",)])
        folded = await work.match("account", ("name",), [("MÜLLER",)], ignore_case=True)
    assert exact == {("Müller",): [made[0]]}
    assert {key: set(ids) for key, ids in folded.items()} == {("MÜLLER",): {made[0], made[2]}}


async def test_finds_by_several_fields_under_a_condition(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "A", "employees": 5})
        await work.create("account", {"name": "A", "employees": 6})
        found = await work.match("account", ("name", "type"), [("A", "prospect")], where="employees = 5")
    assert found == {("A", "prospect"): [account.id]}


async def test_a_field_that_is_not_there_can_not_be_matched_by(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid):
            await work.match("account", ("colour",), [("red",)])


async def test_addresses_are_found_in_any_capitals_by_their_own_index(house: House) -> None:
    async with house.system() as work:
        made = await work.create("contact", {"name": {"last": "Roux"}, "email": "Ana.Roux@Example.com"})
        found = await work.match("contact", ("email",), [("ANA.roux@example.com",)], ignore_case=True)
        asked: list[str] = []
        connection = work.unit.connection
        run = connection._run

        async def noted(*arguments: Any, **options: Any) -> Any:
            asked.append(str(arguments[0]))
            return await run(*arguments, **options)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(connection, "_run", noted)
            await work.match("contact", ("email",), [("x@example.com",)], ignore_case=True)
    assert found == {("ANA.roux@example.com",): [made.id]}
    assert asked and all("t1.email = " in sql for sql in asked)
