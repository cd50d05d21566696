"""Working on the conversations of a shared mailbox: who sees to one, until when it sleeps, that it is done, and who of
us is just answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.templates.filling import one_of
from relata.engine.metadata.module import Schedule, action
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: Who typed this long ago is still at it.
_ANSWERING = timedelta(minutes=10)


class TakeConversation(msgspec.Struct, frozen=True):
    """email_thread: the conversation."""

    email_thread: UUID


class AssignConversation(msgspec.Struct, frozen=True):
    """email_thread: the conversation. assignee: who sees to it from now on."""

    email_thread: UUID
    assignee: UUID


class SnoozeConversation(msgspec.Struct, frozen=True):
    """email_thread: the conversation. snoozed_until: when it comes back."""

    email_thread: UUID
    snoozed_until: datetime


class CloseConversation(msgspec.Struct, frozen=True):
    """email_thread: the conversation."""

    email_thread: UUID


class ReopenConversation(msgspec.Struct, frozen=True):
    """email_thread: the conversation."""

    email_thread: UUID


@action(
    TakeConversation, on=EMAIL_THREAD, label="I see to it", icon="user-check",
    offered="assignee is null or assignee != me()", help="The conversation becomes yours.",
)  # fmt: skip
async def take_conversation(work: Workspace, command: TakeConversation) -> None:
    await work.change((EMAIL_THREAD, command.email_thread), {"assignee": work.actor.user})


@action(
    AssignConversation, on=EMAIL_THREAD, label="Assign", icon="user-plus", help="Somebody else sees to it.",
)  # fmt: skip
async def assign_conversation(work: Workspace, command: AssignConversation) -> None:
    await work.change((EMAIL_THREAD, command.email_thread), {"assignee": command.assignee})


@action(
    SnoozeConversation, on=EMAIL_THREAD, label="Snooze", icon="alarm-clock", offered='state != "closed"',
    help="It leaves the open ones until then, or until they write.",
)  # fmt: skip
async def snooze_conversation(work: Workspace, command: SnoozeConversation) -> None:
    until = command.snoozed_until
    if until.tzinfo is None:  # as the person's clock shows it
        until = until.replace(tzinfo=ZoneInfo(work.actor.zone))
    if until <= work.clock.now:
        problem = Problem("past", _("This moment has passed."), "snoozed_until", _("Choose a later one."))
        raise Invalid.of([problem])
    await work.change((EMAIL_THREAD, command.email_thread), {"state": "snoozed", "snoozed_until": until})


@action(
    CloseConversation, on=EMAIL_THREAD, label="Close", icon="check", offered='state != "closed"',
    help="Nothing is left to do; it opens again when they write.",
)  # fmt: skip
async def close_conversation(work: Workspace, command: CloseConversation) -> None:
    await work.change((EMAIL_THREAD, command.email_thread), {"state": "closed", "snoozed_until": None})


@action(
    ReopenConversation, on=EMAIL_THREAD, label="Open again", icon="rotate-ccw", offered='state != "open"',
    help="Somebody has to see to it.",
)  # fmt: skip
async def reopen_conversation(work: Workspace, command: ReopenConversation) -> None:
    await work.change((EMAIL_THREAD, command.email_thread), {"state": "open", "snoozed_until": None})


ACTIONS = (take_conversation, assign_conversation, snooze_conversation, close_conversation, reopen_conversation)


async def wake(work: Workspace) -> None:
    """Conversations whose sleep is over are open again. work: the system's."""
    for thread in await work.find(EMAIL_THREAD, 'state = "snoozed" and snoozed_until <= now()'):
        await work.change(thread, {"state": "open", "snoozed_until": None})


SCHEDULES = (
    Schedule("wake_conversations", "* * * * *", wake, "Opens conversations whose sleep is over."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """Who of us wrote when. email: the mail."""

    email: UUID
    who: str
    at: datetime | None


async def answering(work: Workspace, thread: Record) -> list[str]:
    """The names of colleagues who are writing an answer just now. Only that, and only to who sees the conversation."""
    emails = [one.id for one in await work.find(EMAIL, thread=thread.id, order="-sent_at", limit=50)]
    if not emails:
        return []
    system = work.as_system()
    since = (work.clock.now - _ANSWERING).isoformat()
    where = all_of([
        one_of("answers", emails),
        Binary("=", Path(("state",)), Literal("draft")),
        Binary(">", Path(("changed_at",)), Literal(since)),
    ])  # fmt: skip
    found = await system.find(WRITTEN, where, limit=20)
    people = dict.fromkeys(one["owner"] for one in found if one["owner"] and one["owner"] != work.actor.user)
    titles = await titles_of(system.unit, {"user": list(people)}) if people else {}
    return [name for key in people if (name := titles.get(("user", key)))]


async def answers(work: Workspace, emails: Sequence[Record]) -> dict[UUID, Answer]:
    """Who of us wrote the mails that went out from here, by the mail."""
    ours = [one.id for one in emails if one["direction"] == "out"]
    if not ours:
        return {}
    system = work.as_system()
    where = one_of("email", ours)
    found = await system.find(WRITTEN, where, limit=200)
    people = {one["owner"] for one in found if one["owner"]}
    titles = await titles_of(system.unit, {"user": list(people)}) if people else {}
    return {
        one["email"]: Answer(one["email"], titles.get(("user", one["owner"])) or "", one["sent_at"]) for one in found
    }
