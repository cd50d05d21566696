"""Quiet hours follow the person's wall clock, also in the nights in which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from relata.engine.collaboration.centre import snoozed_until
from relata.engine.collaboration.quiet import quiet_until

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-21T17:59", None),  # 18:59 in Berlin
        ("2026-11-21T18:00", "2026-11-22T06:30"),
        ("2026-11-22T05:00", "2026-11-22T06:30"),
        ("2026-11-22T06:30", None),
        ("2026-03-28T22:00", "2026-03-29T05:30"),  # clocks go forward in this night
        ("2026-10-24T20:00", "2026-10-25T06:30"),  # and back in this one
        ("2026-10-25T01:30", "2026-10-25T06:30"),
    ],
)
def test_a_night_ends_in_the_morning(now: str, end: str | None) -> None:
    assert quiet_until(at(now), BERLIN, "19:00", "07:30") == (at(end) if end else None)


def test_an_end_that_the_clock_skips_comes_all_the_same() -> None:
    assert quiet_until(at("2026-03-28T23:00"), BERLIN, "22:00", "02:30") == at("2026-03-29T01:30")


@pytest.mark.parametrize(("now", "end"), [("2026-11-21T11:30", "2026-11-21T12:00"), ("2026-11-21T12:00", None)])
def test_hours_of_one_day(now: str, end: str | None) -> None:
    assert quiet_until(at(now), BERLIN, "12:00", "13:00") == (at(end) if end else None)


@pytest.mark.parametrize(("start", "end"), [(None, "07:00"), ("19:00", None), ("07:00", "07:00"), ("", "")])
def test_half_of_them_are_none(start: str | None, end: str | None) -> None:
    assert quiet_until(at("2026-11-21T22:00"), BERLIN, start, end) is None


@pytest.mark.parametrize(
    ("until", "back"),
    [("hour", "2026-03-28T22:30"), ("tomorrow", "2026-03-29T06:00"), ("week", "2026-03-30T06:00")],
)
def test_snoozed_things_come_back_in_the_persons_morning(until: str, back: str) -> None:
    assert snoozed_until(at("2026-03-28T21:30"), BERLIN, until) == at(back)
