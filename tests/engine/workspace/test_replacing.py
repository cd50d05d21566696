"""Columns of boards and options of choices: put in order, retired, and what their records get instead."""

from __future__ import annotations

import pytest

from relata.engine.ui.board_columns import columns, retire_column, save_columns
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.replacing import counts_of, replace_value, replaceable
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.testing.house import House


async def titles(work: Workspace) -> list[str]:
    return [record.title for record in (await columns(work, "opportunity")).records]


async def test_stages_are_ordered_renamed_and_added_in_one_go(house: House) -> None:
    async with house.system() as work:
        before = list((await columns(work, "opportunity")).records)
        rows = [(record.id, {"name": record.title}) for record in reversed(before)]
        rows[0] = (rows[0][0], {"name": "Gone elsewhere"})
        await save_columns(work, "opportunity", "", [*rows, (None, {"name": "Paused", "category": "open"})])
        assert await titles(work) == ["Gone elsewhere", *[one.title for one in reversed(before)][1:], "Paused"]


async def test_a_wrong_row_is_named_and_nothing_is_kept(open_house: House) -> None:
    async with open_house.system() as work:
        before = await titles(work)
        records = (await columns(work, "opportunity")).records
    rows = [(records[1].id, {"name": "Fine"}), (records[0].id, {"probability": "many"})]
    with pytest.raises(Invalid) as refused:
        await open_house.door.run(
            open_house.key, None, lambda work: save_columns(work, "opportunity", "", rows), via="test"
        )
    assert [problem.field for problem in refused.value.problems] == ["1.probability"]
    async with open_house.system() as work:
        assert await titles(work) == before


async def test_a_stage_with_deals_goes_only_when_they_have_a_place(house: House) -> None:
    async with house.system() as work:
        first, second, *_others = (await columns(work, "opportunity")).records
        account = await work.create("account", {"name": "Nord"})
        deal = await work.create("opportunity", {"name": "Machines", "account": account.id, "stage": first.id})
        with pytest.raises(Invalid):
            await retire_column(work, "opportunity", first.id, None)
        assert await retire_column(work, "opportunity", first.id, second.id) == 1
        assert (await work.get("opportunity", deal.id))["stage"] == second.id
        assert first.title not in await titles(work)


async def test_an_option_is_replaced_on_every_record_with_history(house: House) -> None:
    async with house.system() as work:
        one = work.registry.get("account")
        industry = replaceable(one, "industry")
        old, new = (option.value for option in industry.options[:2])  # type: ignore[union-attr]
        made = [await work.create("account", {"name": name, "industry": old}) for name in ("Nord", "Sued")]
        assert await replace_value(work, one, industry, old, new) == 2
        assert (await counts_of(work, one, industry)).get(old) is None
        changed = (await work.history(await work.get("account", made[0].id)))[0]
        assert (changed.before["industry"], changed.after["industry"]) == (old, new)
        with pytest.raises(Invalid):
            await replace_value(work, one, industry, new, new)
        with pytest.raises(NotFound):
            replaceable(one, "nothing")


async def test_what_one_may_not_change_stands_in_the_way(open_house: House) -> None:
    grants = {"*": {"read": "all", "create": "all", "change": "own"}}
    async with open_house.system() as work:
        one = work.registry.get("account")
        old, new = (option.value for option in replaceable(one, "industry").options[:2])  # type: ignore[union-attr]
        await work.create("account", {"name": "Nord", "industry": old})
    await Administration(open_house.door, open_house.key, None).put(
        "role", "keeper", {"grants": grants, "permissions": ["manage_objects"]}
    )
    keeper = await open_house.person("Kim", "keeper")
    member = await open_house.person("Max", "member")
    industry = replaceable(one, "industry")
    for who, error in ((keeper, Conflict), (member, Denied)):
        with pytest.raises(error):
            await open_house.door.run(
                open_house.key, who, lambda work: replace_value(work, one, industry, old, new), via="test"
            )
