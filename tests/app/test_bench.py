"""The company that is measured: it must be what the product would have made, or the figures mean nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from relata.app.assembly import MAIN, House
from relata.app.bench import company, people
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Report, at_most, percentile, share_of, times
from relata.app.bench.sizes import Options
from relata.app.settings import Settings
from relata.engine.query.request import Aggregate, Group, Measure
from relata.testing.house import fresh_database

OPTIONS = Options("1k", quick=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(postgres_url: str) -> AsyncIterator[Bench]:
    """A company of a thousand contacts."""
    url = await fresh_database(postgres_url)
    settings = Settings.from_environment({"RELATA_DATABASE_URL": "postgresql://unused"})
    async with House.of(settings, url) as house:
        await company.build(house, OPTIONS)
        yield Bench(house, settings.home, OPTIONS, await people.sign_in(house, MAIN))


async def test_each_role_sees_less_than_the_one_above(bench: Bench) -> None:
    seen = []
    for person in bench.people:
        async with bench.house.door.open(MAIN, person.id, read_only=True) as work:
            seen.append(await work.count("contact"))
    assert seen[0] == OPTIONS.contacts
    assert seen[0] > seen[1] > seen[2] > 0


async def test_sharing_rules_open_records_of_other_teams(bench: Bench) -> None:
    async with bench.house.door.open(MAIN, None, read_only=True) as work:
        large = (await work.find("account", "employees >= 4900", limit=1))[0]
        region = await work.first("team", name="Region 1")
        assert region is not None
        ways = [(grant.principal, grant.way) for grant in await work.sharing.of(large)]
        assert (region.id, "rule") in ways


async def test_roll_ups_agree_with_what_they_count(bench: Bench) -> None:
    async with bench.house.door.open(MAIN, None, read_only=True) as work:
        rolled = await work.aggregate(Aggregate("account", (Measure("sum", "contact_count"),)))
        assert rolled.rows[0]["sum_contact_count"] == OPTIONS.contacts


async def test_a_contact_is_open_to_whom_the_product_would_open_it(bench: Bench) -> None:
    async with bench.house.door.open(MAIN, None) as work:
        found = await work.find("contact", limit=20)
        table = work.context.tables.of(work.registry.get("contact")).fullname
        ids = [record.id for record in found]
        sql = f"select id, readers from {table} where id = any(%s) order by id"
        before = await work.unit.connection.fetch(sql, (ids,))
        await work.sharing.refresh(work.registry.get("contact"), ids)
        assert await work.unit.connection.fetch(sql, (ids,)) == before


async def test_deals_stand_in_every_stage(bench: Bench) -> None:
    async with bench.house.door.open(MAIN, None, read_only=True) as work:
        found = await work.aggregate(Aggregate("opportunity", group_by=(Group("stage"),)))
    assert len(found.rows) == 6


def test_a_verdict_follows_its_target() -> None:
    assert at_most("a", 20, "ms", 30).verdict == "met"
    assert share_of("b", 400, 1000, "requests/s", 0.5).verdict == "missed"
    assert times("c", 500, 1000, "requests/s", 2.5).ratio == 2
    assert percentile([0.1 * at for at in range(100)], 0.95) == 9.5
    report = Report("1k", "relata bench", [at_most("a", 20, "ms", 30)])
    assert report.holds
    assert not Report("1k", "relata bench", [at_most("scans", 1, "", 1)]).holds
    assert report.lines()[1][-1] == "met"
    assert report.json()["figures"][0]["verdict"] == "met"
