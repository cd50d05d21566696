"""Coming to a stage: allowed moves, what must be filled in, reasons, and what is learnt afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from relata.foundation.errors import Invalid
from relata.foundation.money import Money
from relata.modules.sales import contracts, errors, rules
from relata.modules.sales.contracts import DEAL_REVIEW, OPPORTUNITY, PIPELINE, STAGE
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House


def test_a_zero_is_an_answer() -> None:
    assert rules.missing(("amount", "next_step", "tags"), {"amount": 0, "next_step": "", "tags": ()}) == [
        "next_step",
        "tags",
    ]


async def test_a_stage_tells_everything_that_it_misses(house: House) -> None:
    async with house.system() as work:
        made, proposal = await deal(work, "Qualification"), await stage(work, "Proposal")
        await work.change(proposal, {"required_fields": ["amount", "close_date", "buying_roles"]})
        with pytest.raises(Invalid) as refused:
            await work.change(made, {"stage": proposal.id, "close_date": "2026-05-01"})
        (outcome,) = await work.change_many(OPPORTUNITY, [(made.id, {"stage": proposal.id})])
    assert [problem.field for problem in refused.value.problems] == ["amount", "buying_roles"]
    assert [problem.field for problem in outcome.problems] == ["amount", "close_date", "buying_roles"]


async def test_what_is_sent_with_the_move_counts(house: House) -> None:
    async with house.system() as work:
        made, proposal = await deal(work, "Qualification"), await stage(work, "Proposal")
        await work.change(proposal, {"required_fields": ["amount"]})
        moved = await work.change(made, {"stage": proposal.id, "amount": Money(Decimal(5), "EUR")})
    assert moved["stage"] == proposal.id


async def test_a_stage_requires_only_what_exists(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(errors.NoSuchField):
            await work.change(await stage(work, "Proposal"), {"required_fields": ["budget_of_the_moon"]})


async def test_a_stage_says_where_a_deal_may_go(house: House) -> None:
    async with house.system() as work:
        made, won = await deal(work, "Qualification"), await stage(work, "Won")
        step = await stage(work, "Needs analysis")
        await work.change((STAGE, made["stage"]), {"next_stages": [step.id]})
        with pytest.raises(errors.MoveNotAllowed, match="does not go to Won"):
            await work.change(made, {"stage": won.id})
        moved = await work.change(made, {"stage": step.id})
    assert moved["stage"] == step.id


async def test_a_pipeline_defines_its_reasons(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.change((PIPELINE, made["pipeline"]), {"lost_reasons": ["timing"]})
        with pytest.raises(errors.ReasonNotOffered):
            await work.run(contracts.LoseOpportunity(made.id, "price"))
        await work.run(contracts.LoseOpportunity(made.id, "timing"))
        lost = await work.get(OPPORTUNITY, made.id)
    assert lost["lost_reason"] == "timing"


async def test_a_review_takes_outcome_and_reason_from_the_deal(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        with pytest.raises(errors.NothingToReview):
            await work.run(contracts.ReviewOpportunity(made.id, "Too early"))
        await work.run(contracts.WinOpportunity(made.id, reason="fit"))
        await work.run(contracts.ReviewOpportunity(made.id, "The tasting", next_time="Invite the canteen, too."))
        review = await work.first(DEAL_REVIEW, opportunity=made.id)
    assert review is not None
    assert (review["outcome"], review["reason"], review["decided"]) == ("won", "fit", "The tasting")
