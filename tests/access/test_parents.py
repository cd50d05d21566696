"""Access through parents: as far as every parent on the way is open, and with the parent that a record has now."""

from __future__ import annotations

from uuid import UUID

from tests.access.test_people import account, role

from relata.engine.metadata.module import Grant
from relata.testing.house import House


async def affiliation(house: House, of: UUID) -> UUID:
    """A role of a contact of the account, held by nobody."""
    async with house.system() as work:
        nobody = {"owner": None, "team": None}
        contact = await work.create("contact", {"name": "Grace Hopper", "account": of, **nobody})
        made = await work.create("affiliation", {"role": "Chair", "contact": contact.id, "account": of, **nobody})
    return made.id


async def sees(house: House, person: UUID, record: UUID) -> bool:
    """Whether the person finds the affiliation by its id."""
    async with house.as_person(person) as work:
        return bool(await work.get_many("affiliation", [record]))


async def test_nothing_comes_through_a_parent_that_is_closed(house: House) -> None:
    record = await affiliation(house, await account(house))
    open_to_all = {"account": Grant("all"), "contact": Grant("own"), "affiliation": Grant("own")}
    through = await house.person("Through", await role(house, "through", open_to_all))
    closed = await house.person("Closed", await role(house, "closed", {**open_to_all, "contact": Grant("none")}))
    assert (await sees(house, through, record), await sees(house, closed, record)) == (True, False)


async def test_a_new_parent_opens_to_its_owner_at_once_and_closes_to_the_last(house: House) -> None:
    grants = {name: Grant("own") for name in ("account", "contact", "affiliation")}
    name = await role(house, "own_only", grants)
    first, second = await house.person("First", name), await house.person("Second", name)
    before, after = await account(house, owner=first), await account(house, owner=second)
    record = await affiliation(house, before)
    assert (await sees(house, first, record), await sees(house, second, record)) == (True, False)
    async with house.system() as work:
        contact = (await work.get("affiliation", record))["contact"]
        await work.change(("contact", contact), {"account": after})
    assert (await sees(house, first, record), await sees(house, second, record)) == (False, True)
