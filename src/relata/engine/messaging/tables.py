"""Mail that is kept because no mail server is set (see `kept`), and mail on its way (see `outbox`)."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_outgoing_mail",
        """
        create table relata.outgoing_mail (
            id bigint generated always as identity primary key, at timestamptz not null default now(),
            key text not null unique, recipient text not null, subject text not null, text text not null, html text);
        """,
    ),
    Migration(
        "2026_11_21_waiting_mail",
        """
        create table relata.waiting_mail (id uuid primary key, at timestamptz not null default now(), body bytea not
        null);
        create index waiting_mail_at on relata.waiting_mail (at);
        """,
    ),
)
