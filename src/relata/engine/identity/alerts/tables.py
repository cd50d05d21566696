"""The tables of alerts, and of what is usual: devices and networks that were seen, and what people read in an hour."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_23_security_alerts",
        """
        create table relata.security_alert (
            id uuid primary key, at timestamptz not null default now(), kind text not null,
            severity text not null check (severity in ('low', 'medium', 'high')),
            account uuid references relata.account on delete cascade,
            workspace uuid references relata.workspace on delete cascade, session uuid, ip text not null default '',
            detail jsonb not null default '{}',
            state text not null default 'open' check (state in ('open', 'fine', 'acted')),
            decided_at timestamptz, decided_by uuid, mailed_at timestamptz);
        create index ix__security_alert__workspace on relata.security_alert (workspace, at);
        create index ix__security_alert__account on relata.security_alert (account, at);
        create index ix__security_alert__waiting on relata.security_alert (at) where mailed_at is null;

        create table relata.seen_from (
            account uuid not null references relata.account on delete cascade, device text not null,
            network text not null, first_at timestamptz not null default now(),
            last_at timestamptz not null default now(), last_ip text not null default '',
            primary key (account, device, network));

        create table relata.person_hour (
            workspace uuid not null references relata.workspace on delete cascade, "user" uuid not null,
            kind text not null, hour timestamptz not null, count bigint not null,
            alerted boolean not null default false,
            primary key (workspace, "user", kind, hour));
        create index ix__person_hour__hour on relata.person_hour (hour);
        """,
    ),
)
