"""Who looks at what at the moment: an unlogged table, since all of it is old after half a minute."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_21_presence",
        """
        create unlogged table {schema}._presence (
            record uuid not null, tab uuid not null, person uuid not null, editing text not null default '',
            at timestamptz not null default now(), primary key (record, tab));
        """,
        workspace=True,
    ),
)
