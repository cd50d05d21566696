"""Decisions about gadgets: pure functions of values."""

from __future__ import annotations

from datetime import date

from relata.modules._example import errors


def check_can_lend(status: str, due_on: date, today: date) -> None:
    """Raise GadgetIsOut unless it is on the shelf, DueInThePast for a day that has passed; today is not past."""
    if status != "on_shelf":
        raise errors.GadgetIsOut
    if due_on < today:
        raise errors.DueInThePast
