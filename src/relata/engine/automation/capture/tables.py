"""Where a form is by its key, since strangers know no workspace; and how often its page was opened on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from relata.engine.storage.database import Connection
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted

MIGRATIONS = (
    Migration(
        "2026_11_26_form_addresses",
        "create table relata.form_address (key text primary key, workspace uuid not null, form uuid not null);",
    ),
    Migration(
        "2026_11_26_form_days",
        """
        create table {schema}._form_day (
            form uuid not null, day date not null, views bigint not null default 0, robots bigint not null default 0,
            primary key (form, day));
        """,
        workspace=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Days:
    """views: how often the page was opened. robots: how often something was sent that no person sends."""

    views: int = 0
    robots: int = 0


async def place_of(connection: Connection, key: str) -> tuple[UUID, UUID] | None:
    """The workspace and the form of a key."""
    row = await connection.fetch_one("select workspace, form from relata.form_address where key = %s", (key,))
    return (row[0], row[1]) if row else None


async def keep_place(connection: Connection, key: str, workspace: UUID, form: UUID) -> None:
    """Write down where the form is."""
    await connection.execute(
        "insert into relata.form_address (key, workspace, form) values (%s, %s, %s)"
        " on conflict (key) do update set workspace = excluded.workspace, form = excluded.form",
        (key, workspace, form),
    )


async def count(connection: Connection, schema: str, form: UUID, day: date, *, is_robot: bool = False) -> None:
    """One more on this day."""
    views, robots = (0, 1) if is_robot else (1, 0)
    await connection.execute(
        f"insert into {quoted(schema)}._form_day as d (form, day, views, robots) values (%s, %s, %s, %s)"
        " on conflict (form, day) do update set views = d.views + excluded.views, robots = d.robots + excluded.robots",
        (form, day, views, robots),
    )


async def days_of(connection: Connection, schema: str, since: date) -> dict[UUID, Days]:
    """The counts of each form since a day."""
    rows = await connection.fetch(
        f"select form, sum(views)::bigint, sum(robots)::bigint from {quoted(schema)}._form_day where day >= %s"
        " group by form",
        (since,),
    )
    return {form: Days(views, robots) for form, views, robots in rows}
