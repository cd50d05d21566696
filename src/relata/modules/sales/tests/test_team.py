"""Who works on a deal sees it; whose result it counts for adds up."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.money import Money
from relata.modules.sales import errors, rules
from relata.modules.sales.contracts import DEAL_MEMBER, OPPORTUNITY, REVENUE_SPLIT
from relata.modules.sales.tests.test_deals import deal
from relata.testing.house import House

PEOPLE = [UUID(int=number) for number in range(1, 6)]
shares_of_all = st.dictionaries(st.sampled_from(PEOPLE), st.decimals(0, 100, places=2), max_size=5)


@given(shares_of_all, st.sampled_from(PEOPLE), st.sets(st.sampled_from(PEOPLE)))
def test_splits_add_up_or_are_refused(shares: dict[UUID, Decimal], owner: UUID, written: set[UUID]) -> None:
    try:
        share = rules.owner_share(shares, owner, written)
    except errors.SplitsDoNotAddUp:
        others = sum((part for person, part in shares.items() if person != owner), Decimal(0))
        assert owner in written or others > 100
        return
    balanced = shares if share is None else {**shares, owner: share}
    assert sum(balanced.values(), Decimal(0)) == (100 if balanced else 0)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10000), max_size=6), st.sampled_from(("EUR", "JPY", "KWD")))
def test_shares_of_an_amount_add_up_to_it_to_the_cent(minor: int, cuts: list[int], currency: str) -> None:
    ends = [0, *sorted(cuts), 10000]
    percents = {UUID(int=at + 1): Decimal(high - low) / 100 for at, (low, high) in enumerate(pairwise(ends))}
    amount = Money(Decimal(minor) / 1000, currency)
    parts = rules.amounts_of(amount, percents)
    assert sum((part.amount for part in parts.values()), Decimal(0)) == amount.rounded().amount
    assert all(part == part.rounded() and part.amount >= 0 for part in parts.values())
    exact = {key: amount.amount * percent / 100 for key, percent in percents.items()}
    assert all(abs(part.amount - exact[key]) < 1 for key, part in parts.items())


async def test_shares_follow_the_amount_of_the_deal(house: House) -> None:
    ada, ben, cy = [await house.person(name, "member") for name in ("ada", "ben", "cy")]
    async with house.system() as work:
        made = await deal(work, owner=ada, amount="0.10 EUR")
        for person in (ben, cy):
            await work.create(REVENUE_SPLIT, {"opportunity": made.id, "person": person, "percent": "33.33"})
        overlay = {"opportunity": made.id, "person": ben, "kind": "overlay", "percent": 50}
        await work.create(REVENUE_SPLIT, overlay)
        await work.conclude()
        first = [one["amount"].amount for one in await work.find(REVENUE_SPLIT, opportunity=made.id, order="kind")]
        await work.change((OPPORTUNITY, made.id), {"amount": "90 USD"})
        await work.conclude()
        then = await work.find(REVENUE_SPLIT, opportunity=made.id, kind="revenue")
    assert sorted(map(str, first)) == ["0.03", "0.03", "0.04", "0.05"]
    assert sum(one["amount"].amount for one in then) == 90
    assert {one["amount"].currency for one in then} == {"USD"}


async def splits(work: Workspace, deal_id: UUID) -> dict[UUID, Decimal]:
    """Shares by person."""
    found = await work.find(REVENUE_SPLIT, opportunity=deal_id, kind="revenue")
    return {one["person"]: one["percent"] for one in found}


async def test_the_owner_has_the_rest(house: House) -> None:
    ada, ben = await house.person("ada", "member"), await house.person("ben", "member")
    async with house.system() as work:
        made = await deal(work, owner=ada)
        split = await work.create(REVENUE_SPLIT, {"opportunity": made.id, "person": ben, "percent": 40})
        await work.conclude()
        assert await splits(work, made.id) == {ada: Decimal(60), ben: Decimal(40)}
        await work.change(split, {"percent": 100})
        await work.conclude()
        assert await splits(work, made.id) == {ben: Decimal(100)}


async def test_an_overlay_stands_beside_the_whole(house: House) -> None:
    ada, ben = await house.person("ada", "member"), await house.person("ben", "member")
    async with house.system() as work:
        made = await deal(work, owner=ada)
        values = {"opportunity": made.id, "person": ben, "kind": "overlay", "percent": 80}
        await work.create(REVENUE_SPLIT, values)
        await work.conclude()
        assert await splits(work, made.id) == {}


async def test_more_than_everything_is_refused(house: House) -> None:
    ada, ben = await house.person("ada", "member"), await house.person("ben", "member")
    async with house.system() as work:
        made = await deal(work, owner=ada)
        for person in (ada, ben):
            await work.create(REVENUE_SPLIT, {"opportunity": made.id, "person": person, "percent": 70})
        with pytest.raises(errors.SplitsDoNotAddUp, match="140 %"):
            await work.conclude()


async def test_who_joins_the_team_sees_the_deal_until_they_leave(house: House) -> None:
    ada, ben = await house.person("ada", "sales_rep"), await house.person("ben", "sales_rep")
    async with house.system() as work:
        made = await deal(work, owner=ada)
        member = await work.create(DEAL_MEMBER, {"opportunity": made.id, "person": ben})
    async with house.as_person(ben) as work:
        assert (await work.get(OPPORTUNITY, made.id)).id == made.id
        await work.change((OPPORTUNITY, made.id), {"next_step": "Show the machine"})
    async with house.system() as work:
        await work.delete(member)
    async with house.as_person(ben) as work:
        with pytest.raises(NotFound):
            await work.get(OPPORTUNITY, made.id)


async def test_who_may_only_look_chooses_no_team(house: House) -> None:
    ada, ben = await house.person("ada", "sales_rep"), await house.person("ben", "sales_rep")
    async with house.system() as work:
        made = await deal(work, owner=ada)
        await work.create(DEAL_MEMBER, {"opportunity": made.id, "person": ben, "access": "read"})
    async with house.as_person(ben) as work:
        with pytest.raises(errors.NotYourDeal):
            await work.create(DEAL_MEMBER, {"opportunity": made.id, "person": ada})
