"""What other modules may import from activities: names of objects, commands, events."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

MODULE_NAME = "activities"

TASK = "task"
CALL = "call"
MEETING = "meeting"
NOTE = "note"


class CompleteTask(msgspec.Struct, frozen=True):
    """The task is done."""

    task: UUID


class ReopenTask(msgspec.Struct, frozen=True):
    """The task is not done after all. due_on: a new day for it; the old one stays if left out."""

    task: UUID
    due_on: date | None = None


class LogCall(msgspec.Struct, frozen=True):
    """A call with a contact that took place. at: now if left out. follow_up_on: makes a task for that day."""

    contact: UUID
    subject: str
    outcome: str = "connected"
    direction: str = "outbound"
    at: datetime | None = None
    duration: timedelta | None = None
    summary: str = ""
    follow_up_on: date | None = None


class LoggedCall(msgspec.Struct, frozen=True):
    """What logging a call made. task: the follow-up, if one was asked for."""

    call: UUID
    task: UUID | None = None


class TaskCompleted(msgspec.Struct, frozen=True):
    """A task was done."""

    task: UUID


class CallLogged(msgspec.Struct, frozen=True):
    """A call with a contact was written down."""

    call: UUID
    contact: UUID
    outcome: str
