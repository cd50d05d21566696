"""The system's own tables, as dated steps that run once: some per database, some per workspace.

Each engine package brings its steps as data (`MIGRATIONS`); wiring hands them all to `migrate`. Tables of objects are
not here: the planner makes them from declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted

#: Any number; taken while migrating, so that two processes started at once do not both migrate.
LOCK = 7_283_001


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. name: date and subject, unique, sorts by age. sql: may hold several statements and `{schema}`.
    workspace: once in each workspace's schema instead of once in the database."""

    name: str
    sql: str
    workspace: bool = False


#: See `formula.text_operations`: the best of what this server has, under a name of our own, so that statements are the
#: same on every server and a dump can be restored on another one.
CASE_COLLATION = """
    do $$
    declare found text;
    begin
        select collname into found from pg_catalog.pg_collation
        where collname in ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu') and collnamespace = 'pg_catalog'::regnamespace
        order by array_position(array['pg_c_utf8', 'C.utf8', 'C.UTF-8', 'und-x-icu']::text[], collname::text) limit 1;
        if found is null then
            raise exception 'This server has no collation for UTF-8 letters; make it with the locale C.UTF-8.';
        end if;
        if to_regcollation('relata.cased') is null then
            execute format('create collation relata.cased from pg_catalog.%I', found);
        end if;
    end $$;
"""

#: The same keys as before: a text of ASCII alone has nothing to translate, which took 3.8 µs a name and takes 0.2 now;
#: an import asks for three a contact, a list without an index for one a row. Not strict, since PostgreSQL puts a CASE
#: in the place of its call only then; empty stays empty.
SORT_KEY_OF_ASCII = """
    create or replace function relata.sort_key(value text) returns text
        language sql immutable parallel safe called on null input as
        $$ select case when octet_length(value) = length(value) then lower(value)
             else translate(lower(value), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿšžœæßčćđłńśźżąęěřůťďňő',
                                          'aaaaaaceeeeiiiinoooooouuuuyyszoasccdlnszzaeerutdno') end $$;
"""

STORAGE = (
    Migration(
        "2026_11_21_workspaces",
        """
        create table relata.workspace (
            id uuid primary key, key text not null unique, schema text not null unique, name text not null,
            settings jsonb not null default '{}', definitions bigint not null default 1,
            fingerprint text not null default '', created_at timestamptz not null default now());
        create function relata.sort_key(value text) returns text language sql immutable parallel safe strict as
            $$ select translate(lower(value), 'àáâãäåçèéêëìíîïñòóôõöøùúûüýÿšžœæßčćđłńśźżąęěřůťďňő',
                                              'aaaaaaceeeeiiiinoooooouuuuyyszoasccdlnszzaeerutdno') $$;
        """,
    ),
    Migration(
        "2026_11_21_definitions",
        """
        create table {schema}._definition (
            kind text not null, name text not null, body jsonb not null, version integer not null default 1,
            changed_at timestamptz not null default now(), changed_by uuid, primary key (kind, name));
        create table {schema}._object (
            name text primary key, number smallint generated always as identity (maxvalue 255) unique);
        create function {schema}._number(prefix text, digits integer, sequence regclass) returns text
            language sql volatile as
            $$ select prefix || case when length(n::text) >= digits then n::text else lpad(n::text, digits, '0') end
               from nextval(sequence) n $$;
        """,
        workspace=True,
    ),
    Migration("2026_11_22_case_collation", CASE_COLLATION),
    Migration(
        "2026_11_22_slim_rows",
        """
        create function relata.slim(readers integer[], title text) returns boolean
            language sql immutable parallel safe as
            $$ select case when cardinality(readers) <= 100 and octet_length(title) <= 300 then true end $$;
        comment on function relata.slim is
            'True for rows whose access codes and title fit into an index, null for others. Null instead of false,'
            ' because the planner takes "is not null" for nearly always so, and "= true" for every second time.';
        """,
    ),
    Migration("2026_11_22_sort_key_of_ascii", SORT_KEY_OF_ASCII),
)


async def prepare(connection: Connection) -> None:
    """The schema and the list of what ran; safe to call always."""
    await connection.execute("create schema if not exists relata")
    await connection.execute(
        "create table if not exists relata.migration (scope text not null, name text not null,"
        " at timestamptz not null default now(), primary key (scope, name))"
    )


async def pending(connection: Connection, migrations: Iterable[Migration], scope: str) -> list[Migration]:
    """What has not run in `scope`: `database`, or a workspace's schema."""
    done = {name for (name,) in await connection.fetch("select name from relata.migration where scope = %s", (scope,))}
    per_workspace = scope != "database"
    return [step for step in migrations if step.workspace == per_workspace and step.name not in done]


async def migrate_database(database: Database, migrations: Sequence[Migration]) -> list[str]:
    """Run the database-wide steps that are pending; their names. Each is a transaction of its own, so that one killed
    in the middle goes on where it was, and because PostgreSQL before 17 uses a new enum value only after a commit.
    Several processes may run it at once."""
    async with database.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        await prepare(connection)
    done: list[str] = []
    while True:
        async with database.transaction() as connection:
            await connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
            steps = sorted(await pending(connection, migrations, "database"), key=lambda found: found.name)
            if not steps:
                return done
            await _run_step(connection, steps[0], "database", "relata")
            done.append(steps[0].name)


async def migrate_schema(connection: Connection, migrations: Sequence[Migration], schema: str) -> list[str]:
    """Run the steps of one workspace that are pending, making its schema first; their names."""
    await connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
    await connection.execute(f"create schema if not exists {quoted(schema)}")
    return await _run(connection, migrations, schema, schema)


async def _run(connection: Connection, migrations: Sequence[Migration], scope: str, schema: str) -> list[str]:
    steps = await pending(connection, migrations, scope)
    for step in sorted(steps, key=lambda found: found.name):
        await _run_step(connection, step, scope, schema)
    return [step.name for step in steps]


async def _run_step(connection: Connection, step: Migration, scope: str, schema: str) -> None:
    await connection.execute(step.sql.replace("{schema}", quoted(schema)))
    await connection.execute("insert into relata.migration (scope, name) values (%s, %s)", (scope, step.name))
