"""What goes wrong on a board and with rates: a clear answer, and nothing lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from relata.engine.ui.board_moves import move_card
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.money import Money
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_LINE, PLAYBOOK_QUESTION, STAGE
from relata.modules.sales.panels import deals
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House


async def test_a_card_is_not_dropped_into_a_stage_that_is_gone_meanwhile(house: House) -> None:
    async with house.system() as work:
        made, gone = await deal(work, "Proposal"), await stage(work, "Negotiation")
        await work.delete(gone)
        with pytest.raises(Invalid) as refused:
            await move_card(work, work.registry.get(OPPORTUNITY), "stage", made.id, str(gone.id), None)
        assert refused.value.field == "stage"
        (many,) = await work.change_many(OPPORTUNITY, [(made.id, {"stage": gone.id})])
        assert (many.did, many.problems[0].code) == ("refused", "invalid_link")
        assert (await work.get(OPPORTUNITY, made.id))["stage"] == made["stage"]


async def test_a_stage_with_deals_is_not_deleted(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, "Proposal")
        with pytest.raises(Conflict):
            await work.delete((STAGE, made["stage"]))
        assert (await work.get(STAGE, made["stage"]))["name"] == "Proposal"


async def test_a_rate_that_changes_in_the_middle_of_a_quarter_changes_what_is_open(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        rate = {"currency": "USD", "base": "EUR"}
        await work.create("exchange_rate", rate | {"valid_from": today - timedelta(days=40), "rate": "0.5"})
        won = await deal(work, "Won", amount="10 USD", close_date=today - timedelta(days=20))
        await work.create("exchange_rate", rate | {"valid_from": today - timedelta(days=10), "rate": "0.9"})
        late = await deal(work, "Won", amount="10 USD", close_date=today)
        strange = await deal(work, amount="10 XAG")
        again = await work.change((OPPORTUNITY, won.id), {"next_step": "Invoice"})
    assert again["company_amount"] == Money(Decimal("5.00"), "EUR")
    assert late["company_amount"] == Money(Decimal("9.00"), "EUR")
    assert (strange["amount"], strange["company_amount"]) == (Money(Decimal(10), "XAG"), None)


async def test_a_question_is_ticked_once_its_field_or_list_has_an_answer(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, "Proposal", amount="5 EUR")
        for question, answer in (("What for?", "next_step"), ("What do we offer?", "lines"), ("How much?", "amount")):
            await work.create(
                PLAYBOOK_QUESTION, {"question": question, "stage": made["stage"], "answered_by": answer, "position": 1}
            )
        before = {one.text: one.meaning for one in await deals.playbook(work, made)}
        line = {"opportunity": made.id, "name": "Duo", "unit_price": "5 EUR"}
        await work.create(OPPORTUNITY_LINE, line | {"recurrence": "monthly", "periods": 12})
        await work.create(OPPORTUNITY_LINE, line)
        await work.conclude()
        after = {one.text: one.meaning for one in await deals.playbook(work, await work.get(OPPORTUNITY, made.id))}
        shown = await work.show(OPPORTUNITY, made.id, ("amount", "recurring_total", "recurring_yearly"))
    assert (before["What for?"], before["What do we offer?"], before["How much?"]) == ("", "", "good")
    assert after["What do we offer?"] == "good"
    assert Decimal(str(shown["amount"]["amount"])) == 65
    assert Decimal(str(shown["recurring_total"])) == Decimal(str(shown["recurring_yearly"])) == 60
