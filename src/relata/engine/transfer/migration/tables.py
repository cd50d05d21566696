"""Which record came of which row of another system, and what of it was taken: ids and digests, never a value."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_migrations",
        """
        create table {schema}._migrated (
            system text not null, kind text not null, key text not null, object text not null, record uuid not null,
            is_alias boolean not null default false, held jsonb not null default '{}',
            primary key (system, kind, key));
        create index _migrated_record on {schema}._migrated (record);
        """,
        workspace=True,
    ),
)
