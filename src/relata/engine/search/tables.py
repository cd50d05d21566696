"""The index's table and the list of what people opened, one of each per workspace."""

from __future__ import annotations

from relata.engine.storage.migrations import Migration

MIGRATIONS = (
    Migration(
        "2026_11_21_search",
        """
        create table {schema}._search (
            record uuid primary key, object text not null, version bigint not null,
            title text collate "C" not null, texts jsonb not null, codes integer[] not null);
        create index _search_title on {schema}._search (object, title);
        create index _search_codes on {schema}._search using gin (codes) with (gin_pending_list_limit = 2048);
        create table {schema}._recent (
            person uuid not null, record uuid not null, object text not null, at timestamptz not null default now(),
            primary key (person, record));
        create index _recent_at on {schema}._recent (person, at desc);
        """,
        workspace=True,
    ),
)
