"""Decisions about tasks, meetings and notes: pure functions of values."""

from __future__ import annotations

from datetime import datetime, timedelta

from relata.modules.activities import errors

#: How long a meeting lasts when nobody says.
USUAL_LENGTH = timedelta(hours=1)
#: Characters of a note's title that is taken from its text.
TITLE_LENGTH = 80


def completed_at(status: str, known: datetime | None, now: datetime) -> datetime | None:
    """When a task was done: the known moment, else now; nothing while it is not done."""
    return (known or now) if status == "done" else None


def end_of(starts_at: datetime, ends_at: datetime | None) -> datetime:
    """The end of a meeting, one hour after its start if unknown; raises MeetingEndsBeforeStart."""
    if ends_at is None:
        return starts_at + USUAL_LENGTH
    if ends_at < starts_at:
        raise errors.MeetingEndsBeforeStart
    return ends_at


def moved_end(before: tuple[datetime, datetime | None], starts_at: datetime) -> datetime | None:
    """The end of a meeting that was moved by its start alone: it lasts as long as before.

    before: the start and the end that it had.
    """
    old_start, old_end = before
    return None if old_end is None else old_end + (starts_at - old_start)


def title_of(body: str) -> str:
    """The first line that says something, without Markdown's signs, cut at a word to at most 80 characters."""
    lines = (line.strip().lstrip("#>*- ").strip("*_` ") for line in body.splitlines())
    line = next((line for line in lines if line), "Note")
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def check_can_complete(status: str) -> None:
    """Raise TaskIsCancelled for a cancelled task."""
    if status == "cancelled":
        raise errors.TaskIsCancelled
