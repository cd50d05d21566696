"""How activities look on screens."""

from __future__ import annotations

from relata.engine.metadata.layout import Board, Layout, Section
from relata.modules.activities import contracts

LAYOUTS = (
    Layout(
        contracts.TASK,
        columns=("status", "priority", "due_on", "about", "owner"),
        order="due_on",
        highlights=("status", "priority", "due_on", "is_overdue", "owner"),
        sections=(
            Section("Task", ("subject", "status", "priority", "kind", "about", "description", "tags")),
            Section("When", ("due_on", "remind_at", "completed_at", "is_overdue")),
        ),
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
        highlights=("starts_at", "status", "location", "about", "owner"),
        sections=(
            Section("Meeting", ("subject", "status", "starts_at", "ends_at", "is_all_day", "location", "join_link")),
            Section("People", ("about", "contacts", "colleagues", "remind_at")),
            Section("Content", ("agenda", "outcome")),
        ),
        quick=("subject", "starts_at", "ends_at", "location", "about", "contacts"),
        board=Board(by="status", card=("starts_at", "about", "location", "owner")),
    ),
    Layout(
        contracts.NOTE,
        columns=("about", "is_pinned", "tags", "owner", "created_at"),
        order="-created_at",
        highlights=("about", "owner", "created_at"),
        sections=(Section("Note", ("subject", "body", "about", "is_pinned", "tags")),),
        quick=("subject", "body", "about"),
    ),
)
