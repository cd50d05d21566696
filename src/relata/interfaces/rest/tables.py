"""Where the API keeps which requests were done already."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_21_idempotency",
        """
        create table {schema}._idempotency (
            key text not null, actor uuid not null, request bytea not null, result jsonb,
            created_at timestamptz not null default now(), primary key (key, actor));
        create index _idempotency_age on {schema}._idempotency (created_at);
        """,
        workspace=True,
    ),
)
