"""What matching keeps, in each workspace: records as they are compared, pairs, what was learned, how far a scan is."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_matching",
        """
        create table {schema}._match (
            record uuid primary key, number integer generated always as identity, object text not null,
            keys integer[] not null, prepared bytea not null);
        create index _match_number on {schema}._match (object, number);
        create index _match_keys on {schema}._match using gin (keys) with (fastupdate = off);
        create table {schema}._match_wide (object text, key integer, primary key (object, key));
        create table {schema}._match_due (record uuid primary key, object text not null);
        create table {schema}._match_pair (
            one uuid not null, other uuid not null, object text not null, bits real not null,
            levels smallint[] not null default '{}', state text not null default 'open', decided_by uuid,
            at timestamptz not null default now(), primary key (one, other));
        create index _match_pair_open on {schema}._match_pair (object, bits desc, one, other) where state = 'open';
        create index _match_pair_other on {schema}._match_pair (other);
        create table {schema}._match_state (
            object text primary key, model jsonb, learned_at timestamptz, asks_from real not null default 0,
            merges_from real not null default 12, merges boolean not null default false, scan text not null default '',
            stage text not null default '', position bigint not null default 0, total bigint not null default 0,
            done bigint not null default 0, found bigint not null default 0, merged bigint not null default 0,
            started_at timestamptz, finished_at timestamptz, error text);
        """,
        workspace=True,
    ),
)
