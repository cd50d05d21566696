"""Who is told what: those whom it concerns, never who did it, never about what they can't see, and once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from tests.engine.collaboration.conftest import Telling

from relata.engine.collaboration.following import follow, is_following
from relata.engine.collaboration.preferences import choose
from relata.engine.storage.planner import quoted
from relata.engine.workspace.administration import Administration
from relata.testing.house import House


class People:
    """Ada and Ben see everything; Eve sees only her own accounts."""

    ada: UUID
    ben: UUID


@pytest_asyncio.fixture
async def people(house: House) -> People:
    found = People()
    found.ada = await house.person("Ada", "member", email="ada@example.com")
    found.ben = await house.person("Ben", "member", email="ben@example.com")
    return found


async def account(house: House, owner: UUID, name: str = "Acme") -> UUID:
    async with house.as_person(owner) as work:
        return (await work.create("account", {"name": name})).id


async def comment(house: House, by: UUID, about: UUID, *mentions: UUID) -> None:
    async with house.as_person(by) as work:
        await work.create(
            "comment",
            {"body": "Look at this", "about": {"object": "account", "id": str(about)}, "mentions": list(mentions)},
        )


async def test_who_is_mentioned_is_told_once_and_mailed(house: House, people: People, telling: Telling) -> None:
    key = await account(house, people.ada)
    await comment(house, people.ada, key, people.ben)
    await telling()
    assert await telling() == 0
    assert await telling.told(people.ben) == [("mention", "Ada mentioned you on Acme")]
    assert await telling.told(people.ada) == []
    assert telling.mails == [("ben@example.com", "Ada mentioned you on Acme")]


async def test_the_owner_hears_of_comments(house: House, people: People, telling: Telling) -> None:
    key = await account(house, people.ada)
    await comment(house, people.ben, key)
    await telling()
    assert await telling.told(people.ada) == [("comment", "Ben commented on Acme")]


async def test_who_is_given_a_record_is_told_and_who_gives_it_is_not(
    house: House, people: People, telling: Telling
) -> None:
    key = await account(house, people.ada)
    async with house.as_person(people.ada) as work:
        await work.change(("account", key), {"owner": people.ben})
    await telling()
    assert await telling.told(people.ben) == [("assignment", "Ada assigned Acme to you")]
    assert await telling.told(people.ada) == []


async def test_many_records_given_at_once_are_one_message(house: House, people: People, telling: Telling) -> None:
    for number in range(5):
        async with house.as_person(people.ada) as work:
            await work.create("account", {"name": f"Number {number}", "owner": people.ben})
    await telling()
    assert await telling.told(people.ben) == [("assignment", "Ada assigned 5 accounts to you")]


async def test_changes_of_a_followed_record_within_minutes_are_one_message(
    house: House, people: People, telling: Telling
) -> None:
    key = await account(house, people.ada)
    async with house.as_person(people.ben) as work:
        await follow(work, await work.get("account", key))
    for values in ({"employees": 12}, {"name": "Acme Limited"}):
        async with house.as_person(people.ada) as work:
            await work.change(("account", key), values)
        await telling()
    assert await telling.told(people.ben) == [("followed", "Ada changed employees, name of Acme Limited")]


async def test_nobody_is_told_of_what_they_can_not_see(house: House, people: People, telling: Telling) -> None:
    eve = await lonely(house, "Eve")
    key = await account(house, people.ada)
    await comment(house, people.ada, key, eve)
    async with house.system() as work:
        await work.create("follow", {"owner": eve, "about": {"object": "account", "id": str(key)}})
    async with house.as_person(people.ada) as work:
        await work.change(("account", key), {"name": "Secret"})
    await telling()
    assert await telling.told(eve) == []


async def test_a_hidden_field_is_neither_named_nor_counted(house: House, people: People, telling: Telling) -> None:
    eve = await lonely(house, "Eve", read="all", fields={"employees": "none"})
    key = await account(house, people.ada)
    async with house.as_person(eve) as work:
        await follow(work, await work.get("account", key))
    async with house.as_person(people.ada) as work:
        await work.change(("account", key), {"employees": 99})
    await telling()
    assert await telling.told(eve) == []


async def test_nobody_reads_the_notifications_of_others(house: House, people: People, telling: Telling) -> None:
    boss = await house.person("Boss", "admin")
    key = await account(house, people.ada)
    await comment(house, people.ada, key, people.ben)
    await telling()
    assert await telling.told(boss) == []


@pytest.mark.parametrize(("way", "told", "mails"), [("off", 0, 0), ("screen", 1, 0), ("digest", 1, 0), ("mail", 1, 1)])
async def test_everybody_chooses_how(
    house: House, people: People, telling: Telling, way: str, told: int, mails: int
) -> None:
    async with house.as_person(people.ben) as work:
        await choose(work, {"mention": way})
    await comment(house, people.ada, await account(house, people.ada), people.ben)
    await telling()
    assert (len(await telling.told(people.ben)), len(telling.mails)) == (told, mails)


async def test_who_comments_follows(house: House, people: People, telling: Telling) -> None:
    key = await account(house, people.ada)
    await comment(house, people.ben, key)
    await telling()
    async with house.as_person(people.ben) as work:
        assert await is_following(work, await work.get("account", key))


async def lonely(house: House, name: str, **grant: Any) -> UUID:
    """Somebody whose only role grants this much on accounts."""
    office = Administration(house.door, house.key, None)
    await office.put("role", "lonely", {"label": "Lonely", "grants": {"account": {"read": "own", **grant}}})
    return await house.person(name, "lonely")


async def test_who_began_long_work_hears_that_it_ended(house: House, people: People, telling: Telling) -> None:
    async with house.as_person(people.ada) as work:
        trusted = work.as_system()
        made = await trusted.create(
            "bulk_change", {"name": "Change 900 accounts", "kind": "change", "status": "running"}
        )
        await work.unit.connection.execute(
            f"update {quoted(work.context.schema)}.bulk_change set created_at = now() - interval '1 minute',"
            " created_by = %s",
            (people.ada,),
        )
        await trusted.change(made, {"finished_at": "2026-11-21T12:00:00Z"})
    await telling()
    assert await telling.told(people.ada) == [("system", "Change 900 accounts has ended")]


async def test_each_is_told_in_their_own_language(house: House, people: People, telling: Telling) -> None:
    async with house.system() as work:
        await work.change(("user", people.ben), {"language": "de"})
    await comment(house, people.ada, await account(house, people.ada), people.ben)
    await telling()
    [(_kind, text)] = await telling.told(people.ben)
    assert text == "Ada hat Sie bei Acme erwähnt"


async def test_who_is_named_in_a_note_is_told_of_it(house: House, people: People, telling: Telling) -> None:
    key = await account(house, people.ada)
    about = {"object": "account", "id": str(key)}
    async with house.as_person(people.ada) as work:
        values = {"subject": "Gate 2", "body": "Ring", "about": about, "mentions": [people.ben]}
        note = await work.create("note", values)
        await work.change(note, {"mentions": [people.ben, people.ada]})
    await telling()
    assert await telling.told(people.ben) == [("mention", "Ada mentioned you on Gate 2")]
    assert await telling.told(people.ada) == []
