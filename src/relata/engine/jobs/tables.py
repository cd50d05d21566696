"""The queue's tables. Procrastinate's own migrations are steps of ours, so a new version of it brings its step along.

Its SQL uses unqualified names: its tables must lie in `public`, also where the database's user has a schema of its own
name (the search path's first entry), as our own user has.
"""

from __future__ import annotations

from procrastinate.schema import migrations_path

from relata.engine.storage.migrations import Migration

_OWN = Migration(
    "2026_11_21_jobs",
    """
    create table relata.job_attempt (
        job bigint not null, attempt integer not null, task text not null, at timestamptz not null default now(),
        seconds real not null, kind text not null, code text not null default '', message text not null default '',
        place text not null default '', primary key (job, attempt));
    create index job_attempt_at on relata.job_attempt (at);
    create table relata.schedule_tick (
        schema text not null, name text not null, at timestamptz not null, primary key (schema, name));
    """,
)


def _in_public(sql: str) -> str:
    return f"set local search_path = public;\n{sql}\n;set local search_path to default;"


MIGRATIONS = (
    _OWN,
    *(
        Migration(f"2026_11_21_procrastinate_{path.stem}", _in_public(path.read_text(encoding="utf-8")))
        for path in sorted(migrations_path.glob("*.sql"))
    ),
)
