"""Deals through the door: what follows the stage, and the buttons."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.money import Money
from relata.modules.sales import contracts
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_LINE
from relata.testing.house import House


async def stage(work: Workspace, name: str) -> Record:
    """A stage of the pipeline that a new workspace has."""
    found = await work.first("stage", name=name)
    assert found is not None
    return found


async def deal(work: Workspace, stage_name: str = "Proposal", **values: Any) -> Record:
    """A deal in that stage."""
    at = await stage(work, stage_name)
    return await work.create(OPPORTUNITY, {"name": "Two machines", "stage": at.id, **values})


async def test_a_new_deal_starts_at_the_first_stage_of_the_default_pipeline(house: House) -> None:
    async with house.system() as work:
        made = await work.create(OPPORTUNITY, {"name": "Two machines"})
        assert made["stage"] == (await stage(work, "Qualification")).id
    assert (made["status"], made["probability"], made["forecast_category"]) == ("open", Decimal(10), "pipeline")


async def test_moving_a_card_moves_what_follows_the_stage(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, "Qualification")
        moved = await work.change(made, {"stage": (await stage(work, "Negotiation")).id})
    assert (moved["probability"], moved["own_probability"]) == (Decimal(75), False)
    assert moved["forecast_category"] == "commit"


async def test_an_own_estimate_stays_until_it_is_emptied(house: House) -> None:
    async with house.system() as work:
        made = await work.change(await deal(work, "Qualification"), {"probability": 60})
        moved = await work.change(made, {"stage": (await stage(work, "Proposal")).id})
        emptied = await work.change(moved, {"probability": None})
    assert (moved["probability"], moved["own_probability"]) == (Decimal(60), True)
    assert (emptied["probability"], emptied["own_probability"]) == (Decimal(50), False)


async def test_winning_moves_to_the_won_stage_and_notes_the_day(house: House) -> None:
    signed = date(2026, 3, 4)
    async with house.system() as work:
        made = await deal(work, amount=Money(Decimal(900), "EUR"))
        await work.run(contracts.WinOpportunity(made.id, closed_on=signed))
        won = await work.get(OPPORTUNITY, made.id)
    assert (won["status"], won["probability"], won["closed_on"]) == ("won", Decimal(100), signed)


async def test_winning_twice_leaves_the_first_day(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.run(contracts.WinOpportunity(made.id, closed_on=date(2026, 3, 4)))
        await work.run(contracts.WinOpportunity(made.id))
        won = await work.get(OPPORTUNITY, made.id)
    assert won["closed_on"] == date(2026, 3, 4)


async def test_losing_notes_the_reason_and_reopening_clears_it(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.run(contracts.LoseOpportunity(made.id, "price", "Too dear by a third."))
        lost = await work.get(OPPORTUNITY, made.id)
        await work.run(contracts.ReopenOpportunity(made.id))
        opened = await work.get(OPPORTUNITY, made.id)
    assert (lost["status"], lost["lost_reason"], lost["probability"]) == ("lost", "price", Decimal(0))
    assert opened["status"] == "open"
    assert (opened["lost_reason"], opened["lost_note"], opened["closed_on"]) == (None, None, None)


async def test_losing_needs_a_known_reason(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        with pytest.raises(Invalid) as refused:
            await work.run(contracts.LoseOpportunity(made.id, "bad luck"))
    assert refused.value.field == "lost_reason"


async def test_a_won_deal_is_not_lost_by_a_slip_of_the_hand(house: House) -> None:
    async with house.system() as work:
        won = await deal(work, "Won")
        with pytest.raises(Conflict, match="won already"):
            await work.change(won, {"stage": (await stage(work, "Lost")).id})


async def test_an_imported_won_deal_was_won_on_its_close_date(house: House) -> None:
    async with house.system() as work:
        won = await deal(work, "Won", close_date=date(2017, 3, 1))
    assert (won["status"], won["closed_on"]) == ("won", date(2017, 3, 1))


async def test_a_stage_of_another_pipeline_is_refused(house: House) -> None:
    async with house.system() as work:
        other = await work.create("pipeline", {"name": "Renewals"})
        with pytest.raises(Invalid) as refused:
            await deal(work, pipeline=other.id)
    assert refused.value.code == "stage_of_other_pipeline"


async def test_lines_take_price_and_name_from_the_product_and_add_up(house: House) -> None:
    async with house.system() as work:
        product = await work.create("product", {"name": "Uno", "unit_price": Money(Decimal("99.99"), "EUR")})
        made = await deal(work)
        values = {"opportunity": made.id, "product": product.id, "quantity": 3, "discount": 10}
        line = await work.create(OPPORTUNITY_LINE, values)
        await work.conclude()
        changed = await work.get(OPPORTUNITY, made.id)
    assert (line["name"], line["total"]) == ("Uno", Money(Decimal("269.97"), "EUR"))
    assert changed["amount"] == Money(Decimal("269.97"), "EUR")


async def test_a_deals_price_book_decides_by_quantity(house: House) -> None:
    async with house.system() as work:
        product = await work.create("product", {"name": "Uno", "unit_price": Money(Decimal(100), "EUR")})
        book = await work.create("price_book", {"name": "Framework", "currency": "EUR"})
        for price, quantity in ((95, 1), (80, 10)):
            values = {"price_book": book.id, "product": product.id, "minimum_quantity": quantity}
            await work.create("price_book_entry", values | {"unit_price": Money(Decimal(price), "EUR")})
        made = await deal(work, price_book=book.id)
        values = {"opportunity": made.id, "product": product.id}
        few = await work.create(OPPORTUNITY_LINE, values | {"quantity": 9})
        many = await work.create(OPPORTUNITY_LINE, values | {"quantity": 10})
    assert (few["unit_price"].amount, many["unit_price"].amount) == (Decimal(95), Decimal(80))


async def test_an_account_shows_what_is_open_and_what_was_won(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Amber Labs"})
        for name, amount in (("Proposal", 100), ("Negotiation", 50), ("Won", 700), ("Lost", 9)):
            await deal(work, name, account=account.id, amount=Money(Decimal(amount), "EUR"))
        await work.settle()
        shown = await work.show("account", account.id)
    assert (shown["open_opportunities"], Decimal(shown["open_amount"])) == (2, Decimal(150))
    assert (shown["won_opportunities"], Decimal(shown["won_amount"])) == (1, Decimal(700))


async def test_a_deal_whose_day_has_passed_is_overdue_until_it_is_closed(house: House) -> None:
    async with house.system() as work:
        yesterday = work.clock.today - timedelta(days=1)
        await deal(work, close_date=yesterday)
        await deal(work, "Won", close_date=yesterday)
        assert await work.count(OPPORTUNITY, "is_overdue = true") == 1
