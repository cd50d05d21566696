"""Answers are kept until something changes which they are of, and never given to who may see others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from relata.app.tasks import take_back_shares
from relata.engine.reporting.definition import Definition, Grouping
from relata.engine.reporting.running import run
from relata.testing.house import House

BY_SOURCE = Definition(object="opportunity", rows=(Grouping(path="source"),))


class Counted:
    """What somebody is told, and whether it was there already."""

    def __init__(self, house: House, person: UUID) -> None:
        self.house, self.person = house, person

    async def total(self, definition: Definition = BY_SOURCE) -> tuple[int, bool]:
        async with self.house.door.open(self.house.key, self.person, read_only=True) as work:
            answers = work.context.ground.answers
            before = answers.kept
            result = await run(work, definition)
            return result.total.count if result.total is not None else 0, answers.kept > before


async def test_kept_until_a_record_changes_that_it_is_of(open_house: House) -> None:
    ada = Counted(open_house, await open_house.person("Ada", "admin"))
    assert [await ada.total(), await ada.total()] == [(0, False), (0, True)]
    async with open_house.system() as work:
        await work.create("task", {"subject": "Something else"})
    assert await ada.total() == (0, True)
    async with open_house.system() as work:
        deal = await work.create("opportunity", {"name": "Beans"})
    assert [await ada.total(), await ada.total()] == [(1, False), (1, True)]
    async with open_house.system() as work:
        await work.delete(deal)
    assert await ada.total() == (0, False)


async def test_a_slow_commit_is_not_overlooked(open_house: House) -> None:
    ada = Counted(open_house, await open_house.person("Ada", "admin"))
    async with open_house.system() as slow:
        await slow.create("opportunity", {"name": "Took its number first"})
        async with open_house.system() as quick:
            await quick.create("opportunity", {"name": "Was over first"})
        assert await ada.total() == (1, False)
    assert await ada.total() == (2, False)


async def test_what_a_transaction_sees_is_not_kept(open_house: House) -> None:
    ada = Counted(open_house, await open_house.person("Ada", "admin"))
    try:
        async with open_house.as_person(ada.person) as work:
            await work.create("opportunity", {"name": "Never"})
            assert (await run(work, BY_SOURCE)).rows
            raise KeyError
    except KeyError:
        pass
    assert await ada.total() == (0, False)


async def test_access_that_ends_beside_the_log_ends_answers(open_house: House) -> None:
    rep = Counted(open_house, await open_house.person("Rep", "sales_rep"))
    ada = Counted(open_house, await open_house.person("Ada", "admin"))
    async with open_house.system() as work:
        deal = await work.create("opportunity", {"name": "Beans", "owner": ada.person})
        await work.sharing.grant(deal, rep.person, until=datetime.now(UTC) + timedelta(hours=1))
    assert [await ada.total(), await rep.total(), await rep.total()] == [(1, False), (1, False), (1, True)]
    async with open_house.system() as work:
        await work.unit.connection.execute(f"update {work.context.schema}._share set until = now()")
        await take_back_shares(work)
    assert await rep.total() == (0, False)
