"""Competitors of workspaces that knew them as words."""

from __future__ import annotations

from relata.engine.storage.planner import quoted
from relata.modules.sales.actions.rivals import fill_competitors
from relata.modules.sales.contracts import COMPETITOR, DEAL_REVIEW, OPPORTUNITY
from relata.modules.sales.tests.test_deals import deal
from relata.testing.house import House


async def test_words_of_an_older_workspace_become_competitors_once(house: House) -> None:
    async with house.system() as work:
        known = await work.create(COMPETITOR, {"name": "Northwind"})
        mill, beans = await deal(work, name="Mill"), await deal(work, "Lost", name="Beans", lost_reason="price")
        review = await work.create(DEAL_REVIEW, {"opportunity": beans.id, "decided": "The price"})
        await work.settle()
        schema, run = quoted(work.context.schema), work.unit.connection.execute
        await run(f"delete from {schema}._done where what like 'words_of_%%'")
        await run(f"alter table {schema}.opportunity add column competitors text[]")
        await run(f"alter table {schema}.deal_review add column competitor text")
        words = ["northwind ", "Bean There", "bean  there"]
        await run(f"update {schema}.opportunity set competitors = %s where id = %s", (words, mill.id))
        await run(f"update {schema}.deal_review set competitor = 'Cups & Co' where id = %s", (review.id,))
        await fill_competitors(work)
        names = {one.id: one["name"] for one in await work.find(COMPETITOR)}
        linked = (await work.get(OPPORTUNITY, mill.id))["competitors"]
        assert sorted(names.values()) == ["Bean There", "Cups & Co", "Northwind"]
        assert [names[key] for key in linked] == ["Northwind", "Bean There"]
        assert known.id in linked
        assert names[(await work.get(DEAL_REVIEW, review.id))["rival"]] == "Cups & Co"
        await work.change(await work.get(OPPORTUNITY, mill.id), {"competitors": []})
        await fill_competitors(work)
        assert not (await work.get(OPPORTUNITY, mill.id))["competitors"]
