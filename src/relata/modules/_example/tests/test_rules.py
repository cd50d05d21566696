"""Decisions about gadgets."""

from __future__ import annotations

from datetime import date

import pytest

from relata.modules._example import errors, rules

TODAY = date(2026, 11, 21)


def test_what_is_on_the_shelf_may_be_lent_until_today() -> None:
    rules.check_can_lend("on_shelf", TODAY, TODAY)


def test_what_is_out_is_not_lent() -> None:
    with pytest.raises(errors.GadgetIsOut):
        rules.check_can_lend("lent", TODAY, TODAY)


def test_nothing_is_due_in_the_past() -> None:
    with pytest.raises(errors.DueInThePast):
        rules.check_can_lend("on_shelf", date(2026, 11, 20), TODAY)
