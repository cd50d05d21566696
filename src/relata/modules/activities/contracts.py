"""What other modules may import from activities: names of objects, commands, events."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

MODULE_NAME = "activities"

TASK = "task"
CALL = "call"
MEETING = "meeting"
NOTE = "note"
ATTENDEE = "guest"
ROOM = "room"
STEP = "task_step"
PLAN = "activity_plan"
PLAN_PART = "plan_part"
SUBSCRIPTION = "calendar_subscription"


class CompleteTask(msgspec.Struct, frozen=True):
    """The task is done."""

    task: UUID


class ReopenTask(msgspec.Struct, frozen=True):
    """The task is not done after all. due_on: a new day for it; the old one stays if left out."""

    task: UUID
    due_on: date | None = None


class SnoozeTask(msgspec.Struct, frozen=True):
    """The task is for another day. until: the next working day if left out."""

    task: UUID
    until: date | None = None


class StartPlan(msgspec.Struct, frozen=True):
    """Make a plan's tasks about a record. about_object: its object, such as account; about: its id. start_on: the day
    from which is counted; today if left out. owner: who does what the plan gives to nobody; the actor if left out."""

    activity_plan: UUID
    about_object: str
    about: UUID
    start_on: date | None = None
    owner: UUID | None = None


class StartAccountPlan(msgspec.Struct, frozen=True):
    """Make a plan's tasks about an account."""

    account: UUID
    activity_plan: UUID
    start_on: date | None = None


class StartContactPlan(msgspec.Struct, frozen=True):
    """Make a plan's tasks about a contact."""

    contact: UUID
    activity_plan: UUID
    start_on: date | None = None


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


class FollowUpCall(msgspec.Struct, frozen=True):
    """What is to be done after a call. due_on: the next working day if left out. next_step: the call's subject if left
    out."""

    call: UUID
    due_on: date | None = None
    next_step: str = ""


class TaskCompleted(msgspec.Struct, frozen=True):
    """A task was done."""

    task: UUID


class CallLogged(msgspec.Struct, frozen=True):
    """A call with a contact was written down."""

    call: UUID
    contact: UUID
    outcome: str


#: What a change of one of a series reaches: only this one, this and those after it, all of them.
Scope = Literal["this", "following", "all"]


class MoveOccurrence(msgspec.Struct, frozen=True):
    """One of a series takes place at another time. at: when the series has it. to, until: its new start and end; what
    is left out follows from the other."""

    meeting: UUID
    at: datetime
    to: datetime | None = None
    until: datetime | None = None
    scope: Scope = "this"


class ChangeOccurrence(msgspec.Struct, frozen=True):
    """One of a series becomes a meeting of its own that can be changed. at: when the series has it."""

    meeting: UUID
    at: datetime


class SkipOccurrence(msgspec.Struct, frozen=True):
    """The series leaves one out, or ends before it. at: when the series has it."""

    meeting: UUID
    at: datetime
    scope: Scope = "this"


class CloseMeeting(msgspec.Struct, frozen=True):
    """The meeting took place. outcome: what was agreed. next_step: makes a task with these words for that day; one of
    both is enough. at: which of a series; the latest one if left out."""

    meeting: UUID
    outcome: str = ""
    next_step: str = ""
    follow_up_on: date | None = None
    at: datetime | None = None


class ClosedMeeting(msgspec.Struct, frozen=True):
    """What closing made. meeting: the one that was held, of a series a meeting of its own. task: the next step."""

    meeting: UUID
    task: UUID | None = None


class MeetingHeld(msgspec.Struct, frozen=True):
    """A meeting took place."""

    meeting: UUID


class TakeCalendar(msgspec.Struct, frozen=True):
    """The events of a calendar file become meetings of a subscribed calendar; those that it no longer has go. text: the
    file, iCalendar."""

    calendar_subscription: UUID
    text: str


class TakenCalendar(msgspec.Struct, frozen=True):
    """What a file made. refused: events that could not be read, the first of them with its reason."""

    created: int
    changed: int
    removed: int
    refused: int
    why: str = ""


class InviteGuests(msgspec.Struct, frozen=True):
    """Everybody who is to come gets an invitation by mail, or what changed since the last one."""

    meeting: UUID


class ApplyReply(msgspec.Struct, frozen=True):
    """What a guest answered by mail. text: the calendar part of their mail (METHOD:REPLY or COUNTER). sender: the
    address that the mail came from; who answers for another address is not heard."""

    meeting: UUID
    text: str
    sender: str


class AnswerInvitation(msgspec.Struct, frozen=True):
    """email: the mail with the invitation. text: its calendar part. answer: accepted, tentative or declined."""

    email: UUID
    text: str
    answer: str


class AnsweredInvitation(msgspec.Struct, frozen=True):
    """meeting: where it stands in the calendar now."""

    meeting: UUID


class ProposeTime(msgspec.Struct, frozen=True):
    """Whoever invited us is asked whether it could be at another time; until they move it, it stays where it is. to:
    when it would begin; it lasts as long as it does."""

    meeting: UUID
    to: datetime


class AcceptProposal(msgspec.Struct, frozen=True):
    """The meeting moves to the time that a guest proposed; of a series, the one that they meant."""

    meeting: UUID
    guest: UUID


class RefuseProposal(msgspec.Struct, frozen=True):
    """The meeting stays where it is, and the guest who proposed another time is told so."""

    meeting: UUID
    guest: UUID
