"""Decisions about tasks, meetings and notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.modules.activities import errors, rules

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)


def test_a_task_that_becomes_done_was_done_now() -> None:
    assert rules.completed_at("done", None, NOW) == NOW


def test_an_imported_task_keeps_the_moment_in_which_it_was_done() -> None:
    assert rules.completed_at("done", EARLIER, NOW) == EARLIER


@pytest.mark.parametrize("status", ["open", "in_progress", "cancelled"])
def test_a_task_that_is_not_done_has_no_completion(status: str) -> None:
    assert rules.completed_at(status, EARLIER, NOW) is None


def test_a_meeting_lasts_an_hour_unless_somebody_says_otherwise() -> None:
    assert rules.end_of(NOW, None) == NOW + timedelta(hours=1)


def test_a_meeting_does_not_end_before_it_starts() -> None:
    with pytest.raises(errors.MeetingEndsBeforeStart):
        rules.end_of(NOW, EARLIER)


def test_a_meeting_that_is_moved_keeps_its_length() -> None:
    end = NOW + timedelta(minutes=25)
    moved = NOW + timedelta(days=2)
    assert rules.moved_end((NOW, end), moved) == moved + timedelta(minutes=25)


def test_a_meeting_without_an_end_is_moved_without_one() -> None:
    assert rules.moved_end((NOW, None), NOW + timedelta(days=2)) is None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Call her on Monday.\nNot before ten.", "Call her on Monday."),
        ("\n\n## **Budget**\n\n12,000", "Budget"),
        ("* first\n* second", "first"),
        ("---\n", "Note"),
    ],
)
def test_a_note_is_called_after_its_first_line(body: str, title: str) -> None:
    assert rules.title_of(body) == title


@given(st.text())
def test_a_note_always_has_a_title_that_fits(body: str) -> None:
    assert 1 <= len(rules.title_of(body)) <= rules.TITLE_LENGTH


def test_a_cancelled_task_is_not_completed() -> None:
    with pytest.raises(errors.TaskIsCancelled):
        rules.check_can_complete("cancelled")
