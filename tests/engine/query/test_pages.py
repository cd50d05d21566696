"""Pages of lists: where empty values stand, and that a list in one statement is the same list."""

from __future__ import annotations

import pytest

from relata.engine.formula import parse
from relata.engine.query.presence import present
from relata.engine.query.request import Query, parse_order
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import select_page
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

AMOUNTS = (300, None, 100, None, 200)


async def make_deals(work: Workspace) -> None:
    for at, amount in enumerate(AMOUNTS):
        await work.create("opportunity", {"name": f"Deal {at}", "amount": amount})


async def names(work: Workspace, order: str, *, few: bool, limit: int = 50, after: str = "") -> tuple[list[str], str]:
    query = Query("opportunity", None, parse_order(order), ("id", "name"), limit, after, few=few)
    page = await work.query(query)
    return [row["name"] for row in page.values()], page.next


@pytest.mark.parametrize("order", ["amount,name", "-amount,name"])
async def test_what_is_empty_comes_last_either_way(house: House, order: str) -> None:
    async with house.system() as work:
        await make_deals(work)
        found, _ = await names(work, order, few=False)
    assert found[3:] == ["Deal 1", "Deal 3"]
    assert found[:3] == (["Deal 2", "Deal 4", "Deal 0"] if order == "amount,name" else ["Deal 0", "Deal 4", "Deal 2"])


@pytest.mark.parametrize("order", ["amount,name", "-amount,name", "-created_at"])
async def test_a_list_of_few_is_the_same_list_and_goes_on_the_same_way(house: House, order: str) -> None:
    async with house.system() as work:
        await make_deals(work)
        whole, _ = await names(work, order, few=False)
        for size in range(1, len(AMOUNTS)):
            first, following = await names(work, order, few=True, limit=size)
            rest, _ = await names(work, order, few=True, after=following)
            assert first + rest == whole


async def test_presence_is_told_for_each_list(house: House) -> None:
    async with house.system() as work:
        await make_deals(work)
        lists = {"opportunity": ("amount > 250", "amount > 900"), "task": ('status = "open"',)}
        asked = [(name, parse(where)) for name, conditions in lists.items() for where in conditions]
        found = await present(work.unit.connection, work.context.ground, work.actor, asked)
    assert found == [True, False, False]


async def test_a_descending_list_asks_for_the_order_that_an_index_has(house: House) -> None:
    async with house.system() as work:
        one = work.registry.get("opportunity")
        scope = FieldScope(work.registry, one, work.actor)
        compiled = select_page(
            work.context.tables, scope, fields=("id",), where=None, order=parse_order("-amount"), phase=0, cursor=False,
            backwards=False, deleted=False,
        )  # fmt: skip
    assert compiled.sql.count(" DESC") == 2
    assert "NULLS" not in compiled.sql
