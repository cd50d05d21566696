"""The tables of applications: who they are, what they were allowed, and the hashes of what they hold."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_23_oauth",
        """
        create table relata.oauth_application (
            id uuid primary key, workspace uuid not null references relata.workspace on delete cascade, owner uuid,
            name text not null, redirect_uris text[] not null, secret_hash bytea,
            created_at timestamptz not null default now(), created_by uuid, revoked_at timestamptz);
        create index ix__oauth_application__workspace on relata.oauth_application (workspace, owner);

        create table relata.oauth_grant (
            id uuid primary key, application uuid not null references relata.oauth_application on delete cascade,
            workspace uuid not null references relata.workspace on delete cascade, "user" uuid not null,
            scopes text[] not null, created_at timestamptz not null default now(), last_used_at timestamptz,
            revoked_at timestamptz);
        create index ix__oauth_grant__user on relata.oauth_grant (workspace, "user");
        create index ix__oauth_grant__application on relata.oauth_grant (application);

        create table relata.oauth_code (
            code_hash bytea primary key, grant_id uuid not null references relata.oauth_grant on delete cascade,
            redirect_uri text not null, challenge text not null, expires_at timestamptz not null, used_at timestamptz);
        create index ix__oauth_code__grant_id on relata.oauth_code (grant_id);

        create table relata.oauth_token (
            id uuid primary key, grant_id uuid not null references relata.oauth_grant on delete cascade,
            kind text not null check (kind in ('access', 'refresh')), token_hash bytea not null,
            scopes text[] not null, expires_at timestamptz not null, used_at timestamptz, revoked_at timestamptz);
        create unique index uq__oauth_token__token_hash on relata.oauth_token (token_hash);
        create index ix__oauth_token__grant_id on relata.oauth_token (grant_id);
        """,
    ),
)
