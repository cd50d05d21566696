"""Where grants are kept: keys of people and teams, and every grant on a record with its reason."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_21_access",
        """
        create table {schema}._principal (
            key integer generated always as identity primary key, id uuid not null unique);
        create table {schema}._share (
            record uuid not null, object text not null, principal uuid not null, way smallint not null,
            level text not null check (level in ('read', 'change')), reason text not null default '',
            until timestamptz, created_at timestamptz not null default now(), created_by uuid,
            primary key (record, principal, way, reason));
        create index _share_principal on {schema}._share (principal);
        create index _share_until on {schema}._share (until) where until is not null;
        create index _share_reason on {schema}._share (reason) where way = 2;
        """,
        workspace=True,
    ),
)
