"""What is known about each file; the bytes are in a store."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_21_files",
        """
        create table {schema}._file (
            id uuid primary key, name text not null, size bigint not null, media_type text not null,
            sha256 text not null, object text, record uuid, owner uuid, created_at timestamptz not null default now());
        create index _file_record on {schema}._file (record, created_at) where record is not null;
        create index _file_loose on {schema}._file (created_at) where record is null;
        """,
        workspace=True,
    ),
    Migration(
        "2026_11_22_files_held",
        """
        alter table {schema}._file add column held boolean not null default false;
        create index _file_held on {schema}._file (id) where held;
        """,
        workspace=True,
    ),
)
