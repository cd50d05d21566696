"""Objects and fields made at run time."""

from __future__ import annotations

import asyncio

import pytest

from relata.engine.query.request import Query
from relata.engine.workspace.administration import Administration
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.testing.house import House


def office(house: House) -> Administration:
    return Administration(house.door, house.key, None)


async def test_a_custom_object_takes_records_at_once(open_house: House) -> None:
    await office(open_house).add_object({"name": "vehicle", "plural": "vehicles", "label": "Vehicle"})
    await office(open_house).add_field("vehicle", {"type": "link", "name": "account", "to": "account"})
    async with open_house.system() as work:
        account = await work.create("account", {"name": "Kaffeehaus Nord"})
        made = await work.create("vehicle", {"name": "Van 1", "account": account.id})
        assert (await work.show("vehicle", made.id))["account"] == account.id


async def test_a_field_that_a_formula_uses_is_not_deleted(open_house: House) -> None:
    admin = office(open_house)
    await admin.add_field("account", {"type": "integer", "name": "machines"})
    await admin.add_field("account", {"type": "formula", "name": "cups", "expression": "machines * 40"})
    with pytest.raises(Conflict) as refused:
        await admin.delete_field("account", "machines")
    assert "Cups" in refused.value.message
    await admin.delete_field("account", "cups")
    await admin.delete_field("account", "machines")
    async with open_house.system() as work:
        with pytest.raises(Invalid):
            await work.create("account", {"name": "Kaffeehaus Nord", "machines": 3})


async def test_a_formula_that_does_not_fit_points_at_the_character(open_house: House) -> None:
    with pytest.raises(Invalid) as refused:
        await office(open_house).add_field(
            "account", {"type": "formula", "name": "cups", "expression": "machinez * 40"}
        )
    assert refused.value.problems[0].position == 0


async def test_a_new_roll_up_counts_what_is_there_and_misses_no_write(open_house: House) -> None:
    async with open_house.system() as work:
        account = await work.create("account", {"name": "Kaffeehaus Nord"})
    stop = asyncio.Event()
    made = 0

    async def keep_writing() -> None:
        nonlocal made
        while not stop.is_set():
            await open_house.door.run(
                open_house.key,
                None,
                lambda work: work.create("contact", {"name": "Grace Hopper", "account": account.id}),
            )
            made += 1

    writers = [asyncio.create_task(keep_writing()) for _ in range(3)]
    await asyncio.sleep(0.1)
    await office(open_house).add_field("account", {"type": "roll_up", "name": "people", "over": "contacts"})
    await asyncio.sleep(0.1)
    stop.set()
    await asyncio.gather(*writers)
    async with open_house.system() as work:
        assert (await work.show("account", account.id, ("people",)))["people"] == made
        assert await work.count("contact") == made


async def test_only_who_manages_objects_may_change_them(open_house: House) -> None:
    rita = await open_house.person("Rita", "reader")
    with pytest.raises(Denied):
        await Administration(open_house.door, open_house.key, rita).add_object(
            {"name": "vehicle", "plural": "vehicles"}
        )


async def test_a_module_that_others_need_stays_on(open_house: House) -> None:
    with pytest.raises(Conflict) as refused:
        await office(open_house).switch_module("parties", on=False)
    assert "depends" in refused.value.message


async def test_a_module_is_switched_off_and_on_without_losing_data(open_house: House) -> None:
    async with open_house.system() as work:
        made = await work.create("lead", {"name": "Grace Hopper", "company": "Navy"})
    await office(open_house).switch_module("sales", on=False)
    async with open_house.system() as work:
        assert "lead" not in work.registry.objects
    await office(open_house).switch_module("sales", on=True)
    async with open_house.system() as work:
        assert (await work.get("lead", made.id)).title == "Grace Hopper"


async def test_a_sharing_rule_opens_and_closes(open_house: House) -> None:
    admin = office(open_house)
    await admin.put("role", "narrow", {"label": "Narrow", "grants": {"account": {"read": "own", "create": "own"}}})
    rita = await open_house.person("Rita", "narrow")
    async with open_house.system() as work:
        await work.create("account", {"name": "Kaffeehaus Nord"})

    async def seen() -> int:
        async with open_house.as_person(rita) as work:
            return len((await work.query(Query("account"))).rows)

    assert await seen() == 0
    await admin.put(
        "sharing_rule", "north", {"object": "account", "where": 'name contains "Nord"', "principal": str(rita)}
    )
    assert await seen() == 1
    await admin.delete("sharing_rule", "north")
    assert await seen() == 0
