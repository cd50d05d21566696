"""The tables of sign-on: providers, who is known to them as whom, and sign-ins that are on their way."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_24_sign_on",
        """
        create table relata.sign_on_provider (
            id uuid primary key, workspace uuid not null references relata.workspace on delete cascade,
            name text not null, issuer text not null, client_id text not null, client_secret bytea,
            terms jsonb not null default '{}', is_on boolean not null default false,
            created_at timestamptz not null default now(), tested_at timestamptz);
        create index ix__sign_on_provider__workspace on relata.sign_on_provider (workspace);

        create table relata.linked_account (
            id uuid primary key, provider uuid not null references relata.sign_on_provider on delete cascade,
            subject text not null, account uuid not null references relata.account on delete cascade,
            email text not null default '', created_at timestamptz not null default now(),
            last_sign_in_at timestamptz);
        create unique index uq__linked_account__subject on relata.linked_account (provider, subject);
        create unique index uq__linked_account__account on relata.linked_account (provider, account);
        create index ix__linked_account__account on relata.linked_account (account);

        create table relata.sign_on_attempt (
            state_hash bytea primary key, browser_hash bytea not null,
            provider uuid not null references relata.sign_on_provider on delete cascade, purpose text not null,
            account uuid references relata.account on delete cascade, nonce text not null, verifier bytea not null,
            next text not null default '', created_at timestamptz not null default now(),
            expires_at timestamptz not null);
        create index ix__sign_on_attempt__provider on relata.sign_on_attempt (provider);

        alter table relata.session add column provider uuid references relata.sign_on_provider on delete cascade;
        create index ix__session__provider on relata.session (provider);
        alter table relata.one_time_token drop constraint one_time_token_purpose_check,
            add constraint one_time_token_purpose_check check (purpose in ('setup', 'reset', 'invite', 'recovery'));
        """,
    ),
    Migration(
        "2026_12_03_saml",
        """
        alter table relata.sign_on_provider add column sign_in_url text not null default '',
            add column certificates text[] not null default '{}';
        alter table relata.sign_on_attempt add column answer bytea;
        """,
    ),
)
