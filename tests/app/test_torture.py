"""The checks of a torture see what they are for: each kind of loss is made by SQL, and named."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from relata.app.assembly import MAIN, House
from relata.app.settings import Settings
from relata.app.torture import checks
from relata.app.torture.company import Company, found
from relata.app.torture.journal import GONE, Journal, Told
from relata.foundation.ids import new_id
from relata.testing.house import fresh_database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tortured(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, Company, Journal]]:
    """A company with three people of one client, as it was told of them."""
    settings, url = Settings(home=tmp_path_factory.mktemp("torture")), await fresh_database(postgres_url)
    async with House.of(settings, url) as house:
        company, journal = await found(house), Journal()
        async with house.door.open(MAIN, None) as work:
            for number in range(3):
                values = {"name": {"first": "Torture", "last": f"t{number}"}, "job_title": f"t{number}"}
                made = await work.create("contact", values | {"account": company.shared})
                journal.records.append(Told("contacts", made.id, f"t{number}", 1))
        yield house, company, journal


async def broken_by(tortured: tuple[House, Company, Journal], sql: str = "") -> dict[str, tuple[str, ...]]:
    """What is found wrong after this statement, which is taken back; by promise."""
    house, company, journal = tortured
    key = journal.records[0].id
    async with house.database.transaction() as connection:
        if sql:
            assert await connection.execute(sql.replace("KEY", str(key)).replace("SHARED", str(company.shared))) > 0
        schema = '"w_main"'
        found = [
            await checks._acknowledged(connection, schema, journal),
            await checks._made_once(connection, schema, journal),
            await checks._half_visible(connection, schema),
            await checks._history(connection, schema),
        ]
        await connection.execute("rollback")
        await connection.execute("begin")
    return {one.promise: one.wrong for one in found if one.wrong}


async def test_an_untouched_company_is_whole(tortured: tuple[House, Company, Journal]) -> None:
    assert await broken_by(tortured) == {}


@pytest.mark.parametrize(
    ("promise", "sql"),
    [
        ("no acknowledged write is lost", "update w_main.contact set job_title = 'older' where id = 'KEY'"),
        ("no acknowledged write is lost", "update w_main.contact set deleted_at = now() where id = 'KEY'"),
        (
            "no write is half visible: as many change rows as versions",
            "delete from w_main._change where record = 'KEY'",
        ),
        ("no write is half visible: as many change rows as versions", "delete from w_main.contact where id = 'KEY'"),
        (
            "the history tells every step and ends at what is there",
            "update w_main.contact set job_title = 'other' where id = 'KEY'",
        ),
        ("what was repeated was made once", "update w_main.contact set name__last = 't1' where id = 'KEY'"),
    ],
)
async def test_a_loss_is_named(tortured: tuple[House, Company, Journal], promise: str, sql: str) -> None:
    assert promise in await broken_by(tortured, sql)


async def test_a_wrong_roll_up_is_named(tortured: tuple[House, Company, Journal]) -> None:
    house = tortured[0]
    assert (await checks._roll_ups(house)).wrong == ()
    async with house.database.transaction() as connection:
        await connection.execute("update w_main.account__rollup set contact_count__count = contact_count__count + 1")
    assert (await checks._roll_ups(house)).wrong != ()


def test_what_got_lost_may_be_seen_until_a_later_write_is_acknowledged() -> None:
    told = Told("contacts", new_id(), "a", 1)
    told.lost("b")
    assert told.fits("a")
    assert told.fits("b")
    assert not told.fits(GONE + "a")
    told.acknowledged("c", 2)
    assert not told.fits("b")
