"""Each person hears of the records that they may see, and of no other; a thousand of them cost one look at the rows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest_asyncio

from relata.engine.access.sight import codes_for, reads
from relata.engine.history.dispatch import Dispatcher
from relata.engine.history.feed import last_feed, schemas_with
from relata.engine.live.audience import Audience
from relata.engine.live.hub import Hub
from relata.engine.live.news import Listener
from relata.engine.storage.planner import quoted
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id
from relata.testing.house import House

DEADLINE_SECONDS = 20.0
LEVELS = ("none", "own", "team", "below", "all")


class Company:
    """A workspace with real commits, whose changes are dispatched and told."""

    def __init__(self, house: House) -> None:
        database = house.door.database
        self.house = house

        async def schemas() -> list[str]:
            return [(await house.door.context(house.key)).schema]

        self.dispatcher = Dispatcher(database, schemas, {})
        self.audience = Audience(house.door, Hub(database, database.url))

    async def everything_is_told(self) -> int:
        """The number up to which the feed was dispatched."""
        schema = (await self.house.door.context(self.house.key)).schema
        async with asyncio.timeout(DEADLINE_SECONDS):
            while await schemas_with(self.house.door.database, [schema], "_change where feed is null"):
                await self.dispatcher.look()
        async with self.house.door.database.read() as connection:
            return await last_feed(connection, schema)

    async def heard(self, listener: Listener, feed: int) -> list[tuple[Any, ...]]:
        """The records that a listener was told of, once everything up to `feed` was told to somebody who sees all."""
        found: list[tuple[Any, ...]] = []
        async with asyncio.timeout(DEADLINE_SECONDS):
            last = 0
            while last < feed:
                news = await listener.next(DEADLINE_SECONDS)
                assert news is not None
                found += [tuple(one) for one in msgspec.json.decode(news.body)["records"]]
                last = news.feed or 0
        return found

    async def role(self, name: str, **grants: dict[str, Any]) -> None:
        office = Administration(self.house.door, self.house.key, None)
        await office.put("role", name, {"label": name, "grants": grants})


@pytest_asyncio.fixture
async def company(open_house: House) -> AsyncIterator[Company]:
    found, stop = Company(open_house), asyncio.Event()
    running = [asyncio.create_task(one.run(stop)) for one in (found.audience, found.dispatcher)]
    yield found
    stop.set()
    await asyncio.gather(*running)


async def test_a_person_hears_of_what_they_see_and_of_nothing_else(company: Company) -> None:
    house = company.house
    await company.role("seller", account={"read": "own", "create": "own", "change": "own"}, contact={"read": "all"})
    ada, eve = await house.person("Ada", "member"), await house.person("Eve", "seller")
    await company.everything_is_told()
    async with (
        company.audience.listen(house.key, ada, new_id()) as sees_all,
        company.audience.listen(house.key, eve, new_id()) as sees_own,
    ):
        async with house.as_person(ada) as work:
            hidden = await work.create("account", {"name": "Ada's"})
        async with house.as_person(eve) as work:
            own = await work.create("account", {"name": "Eve's"})
        async with house.as_person(ada) as work:
            await work.change(("account", hidden.id), {"name": "Still Ada's"})
            await work.delete(("account", hidden.id))
        feed = await company.everything_is_told()
        told = await company.heard(sees_all, feed)
        assert {record for _, record, *_ in told} >= {str(hidden.id), str(own.id)}
        async with house.as_person(eve) as work:
            await work.change(("account", own.id), {"name": "Eve's, too"})
        feed = await company.everything_is_told()
        told = await company.heard(sees_own, feed)
    assert {record for path, record, *_ in told if path == "accounts"} == {str(own.id)}


async def test_who_loses_a_record_is_told_that_it_is_gone_and_nothing_more(company: Company) -> None:
    house = company.house
    await company.role("seller", account={"read": "own"})
    ada, eve = await house.person("Ada", "member"), await house.person("Eve", "seller")
    async with house.as_person(ada) as work:
        parent = await work.create("account", {"name": "Parent"})
        record = await work.create("account", {"name": "Eve's", "owner": eve})
    await company.everything_is_told()
    async with company.audience.listen(house.key, eve, new_id()) as listener:
        async with house.as_person(ada) as work:
            await work.change(("account", record.id), {"owner": ada, "parent": parent.id})
        feed = await company.everything_is_told()
        assert await company.heard(listener, feed) == [("accounts", str(record.id), "gone", [], "")]


async def test_a_role_that_is_taken_away_ends_what_is_heard(company: Company) -> None:
    house = company.house
    await company.role("blind", contact={"read": "all"})
    ada, eve = await house.person("Ada", "member"), await house.person("Eve", "member")
    await company.everything_is_told()
    async with (
        company.audience.listen(house.key, ada, new_id()) as other,
        company.audience.listen(house.key, eve, new_id()) as listener,
    ):
        async with house.system() as work:
            await work.change(("user", eve), {"roles": ["blind"]})
            made = await work.create("account", {"name": "Unseen"})
        feed = await company.everything_is_told()
        assert str(made.id) in {record for _, record, *_ in await company.heard(other, feed)}
        news = await listener.next(DEADLINE_SECONDS)
        assert news is not None
        assert {path for path, *_ in msgspec.json.decode(news.body)["records"]} == {"users"}


async def test_a_stream_ends_with_its_session(company: Company) -> None:
    ada = await company.house.person("Ada", "member")
    async with company.audience.listen(company.house.key, ada, new_id()) as listener:
        await company.audience.end_dead_streams()
        assert not listener.is_open


async def test_a_returning_screen_is_told_what_it_missed_of_what_it_may_see(company: Company) -> None:
    house = company.house
    await company.role("seller", account={"read": "own", "create": "own"})
    ada, eve = await house.person("Ada", "member"), await house.person("Eve", "seller")
    feed = await company.everything_is_told()
    for person in (ada, eve):
        async with house.as_person(person) as work:
            record = await work.create("account", {"name": "Meanwhile"})
    last = await company.everything_is_told()
    async with company.audience.listen(house.key, eve, new_id(), after=feed) as listener:
        assert [one[1] for one in await company.heard(listener, last)] == [str(record.id)]


async def test_sight_agrees_with_the_predicate_for_random_people_and_records(house: House) -> None:
    """The rule in Python and the rule in SQL are one rule."""
    chance = random.Random(7)
    office = Administration(house.door, house.key, None)
    for level in LEVELS:
        grants = {name: {"read": level} for name in ("account", "contact")}
        await office.put("role", f"r_{level}", {"label": level, "grants": grants})
    people, records = await _crowd(house, chance)
    one_by_one: dict[tuple[UUID, UUID], bool] = {}
    for person in people:
        async with house.as_person(person) as work:
            for name in ("account", "contact"):
                one = work.registry.get(name)
                for key, owner, team, readers in await _rows(work, name):
                    one_by_one[person, key] = reads(work.actor, one, owner, team, readers, codes_for(work.actor, one))
                seen = set()
                if work.actor.rights.level(one, "read"):
                    seen = {found.id for found in await work.get_many(name, records[name])}
                assert {key for key in records[name] if one_by_one[person, key]} == seen
    assert True in one_by_one.values()
    assert False in one_by_one.values()


async def _rows(work: Workspace, name: str) -> list[Any]:
    return await work.unit.connection.fetch(
        f"select id, owner, team, readers from {quoted(work.context.schema)}.{quoted(name)}", ()
    )


async def _crowd(house: House, chance: random.Random) -> tuple[list[UUID], dict[str, list[UUID]]]:
    teams: list[UUID] = []
    async with house.system() as work:
        for number in range(4):
            parent = chance.choice([None, *teams])
            teams.append((await work.create("team", {"name": f"Team {number}", "parent": parent})).id)
    people = [await house.person(f"P{n}", f"r_{LEVELS[n % 5]}", team=chance.choice(teams)) for n in range(15)]
    found: dict[str, list[UUID]] = {"account": [], "contact": []}
    async with house.system() as work:
        for number in range(12):
            values = {
                "name": f"A{number}",
                "owner": chance.choice([None, *people]),
                "team": chance.choice([None, *teams]),
            }
            account = await work.create("account", values)
            found["account"].append(account.id)
            if chance.random() < 0.5:
                await work.sharing.grant(account, chance.choice([*people, *teams]))
            contact = {"name": {"last": f"C{number}"}, "account": account.id, "owner": chance.choice([None, *people])}
            found["contact"].append((await work.create("contact", contact)).id)
    return people, found
