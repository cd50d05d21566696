"""What a workspace asks of whoever comes in. Addresses are an installation's own, so this is no part of its
configuration that can be carried elsewhere."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_23_workspace_policy",
        """
        create table relata.workspace_policy (
            workspace uuid primary key references relata.workspace on delete cascade, policy jsonb not null,
            changed_at timestamptz not null default now());
        """,
    ),
)
