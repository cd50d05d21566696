"""What an import knows of its file, and the way from an import to its rows in the change log."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_import_runs",
        """
        create table {schema}._import_sheet (
            run uuid primary key, file uuid not null, encoding text not null, separator text not null, digest text not
            null, profile jsonb not null, outcomes bytea not null default '');
        create index _change_import on {schema}._change ((source ->> 'import'), id)
            where source ->> 'import' is not null;
        """,
        workspace=True,
    ),
)
