"""Where imports are kept: what they did, how far they came, and a row for each remark. Ids, codes and names of columns;
never a value out of the file."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_21_imports",
        """
        create table {schema}._import (
            id uuid primary key, object text not null, digest text not null, actor uuid, started_at timestamptz not null
            default now(), finished_at timestamptz, position integer not null default 1, pass smallint not null default
            1, counts jsonb not null default '{}');
        create table {schema}._import_note (
            import uuid not null references {schema}._import on delete cascade, row integer not null, line integer not
            null, severity text not null, code text not null, column_name text not null, field text not null, did text
            not null); create index _import_note_row on {schema}._import_note (import, row);
        create table {schema}._import_waiting (
            import uuid not null references {schema}._import on delete cascade, row integer not null, record uuid not
            null, primary key (import, row));
        """,
        workspace=True,
    ),
    Migration(
        "2026_11_22_import_words",
        "alter table {schema}._import_note add column message text not null default '';",
        workspace=True,
    ),
)
