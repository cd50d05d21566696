"""What was refused in a bulk change, and the way from it to its rows in the change log. Never a record's value."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_bulk_changes",
        """
        create table {schema}._bulk_note (
            id bigint generated always as identity primary key, bulk uuid not null, record uuid not null,
            code text not null, field text not null, message text not null);
        create index _bulk_note_of on {schema}._bulk_note (bulk, id);
        create index _change_bulk on {schema}._change ((source ->> 'bulk'), id) where source ->> 'bulk' is not null;
        """,
        workspace=True,
    ),
)
