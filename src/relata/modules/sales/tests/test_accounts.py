"""Account work: health with reasons, plans, what they could buy, who knows whom, competitors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.ui.panels import PanelItem
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import CALL, MEETING
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts, errors, rules
from relata.modules.sales.actions.account_health import assess_accounts
from relata.modules.sales.contracts import COMPETITOR, OPPORTUNITY
from relata.modules.sales.panels import accounts, competitors, knowing
from relata.modules.sales.reactions import follow_contact
from relata.modules.sales.tests.test_deals import deal, stage
from relata.modules.sales.tests.test_health import told
from relata.testing.house import House

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WELL = rules.AccountFacts(
    is_customer=True, since=NOW - timedelta(days=400), last_contact=NOW - timedelta(days=3), last_sent=None,
    last_reply=None, open_deals=1, at_risk=0, late_promises=0, high_risks=0, lost_last=None, people=3,
)  # fmt: skip


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("change", "reasons", "level"),
    [
        ({}, (), "good"),
        ({"last_contact": ago(61)}, ("no_contact",), "watch"),
        ({"last_contact": None, "since": ago(20)}, (), "good"),
        ({"last_contact": ago(20), "last_sent": ago(15)}, ("no_reply",), "watch"),
        ({"last_contact": ago(20), "last_sent": ago(15), "last_reply": ago(14)}, (), "good"),
        ({"open_deals": 0, "people": 1}, ("nothing_open", "few_people"), "watch"),
        ({"is_customer": False, "open_deals": 0}, (), "good"),
        ({"at_risk": 1, "lost_last": ago(30)}, ("deals_at_risk", "lost_last"), "at_risk"),
        ({"lost_last": ago(181), "high_risks": 1}, ("high_risk",), "watch"),
    ],
)
def test_a_relationship_is_judged_by_what_a_person_would_ask(
    change: dict[str, Any], reasons: tuple[str, ...], level: str
) -> None:
    found = rules.account_reasons(replace(WELL, **change), NOW)
    assert (found, rules.account_health(found)) == (reasons, level)


touches = st.builds(
    rules.Touch, st.sampled_from(("meeting", "call", "mail_in", "mail_out")), st.integers(0, 900).map(ago)
)


@given(st.lists(touches, max_size=6), touches)
def test_one_more_touch_never_weakens_a_tie_and_age_does(known: list[rules.Touch], more: rules.Touch) -> None:
    tie, closer = rules.Tie(list(known)), rules.Tie([*known, more])
    assert closer.strength(NOW) > tie.strength(NOW)
    assert closer.strength(NOW + timedelta(days=30)) < closer.strength(NOW)


@given(
    st.sets(st.integers(1, 5)), st.sets(st.integers(1, 5)),
    st.dictionaries(st.integers(1, 9), st.integers(1, 12)), st.integers(0, 12),
)  # fmt: skip
def test_a_gap_is_never_what_they_bought(
    bought: set[int], offered: set[int], buyers: dict[int, int], similar: int
) -> None:
    have, open_ = {UUID(int=one) for one in bought}, {UUID(int=one) for one in offered}
    gaps = rules.white_space(have, open_, {UUID(int=key): count for key, count in buyers.items()}, similar)
    assert not have & {gap.product for gap in gaps}
    assert all(0.2 <= gap.share <= 1 for gap in gaps)
    assert [gap.buyers for gap in gaps] == sorted((gap.buyers for gap in gaps), reverse=True)


async def company(work: Workspace, name: str = "Hafen Hotel", **values: Any) -> UUID:
    return (await work.create(ACCOUNT, {"name": name, "type": "customer"} | values)).id


async def test_a_call_with_one_of_their_people_is_contact_with_the_account(house: House) -> None:
    async with house.system() as work:
        account = await company(work)
        person = await work.create(CONTACT, {"name": "Nadia Berger", "account": account})
        at = work.clock.now - timedelta(days=2)
        call = await work.create(CALL, {"subject": "Price", "at": at, "contact": person.id})
        await follow_contact(work, told(CALL, call.id, {"contact": str(person.id)}))
        found = await work.get(ACCOUNT, account)
        assert found["last_contact_at"] == call["at"]
        assert (found["health"], found["health_reasons"]) == ("watch", ("nothing_open", "few_people"))
        assert [one.meaning for one in await accounts.health(work, found)] == ["warning", "warning", ""]
        await work.change(found, {"type": "supplier"})
        await assess_accounts(work, [account])
        assert (await work.get(ACCOUNT, account))["health"] is None


async def test_a_group_is_added_up_at_any_depth(house: House) -> None:
    async with house.system() as work:
        top = await company(work, "Top")
        middle = await company(work, "Middle", parent=top)
        low = await company(work, "Low", parent=middle)
        for account, amount in ((top, "1 EUR"), (middle, "10 EUR"), (low, "100 EUR")):
            await deal(work, account=account, amount=amount)
        whole, none = [await accounts.group(work, await work.get(ACCOUNT, key)) for key in (top, low)]
    assert [(one.note, one.amount.amount if one.amount else None) for one in whole] == [
        ("2 companies", None), ("3 deals", 111), ("0 deals", 0),
    ]  # fmt: skip
    assert none == []


async def test_what_belongs_to_a_plan_belongs_to_its_account(house: House) -> None:
    async with house.system() as work:
        account, other = await company(work), await company(work, "Other")
        plan = await work.create(contracts.ACCOUNT_PLAN, {"name": "2026", "account": account, "target": "1000 EUR"})
        goal = await work.create(contracts.PLAN_GOAL, {"name": "Every floor", "account": account})
        risk = await work.create(contracts.PLAN_RISK, {"name": "They move", "plan": plan.id})
        assert (goal["plan"], risk["account"]) == (plan.id, account)
        with pytest.raises(errors.PlanOfOtherAccount):
            await work.create(contracts.PLAN_GOAL, {"name": "x", "account": other, "plan": plan.id})
        with pytest.raises(errors.PlanEndsBeforeItBegins):
            await work.change(plan, {"starts_on": "2026-05-01", "ends_on": "2026-04-01"})
        await deal(work, "Won", account=account, amount="400 EUR")
        lines = await accounts.plan(work, await work.get(ACCOUNT, account))
    assert next(one.note for one in lines if one.text == "Won in this time") == "40 % of the target"
    assert next(one.value for one in lines if one.text == "Goals") == "0 of 1 reached"


async def test_white_space_is_what_similar_customers_bought(house: House) -> None:
    async with house.system() as work:
        machine = (await work.create("product", {"name": "Duo", "code": "D", "unit_price": "100 EUR"})).id
        beans = (await work.create("product", {"name": "Beans", "code": "B", "unit_price": "10 EUR"})).id
        me = await company(work, "Me", industry="hospitality")
        for number in range(4):
            account = me if number == 0 else await company(work, f"Hotel {number}", industry="hospitality")
            one = await deal(work, account=account)
            for product in (beans,) if number == 0 else (beans, machine):
                await work.create("opportunity_line", {"opportunity": one.id, "product": product, "quantity": 1})
            await work.change(one, {"stage": (await stage(work, "Won")).id})
        found = await accounts.gaps(work, await work.get(ACCOUNT, me))
    assert [(one.text, one.value) for one in found] == [("Duo", "100 %")]
    assert found[0].note.startswith("3 of 3 customers in Hospitality")


async def test_whom_to_ask_is_who_met_them_and_only_what_the_reader_may_see(house: House) -> None:
    mira, ben = await house.person("mira", "sales_rep"), await house.person("ben", "sales_rep")
    async with house.system() as work:
        account = await company(work, owner=ben)
        nadia = await work.create(CONTACT, {"name": "Nadia Berger", "account": account, "owner": ben})
        jonas = await work.create(CONTACT, {"name": "Jonas Kern", "account": account, "owner": ben})
        for days in (3, 30):
            at = work.clock.now - timedelta(days=days)
            values = {"subject": "Offer", "status": "held", "starts_at": at, "contacts": (nadia.id,), "owner": mira}
            await work.create(MEETING, values)
        at = work.clock.now - timedelta(days=1)
        await work.create(CALL, {"subject": "Hello", "at": at, "contact": nadia.id, "owner": ben})
        whole = await knowing.of_contact(work, nadia)
        way = await knowing.of_contact(work, jonas)
        there = await knowing.of_account(work, await work.get(ACCOUNT, account))
    async with house.as_person(ben) as work:
        theirs = await knowing.of_contact(work, await work.get(CONTACT, nadia.id))
    assert _words(whole) == [("Ask mira", "2 meetings"), ("Ask ben", "1 call")]
    assert whole[0].day == (datetime.now(UTC) - timedelta(days=3)).date()
    assert _words(way)[-1] == ("Ask mira, through Nadia Berger", "same company · 2 meetings")
    assert _words(there)[0] == ("Nadia Berger", "Ask mira: 2 meetings")
    assert _words(theirs) == [("You", "1 call")]


def _words(items: list[PanelItem]) -> list[tuple[str, str]]:
    return [(one.text, one.note) for one in items]


async def test_a_competitor_tells_how_we_fare(house: House) -> None:
    async with house.system() as work:
        rival = await work.create(COMPETITOR, {"name": "Vendaro", "answer": "Offer a short term."})
        other = await work.create(COMPETITOR, {"name": "Kapsula"})
        one = await deal(work, "Won", competitors=(rival.id, other.id), amount="100 EUR")
        await deal(work, "Won", competitors=(rival.id,), amount="50 EUR")
        await deal(work, "Lost", competitors=(rival.id,), lost_reason="price")
        await deal(work, competitors=(rival.id,))
        lines = await competitors.against(work, rival)
        review = contracts.ReviewOpportunity(one.id, "Taste", rival.id)
        await work.run(review)
        assert [(line.text, line.value or line.note) for line in lines] == [
            ("Win rate", "67 %"), ("Open", "1 deal"), ("Won", "2 deals"), ("Lost", "1 deal"),
        ]  # fmt: skip
        in_deal = await competitors.in_deal(work, await work.get(OPPORTUNITY, one.id))
        assert _words(in_deal) == [("Vendaro", "Offer a short term."), ("Kapsula", "")]
        assert await work.count(contracts.DEAL_REVIEW, rival=rival.id) == 1
