"""The tables of who comes in: accounts, memberships, sessions, tokens, keys, attempts, and the security log.

They lie in the schema `relata`, because a person has one account and belongs to workspaces. What is secret is kept as a
hash only. The name sorts after the step that makes `relata.workspace`.
"""

from __future__ import annotations

from relata.engine.identity.admission.tables import MIGRATIONS as ADMISSION
from relata.engine.identity.alerts.tables import MIGRATIONS as ALERTS
from relata.engine.identity.factors.tables import MIGRATIONS as FACTORS
from relata.engine.identity.oauth.tables import MIGRATIONS as OAUTH
from relata.engine.identity.sign_on.tables import MIGRATIONS as SIGN_ON
from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_22_identity",
        """
        create table relata.account (
            id uuid primary key, email text not null check (email = lower(email)), password_hash text,
            password_changed_at timestamptz, created_at timestamptz not null default now(), disabled_at timestamptz,
            failed_count integer not null default 0, last_failed_at timestamptz, last_sign_in_at timestamptz);
        create unique index uq__account__email on relata.account (email);

        create table relata.membership (
            account uuid not null references relata.account on delete cascade,
            workspace uuid not null references relata.workspace on delete cascade,
            "user" uuid not null, created_at timestamptz not null default now(), primary key (account, workspace));
        create unique index uq__membership__user on relata.membership (workspace, "user");

        create table relata.session (
            id uuid primary key, account uuid not null references relata.account on delete cascade,
            workspace uuid references relata.workspace on delete set null, token_hash bytea not null,
            created_at timestamptz not null default now(), last_seen_at timestamptz not null default now(),
            expires_at timestamptz not null, ip text not null default '', user_agent text not null default '',
            revoked_at timestamptz);
        create unique index uq__session__token_hash on relata.session (token_hash);
        create index ix__session__account on relata.session (account);

        create table relata.one_time_token (
            id uuid primary key, purpose text not null check (purpose in ('setup', 'reset', 'invite')),
            token_hash bytea not null, account uuid references relata.account on delete cascade,
            workspace uuid references relata.workspace on delete cascade, "user" uuid, email text,
            created_at timestamptz not null default now(), expires_at timestamptz not null, used_at timestamptz);
        create unique index uq__one_time_token__token_hash on relata.one_time_token (token_hash);
        create index ix__one_time_token__account on relata.one_time_token (account);
        create index ix__one_time_token__user on relata.one_time_token (workspace, "user");

        create table relata.api_key (
            id uuid primary key, workspace uuid not null references relata.workspace on delete cascade,
            "user" uuid not null, name text not null, prefix text not null, key_hash bytea not null, role text,
            scopes text[] not null, created_at timestamptz not null default now(), created_by uuid,
            expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz);
        create unique index uq__api_key__key_hash on relata.api_key (key_hash);
        create index ix__api_key__user on relata.api_key (workspace, "user");

        create table relata.attempt (
            id bigint generated always as identity primary key, subject bytea not null,
            at timestamptz not null default clock_timestamp());
        create index ix__attempt__subject on relata.attempt (subject, at);
        create index ix__attempt__at on relata.attempt (at);

        create table relata.security_log (
            id bigint generated always as identity primary key, at timestamptz not null default now(),
            kind text not null, account uuid, workspace uuid, ip text not null default '',
            detail jsonb not null default '{}');
        create index ix__security_log__at on relata.security_log (at);
        create index ix__security_log__account on relata.security_log (account, at);
        """,
    ),
    *FACTORS,
    *ADMISSION,
    *ALERTS,
    *OAUTH,
    *SIGN_ON,
    Migration(
        "2026_11_25_approval_links",
        """
        alter table relata.one_time_token add column about uuid, drop constraint one_time_token_purpose_check,
            add constraint one_time_token_purpose_check
            check (purpose in ('setup', 'reset', 'invite', 'recovery', 'approval'));
        create index ix__one_time_token__about on relata.one_time_token (about) where about is not null;
        """,
    ),
    Migration(
        "2026_11_26_form_links",
        """
        alter table relata.one_time_token drop constraint one_time_token_purpose_check,
            add constraint one_time_token_purpose_check
            check (purpose in ('setup', 'reset', 'invite', 'recovery', 'approval', 'form'));
        """,
    ),
    Migration(
        "2026_11_27_embedding_links",
        """
        alter table relata.one_time_token drop constraint one_time_token_purpose_check,
            add constraint one_time_token_purpose_check
            check (purpose in ('setup', 'reset', 'invite', 'recovery', 'approval', 'form', 'embed'));
        """,
    ),
    Migration(  # a key that was handed over has no text until its new owner makes one
        "2026_11_29_keys_without_text",
        "alter table relata.api_key alter column key_hash drop not null;",
    ),
)
