"""Access through an any-link: who sees a record sees its comments, whatever it is a record of."""

from __future__ import annotations

from uuid import UUID

from tests.access.test_people import account, role

from relata.engine.metadata.module import Grant
from relata.testing.house import House


async def comment(house: House, object_name: str, about: UUID) -> UUID:
    """A comment by nobody."""
    async with house.system() as work:
        made = await work.create(
            "comment",
            {"body": "Zork", "about": {"object": object_name, "id": about}, "owner": None, "team": None},
        )
    return made.id


async def sees(house: House, person: UUID, record: UUID) -> bool:
    """Whether the person finds the comment by id, in the list and in the count, which must agree."""
    async with house.as_person(person) as work:
        by_id = bool(await work.get_many("comment", [record]))
        found = await work.find("comment")
    assert by_id == (record in {one.id for one in found})
    return by_id


async def test_a_comment_opens_with_its_record_and_closes_with_it(house: House) -> None:
    name = await role(house, "own_accounts", {"account": Grant("own")})
    first, second = await house.person("First", name), await house.person("Second", name)
    about = await account(house, owner=first)
    record = await comment(house, "account", about)
    assert (await sees(house, first, record), await sees(house, second, record)) == (True, False)
    async with house.system() as work:
        await work.change(("account", about), {"owner": second})
    assert (await sees(house, first, record), await sees(house, second, record)) == (False, True)
    other = await account(house, owner=first)
    async with house.system() as work:
        await work.change(("comment", record), {"about": {"object": "account", "id": other}})
    assert (await sees(house, first, record), await sees(house, second, record)) == (True, False)


async def test_a_share_of_the_record_opens_its_comments(house: House) -> None:
    name = await role(house, "own_accounts", {"account": Grant("own")})
    person = await house.person("Reader", name)
    about = await account(house, owner=None)
    record = await comment(house, "account", about)
    assert not await sees(house, person, record)
    async with house.system() as work:
        await work.sharing.grant(await work.get("account", about), person)
    assert await sees(house, person, record)


async def test_comments_come_through_a_chain_of_parents_that_is_open(house: House) -> None:
    """account (own) -> contact (closed or open) -> comment."""
    open_line = await role(house, "line", {"account": Grant("own"), "contact": Grant("own")})
    closed = await role(house, "closed", {"account": Grant("own"), "contact": Grant("none")})
    through, out = await house.person("Through", open_line), await house.person("Closed", closed)
    for person, expected in ((through, True), (out, False)):
        parent = await account(house, owner=person)
        async with house.system() as work:
            made = await work.create(
                "contact", {"name": "Grace Hopper", "account": parent, "owner": None, "team": None}
            )
        assert await sees(house, person, await comment(house, "contact", made.id)) is expected
        assert await sees(house, person, await comment(house, "account", parent))


async def test_nothing_comes_past_a_closed_parent_in_the_middle(house: House) -> None:
    """Whoever may see affiliations of their accounts' contacts, but no contacts, sees no comments on either."""
    grants = {"account": Grant("all"), "contact": Grant("none"), "affiliation": Grant("own")}
    person = await house.person("Beyond", await role(house, "beyond", grants))
    async with house.system() as work:
        nobody = {"owner": None, "team": None}
        parent = await work.create("account", {"name": "Zorkhaus", **nobody})
        contact = await work.create("contact", {"name": "Grace Hopper", "account": parent.id, **nobody})
        held = await work.create(
            "affiliation", {"role": "Chair", "contact": contact.id, "account": parent.id, **nobody}
        )
    assert not await sees(house, person, await comment(house, "affiliation", held.id))
    assert not await sees(house, person, await comment(house, "contact", contact.id))
    assert await sees(house, person, await comment(house, "account", parent.id))


async def test_many_comments_made_at_once_inherit_like_one(house: House) -> None:
    name = await role(house, "own_accounts", {"account": Grant("own")})
    person = await house.person("Reader", name)
    mine, foreign = await account(house, owner=person), await account(house, owner=None)
    async with house.system() as work:
        rows = [
            {"body": "Zork", "about": {"object": "account", "id": about}, "owner": None, "team": None}
            for about in (mine, foreign) * 30
        ]
        made = [outcome.id for outcome in await work.create_many("comment", rows)]
    async with house.as_person(person) as work:
        seen = {one.id for one in await work.find("comment")}
    assert seen == set(made[::2])


async def test_nobody_comments_on_what_they_cannot_see(house: House) -> None:
    person = await house.person("Outside", await role(house, "own_accounts", {"account": Grant("own")}))
    about = await account(house, owner=None)
    async with house.as_person(person) as work:
        outcome = await work.create_many("comment", [{"body": "Hm", "about": {"object": "account", "id": about}}])
    assert outcome[0].did == "refused"
