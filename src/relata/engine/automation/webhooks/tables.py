"""Secrets of webhooks, how each does, and what was sent. Bodies and answers are sealed under the key of the record that
they are about."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_webhooks",
        """
        create table {schema}._webhook_secret (
            id uuid primary key, of uuid not null, sealed bytea not null,
            created_at timestamptz not null default now(), until timestamptz);
        create index _webhook_secret_of on {schema}._webhook_secret (of);
        create table {schema}._webhook_state (
            webhook uuid primary key, failing_since timestamptz, succeeded_at timestamptz);
        create table {schema}._webhook_delivery (
            id uuid primary key, webhook uuid not null, type text not null, feed bigint, feed_until bigint,
            object text not null default '', record uuid, state text not null default 'waiting',
            attempts integer not null default 0, next_at timestamptz not null default now(), token uuid,
            created_at timestamptz not null default now(), give_up_at timestamptz not null,
            ended_at timestamptz, status integer, milliseconds integer, message text not null default '', sealed text,
            unique (webhook, feed));
        create index _webhook_delivery_due on {schema}._webhook_delivery (webhook, next_at) where state = 'waiting';
        create index _webhook_delivery_of on {schema}._webhook_delivery (webhook, id);
        create index _webhook_delivery_ended on {schema}._webhook_delivery (ended_at) where ended_at is not null;
        create table {schema}._flow_hook (flow uuid primary key, id uuid not null unique);
        """,
        workspace=True,
    ),
    Migration(
        "2026_11_23_webhooks_and_undo",
        "alter table {schema}._webhook_delivery add column bulk uuid;",
        workspace=True,
    ),
)
