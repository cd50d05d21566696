"""How often something without a person wrote to an address: only a keyed hash of it, for a day."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_24_automatic_mail",
        """
        create table {schema}._automatic_mail (address bytea not null, at timestamptz not null default now());
        create index _automatic_mail_address on {schema}._automatic_mail (address, at);
        """,
        workspace=True,
    ),
)
