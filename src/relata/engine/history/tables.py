"""The log's table. `feed` is given later, by a dispatcher that reads behind the oldest running transaction."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

_LOG = (
    Migration(
        "2026_11_21_changes",
        """
        create table {schema}._change (
            id bigint generated always as identity primary key,
            txid xid8 not null default pg_current_xact_id(),
            object text not null, record uuid not null, action text not null,
            at timestamptz not null default now(), actor uuid, via text not null,
            source jsonb, before jsonb, after jsonb, feed bigint) with (fillfactor = 85);
        create index _change_record on {schema}._change (record, id);
        create index _change_new on {schema}._change (id) where feed is null;
        create unique index _change_feed on {schema}._change (feed) where feed is not null;
        create table {schema}._cursor (name text primary key, position bigint not null default 0);
        """,
        workspace=True,
    ),
    Migration(
        "2026_11_21_undelivered",
        """
        create table {schema}._undelivered (
            subscriber text not null, feed bigint not null, tries integer not null default 1, kind text not null,
            next_at timestamptz not null, primary key (subscriber, feed));
        """,
        workspace=True,
    ),
)

#: Effects that must happen once are noted here, in the transaction in which they happen.
_SEALED = (
    *_LOG,
    Migration(
        "2026_11_21_done",
        "create table {schema}._done (what text primary key, at timestamptz not null default now());",
        workspace=True,
    ),
    Migration(
        "2026_11_22_blocks",
        """
        create table {schema}._block (
            number bigint primary key, first_feed bigint not null, last_feed bigint not null unique,
            root bytea not null, previous bytea not null, sealed_at bigint not null, signer integer not null,
            marks bytea not null, signature bytea not null);
        create table {schema}._redacted (
            feed bigint primary key, hash bytea not null, signer integer not null, signature bytea not null);
        create table {schema}._erasure (
            id uuid primary key, at timestamptz not null, actor uuid, object text not null, record uuid not null,
            records integer not null);
        create index _erasure_at on {schema}._erasure (at);
        """,
        workspace=True,
    ),
)

#: Who read personal values; see `workspace/reads.py`.
_READS = Migration(
    "2026_11_22_reads",
    """
    create table {schema}._read (
        id bigint generated always as identity primary key, at timestamptz not null default now(),
        person uuid not null, via text not null, object text not null, fields text[] not null,
        records uuid[] not null, count integer not null);
    create index _read_person on {schema}._read (person, id);
    """,
    workspace=True,
)
#: What was changed of an object since a day: pages and reports of past days look there instead of reading the whole
#: log. What was made is not in it, so the index is small where records are made once and read often.
_SINCE = Migration(
    "2026_11_22_changes_since",
    """
    create index _change_object on {schema}._change (object, at)
        where action in ('changed', 'merged', 'restored', 'erased');
    """,
    workspace=True,
)
MIGRATIONS = (*_SEALED, _READS, _SINCE)

#: What a change row tells. `announced` rows carry an event of a module instead of values.
ACTIONS = ("created", "changed", "deleted", "restored", "purged", "merged", "announced", "configured", "erased")
