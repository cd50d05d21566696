"""The tables of second factors, and what a session knows about how it was opened."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_23_second_factors",
        """
        create table relata.totp (
            account uuid primary key references relata.account on delete cascade, secret bytea not null,
            last_step bigint not null default 0, created_at timestamptz not null default now(),
            confirmed_at timestamptz, last_used_at timestamptz);

        create table relata.passkey (
            id uuid primary key, account uuid not null references relata.account on delete cascade,
            credential bytea not null, public_key bytea not null, sign_count bigint not null, site text not null,
            name text not null, is_synced boolean not null, created_at timestamptz not null default now(),
            last_used_at timestamptz);
        create unique index uq__passkey__credential on relata.passkey (credential);
        create index ix__passkey__account on relata.passkey (account);

        create table relata.recovery_code (
            account uuid not null references relata.account on delete cascade, code_hash bytea not null,
            used_at timestamptz, primary key (account, code_hash));

        create table relata.passkey_challenge (
            id uuid primary key, purpose text not null, account uuid references relata.account on delete cascade,
            challenge bytea not null, expires_at timestamptz not null);
        create index ix__passkey_challenge__expires_at on relata.passkey_challenge (expires_at);

        create table relata.half_sign_in (
            id uuid primary key, account uuid not null references relata.account on delete cascade,
            token_hash bytea not null, browser text not null, next text not null default '',
            tries integer not null default 0, created_at timestamptz not null default now(),
            expires_at timestamptz not null);
        create unique index uq__half_sign_in__token_hash on relata.half_sign_in (token_hash);
        create index ix__half_sign_in__account on relata.half_sign_in (account);

        alter table relata.session add column confirmed_at timestamptz not null default now(),
            add column opened_by text not null default 'password', add column browser text not null default '';
        """,
    ),
)
