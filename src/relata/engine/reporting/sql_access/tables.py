"""Where the accesses are kept. No password is: PostgreSQL has its verifier, and nobody has the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.storage.database import Connection
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted

MIGRATIONS = (
    Migration(
        "2026_12_01_sql_access_is_stale",
        """
        create function relata.sql_access_is_stale() returns boolean language plpgsql volatile as $$
        begin
            raise exception 'This access has ended, or is being brought up to date.'
                using errcode = 'object_not_in_prerequisite_state', hint = 'Try again in a minute, or ask its owner.';
        end $$;
        """,
    ),
    Migration(
        "2026_12_01_sql_access",
        """
        create table {schema}._sql_access (
            id uuid primary key, name text not null, person uuid not null, role text,
            database_user text not null unique, made_at timestamptz not null default now(), made_by uuid,
            expires_at timestamptz, ended_at timestamptz, refreshed_at timestamptz, shape text not null default '',
            problem text not null default '', left_out text[] not null default '{{}}', views int not null default 0);
        """.replace("{{}}", "{}"),
        workspace=True,
    ),
)
_COLUMNS = (
    "id, name, person, role, database_user, made_at, expires_at, ended_at, refreshed_at, shape, problem, left_out,"
    " views"
)


@dataclass(frozen=True, slots=True)
class Access:
    """One access. role: narrows the person's rights; None for all that they may read. database_user: also the name of
    its schema. shape: what its views were made of. problem: why it does not work, in a sentence. left_out: columns
    whose value depends on the moment at which it is asked for."""

    id: UUID
    name: str
    person: UUID
    role: str | None
    database_user: str
    made_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    refreshed_at: datetime | None
    shape: str
    problem: str
    left_out: Sequence[str]
    views: int

    def is_over(self, now: datetime) -> bool:
        """Whether it was ended or its time is up."""
        return self.ended_at is not None or (self.expires_at is not None and self.expires_at <= now)


async def all_of(connection: Connection, schema: str) -> list[Access]:
    """The accesses of a workspace, newest first."""
    rows = await connection.fetch(f"select {_COLUMNS} from {quoted(schema)}._sql_access order by id desc")
    return [Access(*row) for row in rows]


async def one_of(connection: Connection, schema: str, access: UUID, *, lock: bool = False) -> Access | None:
    """The access with this id. lock: nobody else refreshes or ends it until this transaction is over."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} from {quoted(schema)}._sql_access where id = %s{' for update' if lock else ''}", (access,)
    )
    return Access(*row) if row else None
