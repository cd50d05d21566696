"""How activities look on screens."""

from __future__ import annotations

from relata.engine.metadata.layout import Board, Layout, Section
from relata.modules.activities import contracts

#: What keeps a series together; no screen shows it.
_HIDDEN = ("skipped", "extra_dates", "series_end", "uid", "sequence")

LAYOUTS = (
    Layout(
        contracts.TASK,
        columns=("status", "priority", "due_on", "about", "owner"),
        order="due_on",
        highlights=("status", "priority", "due_on", "is_overdue", "owner"),
        sections=(
            Section("Task", ("subject", "status", "priority", "kind", "about", "description", "tags")),
            Section("When", ("due_on", "remind_at", "completed_at", "is_overdue")),
            Section("Order", ("blocked_by", "step_count", "open_step_count", "plan", "escalated_on")),
            Section("Repeats", ("repeats", "repeats_until", "rule", "counts_from", "previous")),
        ),
        related=("steps", "blocks", "following"),
        quick=("subject", "due_on", "priority", "about", "owner"),
        board=Board(by="status", card=("priority", "due_on", "about", "owner")),
    ),
    Layout(
        contracts.CALL,
        columns=("at", "outcome", "contact", "about", "duration", "owner"),
        order="-at",
        highlights=("at", "direction", "outcome", "contact", "duration"),
        sections=(
            Section("Call", ("subject", "direction", "outcome", "at", "duration", "phone")),
            Section("With", ("contact", "about")),
            Section("What was said", ("summary",)),
        ),
        quick=("subject", "direction", "outcome", "at", "contact", "about", "summary"),
    ),
    Layout(
        contracts.MEETING,
        columns=("starts_at", "status", "about", "location", "owner"),
        order="-starts_at",
        highlights=("next_at", "status", "repeats", "location", "about", "owner"),
        sections=(
            Section("Meeting", ("subject", "status", "starts_at", "ends_at", "is_all_day", "location", "join_link")),
            Section("Repeats", ("repeats", "repeats_until", "rule", "next_at", "series", "original_at")),
            Section("People", ("about", "contacts", "colleagues", "invited_by", "rooms", "remind_before", "remind_at")),
            Section("Content", ("agenda", "outcome")),
            Section("Calendar", ("zone", "is_free", "calendar", *_HIDDEN)),
        ),
        related=("guests", "exceptions"),
        quick=("subject", "starts_at", "ends_at", "location", "about", "contacts"),
        board=Board(by="status", card=("starts_at", "about", "location", "owner")),
    ),
    Layout(
        contracts.NOTE,
        columns=("about", "is_pinned", "tags", "owner", "created_at"),
        order="-created_at",
        highlights=("about", "owner", "created_at"),
        sections=(Section("Note", ("subject", "body", "about", "mentions", "is_pinned", "tags")),),
        quick=("subject", "body", "about"),
    ),
    Layout(
        contracts.ATTENDEE,
        columns=("email", "answer", "is_optional", "meeting"),
        order="name",
        highlights=("answer", "email", "meeting"),
        sections=(
            Section("Guest", ("name", "email", "person", "meeting", "is_optional")),
            Section(
                "Answer",
                (
                    "answer",
                    "comment",
                    "proposed_at",
                    "proposed_until",
                    "proposed_for",
                    "answered_at",
                    "invited_at",
                    "unverified",
                    "single_answers",
                    "to_send",
                    "sequence",
                ),
            ),
        ),
        quick=("name", "email", "is_optional"),
    ),
    Layout(
        contracts.ROOM,
        columns=("seats", "place", "is_shared"),
        order="name",
        highlights=("seats", "place"),
        sections=(Section("Room", ("name", "seats", "place", "is_shared")),),
        related=("bookings",),
    ),
    Layout(
        contracts.SUBSCRIPTION,
        columns=("read_at", "event_count", "problem"),
        order="name",
        highlights=("read_at", "event_count", "refused_count", "problem"),
        sections=(
            Section("Calendar", ("name", "address", "is_free")),
            Section("Reading", ("read_at", "event_count", "refused_count", "refused_why", "problem")),
        ),
        quick=("name", "address"),
    ),
    Layout(
        contracts.STEP,
        columns=("is_done", "task"),
        order="created_at",
        highlights=("is_done", "task"),
        sections=(Section("Step", ("text", "is_done", "task")),),
        quick=("text",),
    ),
    Layout(
        contracts.PLAN,
        columns=("part_count", "is_active"),
        order="name",
        highlights=("part_count", "is_active"),
        sections=(Section("Plan", ("name", "description", "is_active", "part_count")),),
        related=("parts", "made_tasks"),
    ),
    Layout(
        contracts.PLAN_PART,
        columns=("offset_days", "kind", "assignee", "after"),
        order="offset_days",
        highlights=("offset_days", "kind", "assignee"),
        sections=(
            Section("Task", ("subject", "plan", "offset_days", "kind", "priority", "assignee", "after", "description")),
        ),
        quick=("subject", "offset_days", "assignee"),
    ),
)
