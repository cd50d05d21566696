"""The workspace's keys, wrapped, and the salts of records: a record's key is made of its salt and a workspace key."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_keys",
        """
        create table {schema}._key (
            purpose text not null, number integer not null, master text not null, wrapped bytea not null,
            made_at timestamptz not null default now(), primary key (purpose, number));
        create table {schema}._record_key (record uuid primary key, salt bytea not null);
        """,
        workspace=True,
    ),
)
