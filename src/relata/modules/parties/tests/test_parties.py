"""Accounts, contacts and lists through the door."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.modules.parties import contracts
from relata.modules.parties.contracts import ACCOUNT, AFFILIATION, CONTACT, LIST_MEMBER, SEGMENT, STATIC_LIST
from relata.testing.house import House


async def account(work: Workspace, name: str, parent: UUID | None = None) -> UUID:
    """The id of a new account."""
    return (await work.create(ACCOUNT, {"name": name, "parent": parent})).id


async def test_the_hierarchy_has_no_circle(house: House) -> None:
    async with house.system() as work:
        top = await account(work, "Top")
        middle = await account(work, "Middle", top)
        low = await account(work, "Low", middle)
        with pytest.raises(Invalid) as refused:
            await work.change((ACCOUNT, top), {"parent": low})
    assert refused.value.code == "hierarchy_circle"


async def test_a_parent_counts_its_subsidiaries_and_their_people(house: House) -> None:
    async with house.system() as work:
        top = await account(work, "Top")
        for employees in (10, 32):
            await work.create(ACCOUNT, {"name": f"Part {employees}", "parent": top, "employees": employees})
        await work.settle()
        shown = await work.show(ACCOUNT, top)
    assert (shown["subsidiary_count"], int(shown["subsidiary_employees"])) == (2, 42)


async def test_an_affiliation_is_current_until_its_last_day(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        person = (await work.create(CONTACT, {"name": "Grace Hopper"})).id
        values = {"contact": person, "account": await account(work, "Navy"), "role": "Adviser"}
        await work.create(AFFILIATION, values | {"ends_on": today})
        await work.create(AFFILIATION, values | {"ends_on": today - timedelta(days=1)})
        await work.create(AFFILIATION, values)
        assert await work.count(AFFILIATION, "is_current = true") == 2


async def test_ending_an_affiliation_before_it_began_is_refused(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        person = (await work.create(CONTACT, {"name": "Grace Hopper"})).id
        values = {"contact": person, "account": await account(work, "Navy"), "role": "Adviser", "starts_on": today}
        made = await work.create(AFFILIATION, values)
        with pytest.raises(Invalid, match="before the start"):
            await work.run(contracts.EndAffiliation(made.id, today - timedelta(days=1)))


async def test_adding_twice_to_a_list_adds_once(house: House) -> None:
    async with house.system() as work:
        guests = await work.create(STATIC_LIST, {"name": "Guests", "holds": CONTACT})
        person = await work.create(CONTACT, {"name": "Grace Hopper"})
        first = await work.run(contracts.AddToList(guests.id, contact=person.id))
        second = await work.run(contracts.AddToList(guests.id, contact=person.id))
        assert await work.count(LIST_MEMBER, static_list=guests.id) == 1
    assert first.id == second.id


async def test_a_list_of_contacts_takes_no_accounts(house: House) -> None:
    async with house.system() as work:
        guests = await work.create(STATIC_LIST, {"name": "Guests", "holds": CONTACT})
        target = AnyTarget(ACCOUNT, await account(work, "Navy"))
        with pytest.raises(Invalid, match="contacts only"):
            await work.create(LIST_MEMBER, {"static_list": guests.id, "member": target})


async def test_a_segment_counts_who_meets_its_expression(house: House) -> None:
    async with house.system() as work:
        for name, opted_out in (("Ada Lovelace", False), ("Alan Turing", True)):
            await work.create(CONTACT, {"name": name, "do_not_email": opted_out, "tags": ["pioneer"]})
        values = {"name": "Writable", "holds": CONTACT, "expression": 'not do_not_email and tags contains "pioneer"'}
        segment = await work.create(SEGMENT, values)
        assert await work.run(contracts.CountSegment(segment.id)) == 1


@pytest.mark.parametrize(
    ("holds", "expression", "code"),
    [("contact", "colour_of_money = 1", "expression"), ("dragon", 'name = "x"', "unknown_object")],
)
async def test_a_segment_that_makes_no_sense_is_refused(house: House, holds: str, expression: str, code: str) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create(SEGMENT, {"name": "Odd", "holds": holds, "expression": expression})
    assert refused.value.code == code


async def test_an_address_without_a_holder_is_refused(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("address", {"name": "Warehouse", "address": {"city": "Lyon"}})
    assert refused.value.code == "address_holder"
