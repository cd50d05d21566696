"""Runs and what each of their steps did. No value of a record is kept here but sealed under that record's key: what a
step changed stands in the change log, which names the run."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_flow_runs",
        """
        create table {schema}._flow_run (
            id uuid primary key, flow uuid not null, version uuid not null, cause text not null,
            object text not null default '', record uuid, person uuid, feed bigint,
            parent uuid, parent_seq integer, chain jsonb not null default '[]',
            state text not null default 'ready', lane text not null default '',
            wake_at timestamptz not null default now(), awaits uuid, token uuid,
            created_at timestamptz not null default now(), started_at timestamptz, ended_at timestamptz,
            until timestamptz, seq integer not null default 0, attempts integer not null default 0,
            step text not null default '', code text not null default '', message text not null default '',
            memory jsonb, sealed text, unique (flow, cause));
        create index _flow_run_due on {schema}._flow_run (wake_at) where state in ('ready', 'waiting', 'calling');
        create index _flow_run_awaits on {schema}._flow_run (awaits) where awaits is not null;
        create index _flow_run_lane on {schema}._flow_run (flow, lane)
            where state in ('ready', 'waiting', 'calling', 'queued');
        create index _flow_run_ended on {schema}._flow_run (ended_at) where ended_at is not null;
        create index _flow_run_of on {schema}._flow_run (flow, id);
        create index _flow_run_record on {schema}._flow_run (record, id) where record is not null;
        create index _flow_run_parent on {schema}._flow_run (parent) where parent is not null;
        create table {schema}._flow_step (
            run uuid not null, seq integer not null, step text not null, state text not null,
            attempts integer not null default 1, started_at timestamptz not null, ended_at timestamptz,
            code text not null default '', message text not null default '', detail jsonb, sealed text,
            primary key (run, seq));
        create table {schema}._flow_secret (
            name text primary key, host text not null, sealed bytea not null,
            changed_at timestamptz not null default now());
        create table {schema}._flow_timer (version uuid primary key, seen_until timestamptz not null);
        create index _change_flow_run on {schema}._change ((source ->> 'run'), id) where source ->> 'run' is not null;
        """,
        workspace=True,
    ),
    Migration(
        "2026_11_22_flow_segments",
        """
        create table {schema}._flow_member (
            version uuid not null, record uuid not null, primary key (version, record));
        """,
        workspace=True,
    ),
)

#: States of a run that has not ended. queued: behind others of its lane. calling: an effect outside is under way.
OPEN = ("ready", "waiting", "calling", "queued")
