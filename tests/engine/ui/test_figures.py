"""Figures at the feet of columns and the groups of a list: what they say is what the list holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from relata.engine.formula import Node
from relata.engine.ui.feet import feet
from relata.engine.ui.groups import condition, groups
from relata.engine.ui.listing import ListState, listing
from relata.engine.ui.views import ViewColumn
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.money import Money
from relata.testing.house import House


async def accounts(work: Workspace) -> None:
    for name, industry, revenue, currency in (
        ("A", "retail", 10, "EUR"), ("B", "retail", 20, "EUR"), ("C", "software", 70, "EUR"), ("D", None, 5, "USD"),
        ("E", "retail", None, None),
    ):  # fmt: skip
        money = {"amount": revenue, "currency": currency} if revenue else None
        await work.create("account", {"name": name, "industry": industry, "annual_revenue": money})


async def test_money_of_several_currencies_is_not_added_up(house: House) -> None:
    async with house.system() as work:
        await accounts(work)
        found = await feet(work, work.registry.get("account"), ListState(), [ViewColumn("annual_revenue", 0, "sum")])
    assert sorted(map(str, found[0].values)) == sorted(map(str, (Money(Decimal(100), "EUR"), Money(Decimal(5), "USD"))))


@pytest.mark.parametrize(("function", "value"), [("count", 5), ("filled", 4), ("empty", 1), ("distinct", 2)])
async def test_presence_is_counted_with_the_lists_filter(house: House, function: str, value: int) -> None:
    async with house.system() as work:
        await accounts(work)
        found = await feet(work, work.registry.get("account"), ListState(), [ViewColumn("industry", 0, function)])
    assert found[0].values == (value,)


async def test_the_median_of_an_even_number_is_between_the_two_in_the_middle(house: House) -> None:
    async with house.system() as work:
        for number in (1, 2, 10, 100):
            await work.create("account", {"name": f"N{number}", "employees": number})
        found = await feet(work, work.registry.get("account"), ListState(), [ViewColumn("employees", 0, "median")])
    assert found[0].values == (Decimal(6),)


async def test_a_sum_of_texts_is_left_out(house: House) -> None:
    async with house.system() as work:
        assert await feet(work, work.registry.get("account"), ListState(), [ViewColumn("name", 0, "sum")]) == []


@pytest.mark.parametrize("path", ["industry", "owner", "created_at", "is_active"])
async def test_each_group_holds_as_many_records_as_it_says(house: House, path: str) -> None:
    async with house.system() as work:
        await accounts(work)
        one = work.registry.get("account")
        if path not in one.all_fields:
            path = next(name for name, field in one.all_fields.items() if field.type_name == "boolean")
        found, more = await groups(work, one, ListState(), path)
        assert not more
        assert sum(group.count for group in found) == 5
        for group in found:
            only: Node = condition(work, one, path, group.key)
            assert len((await listing(work, one, ListState(), fixed=only)).rows) == group.count


async def test_groups_have_subtotals(house: House) -> None:
    async with house.system() as work:
        await accounts(work)
        one = work.registry.get("account")
        found, _ = await groups(work, one, ListState(), "industry", columns=[ViewColumn("annual_revenue", 0, "sum")])
    told = {group.key: [str(value) for figure in group.figures for value in figure.values] for group in found}
    assert told["retail"] == [str(Money(Decimal(30), "EUR"))]
    assert told["none"] == [str(Money(Decimal(5), "USD"))]


async def test_records_are_not_grouped_by_a_text(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid):
            await groups(work, work.registry.get("account"), ListState(), "name")


async def test_what_a_reader_may_not_see_is_no_column_and_no_figure(house: House) -> None:
    async with house.system() as work:
        await accounts(work)
        one = work.registry.get("account")
        wanted = [ViewColumn("nonsense", 0, "count"), ViewColumn("industry", 0, "filled")]
        assert [figure.path for figure in await feet(work, one, ListState(), wanted)] == ["industry"]
        found = await listing(work, one, ListState(order="nonsense,-name"), columns=("nonsense", "industry"))
    assert (found.left_out, found.order, [column.path for column in found.columns]) == (2, "-name", ["industry"])
