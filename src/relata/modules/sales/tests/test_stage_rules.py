"""What follows the stage of a deal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relata.modules.sales import errors, rules

TODAY = date(2026, 11, 21)
PROPOSAL = rules.StageFacts("open", Decimal(50), "best_case")
WON = rules.StageFacts("won", Decimal(100), "closed")
LOST = rules.StageFacts("lost", Decimal(0), "omitted")


def test_probability_follows_the_stage() -> None:
    assert rules.probability(PROPOSAL, rules.DealFacts("open")) == (Decimal(50), False)


def test_probability_that_was_sent_is_an_own_estimate() -> None:
    assert rules.probability(PROPOSAL, rules.DealFacts("open", probability=Decimal(65))) == (Decimal(65), True)


def test_probability_that_equals_the_stage_is_no_own_estimate() -> None:
    assert rules.probability(PROPOSAL, rules.DealFacts("open", probability=Decimal("50.00")))[1] is False


def test_an_own_estimate_survives_the_next_stage() -> None:
    assert rules.probability(PROPOSAL, rules.DealFacts("open", own_probability=Decimal(5))) == (Decimal(5), True)


def test_an_own_estimate_does_not_survive_closing_and_reopening() -> None:
    assert rules.probability(PROPOSAL, rules.DealFacts("lost", own_probability=Decimal(5))) == (Decimal(50), False)


@pytest.mark.parametrize(("stage", "certain"), [(WON, Decimal(100)), (LOST, Decimal(0))])
def test_a_closed_deal_is_certain_whatever_was_sent(stage: rules.StageFacts, certain: Decimal) -> None:
    assert rules.probability(stage, rules.DealFacts("open", probability=Decimal(42))) == (certain, False)


@pytest.mark.parametrize(("before", "after"), [("won", "lost"), ("lost", "won")])
def test_a_closed_deal_is_reopened_before_it_is_closed_otherwise(before: str, after: str) -> None:
    with pytest.raises(errors.OpportunityIsClosed, match=before):
        rules.check_move(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "open"), (None, "won"), (None, "lost"), ("open", "won"), ("open", "lost"), ("won", "open"), ("won", "won")],
)
def test_every_other_move_is_allowed(before: str | None, after: str) -> None:
    rules.check_move(before, after)


def test_closing_sets_the_day() -> None:
    assert rules.closed_on(WON, rules.DealFacts("open", close_date=date(2026, 12, 1)), TODAY) == TODAY


def test_the_day_of_the_signature_may_be_given() -> None:
    signed = date(2026, 11, 18)
    assert rules.closed_on(WON, rules.DealFacts("open", closed_on=signed), TODAY) == signed


def test_a_deal_that_is_imported_closed_was_closed_on_its_close_date() -> None:
    assert rules.closed_on(LOST, rules.DealFacts(close_date=date(2017, 3, 1)), TODAY) == date(2017, 3, 1)


def test_an_imported_deal_was_not_closed_in_the_future() -> None:
    assert rules.closed_on(WON, rules.DealFacts(close_date=date(2027, 3, 1)), TODAY) == TODAY


def test_reopening_clears_the_day() -> None:
    assert rules.closed_on(PROPOSAL, rules.DealFacts("won", closed_on=TODAY), TODAY) is None


@pytest.mark.parametrize(
    ("stage", "sent", "category"),
    [
        (PROPOSAL, None, "best_case"),
        (PROPOSAL, "commit", "commit"),
        (WON, "pipeline", "closed"),
        (LOST, None, "omitted"),
    ],
)
def test_forecast_follows_the_stage_until_someone_sets_it(
    stage: rules.StageFacts, sent: str | None, category: str
) -> None:
    assert rules.forecast_category(stage, sent) == category


@pytest.mark.parametrize(
    ("category", "sent", "probability"),
    [("won", Decimal(30), 100), ("lost", Decimal(30), 0), ("open", Decimal(30), 30), ("open", None, 0)],
)
def test_a_closing_stage_is_certain(category: str, sent: Decimal | None, probability: int) -> None:
    assert rules.stage_probability(category, sent) == probability
