"""A workspace from its file: tables made, filled as they were, and only then there for anybody; what fails leaves
nothing."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.identity import accounts, memberships
from relata.engine.metadata.overlay import Definition, apply
from relata.engine.secrets import workspace_keys
from relata.engine.storage import migrations as migrating
from relata.engine.storage import planner
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import specs
from relata.engine.transfer.whole.archive import Manifest, read_manifest
from relata.engine.transfer.whole.taking_out import columns_of, tables_of
from relata.engine.workspace.configure import fingerprint
from relata.engine.workspace.door import Door
from relata.foundation.errors import Conflict, Invalid

_PIECE_BYTES = 256 * 1024
_MOST_FILE_BYTES = 1 << 40


@dataclass(frozen=True, slots=True)
class Arrived:
    """rows: over all tables. people: who may come in as soon as they have chosen a password here, or have one."""

    name: str
    rows: int
    files: int
    people: int


async def bring_in(door: Door, store: FileStore, migrations: Sequence[Migration], file: Path, key: str = "") -> Arrived:
    """The workspace of this file. key: another name for it. Conflict where a workspace of that key is in use, or this
    very workspace is here already; Invalid for a file of another version."""
    archive, manifest = read_manifest(file)
    with archive:
        key = key or manifest.key
        schema = f"w_{key}"
        await _make_room(door.database, manifest, key, schema)
        try:
            rows = await _tables(door, migrations, archive, manifest, key)
            for name in manifest.files:
                await store.put(schema, UUID(name), _member(archive, f"files/{name}"), max_bytes=_MOST_FILE_BYTES)
            people = await _open(door.database, manifest, key, schema)
        except BaseException:
            await drop_schema(door.database, schema)
            raise
    door.forget(key)
    return Arrived(manifest.name, rows, len(manifest.files), people)


async def _make_room(database: Database, manifest: Manifest, key: str, schema: str) -> None:
    """An empty workspace, which nobody is a member of, gives way."""
    async with database.transaction() as connection:
        rows = await connection.fetch(
            "select w.id, w.key, exists (select 1 from relata.membership m where m.workspace = w.id)"
            " from relata.workspace w where w.key = %s or w.id = %s",
            (key, manifest.workspace),
        )
        if any(used or there != key for _id, there, used in rows):
            raise Conflict(
                "There is a workspace here already, with people in it, and this would replace it.", code="not_empty",
                hint="Use an installation of its own, or another key for another workspace.",
            )  # fmt: skip
        await connection.execute("delete from relata.workspace where key = %s", (key,))
    await drop_schema(database, schema)


async def drop_schema(database: Database, schema: str) -> None:
    """The tables of a workspace that nobody needs any more, and what is known of their migrations."""
    async with database.transaction() as connection:
        await connection.execute(f"drop schema if exists {quoted(schema)} cascade")
        await connection.execute("delete from relata.migration where scope = %s", (schema,))


async def _tables(
    door: Door, migrations: Sequence[Migration], archive: zipfile.ZipFile, manifest: Manifest, key: str
) -> int:
    schema = f"w_{key}"
    async with door.database.transaction() as connection:
        await migrating.migrate_schema(connection, migrations, schema)
        steps = await connection.fetch("select name from relata.migration where scope = %s", (schema,))
        if {name for (name,) in steps} != set(manifest.migrations):
            raise Invalid(
                f"The export was made by another version ({manifest.version}).", code="other_version", field="file",
                hint="Bring both installations to the same version, and export again.",
            )  # fmt: skip
        await _fill(connection, schema, archive, manifest, only=("_definition",))
        rows = await connection.fetch(
            f"select kind, name, body from {quoted(schema)}._definition order by changed_at, kind, name"
        )
    registry = apply(door.modules, [Definition(*row) for row in rows], manifest.definitions)
    await planner.synchronise(door.database, schema, specs(registry))
    async with door.database.transaction() as connection:
        constraints = await without_references(connection, schema)
        count = await _fill(connection, schema, archive, manifest)
        for statement in constraints:
            await connection.execute(statement)
        for one in manifest.counters:
            await connection.execute(
                "select setval(to_regclass(%s), %s, %s)",
                (f"{quoted(schema)}.{quoted(one.name)}", one.value, one.is_called),
            )
        for kept in manifest.keys:
            await workspace_keys.bring(connection, schema, door.ring, kept.purpose, kept.number, kept.plain)
        await connection.execute(
            "insert into relata.workspace (id, key, schema, name, settings, definitions, fingerprint, created_at)"
            " values (%s, %s, %s, %s, %s::jsonb, %s, %s, %s)",
            (
                manifest.workspace, key, schema, manifest.name, msgspec.json.encode(manifest.settings).decode(),
                manifest.definitions, fingerprint(registry), datetime.fromisoformat(manifest.created_at),
            ),
        )  # fmt: skip
    return count


async def _fill(
    connection: Connection, schema: str, archive: zipfile.ZipFile, manifest: Manifest, only: tuple[str, ...] = ()
) -> int:
    there, count = set(await tables_of(connection, schema)), 0
    for table in manifest.tables:
        if only and table.name not in only:
            continue
        known = await columns_of(connection, schema, table.name) if table.name in there else ()
        if not set(table.columns) <= set(known):
            if not table.rows:
                continue  # left behind by an object or field that is gone
            raise Invalid(
                f"There is no place here for {table.name}.", code="other_modules", field="file",
                hint="This installation lacks a module that the other one has.",
            )  # fmt: skip
        target = f"{quoted(schema)}.{quoted(table.name)}"
        await connection.execute(f"truncate {target} cascade" if not only else f"delete from {target}")
        names = ", ".join(map(quoted, table.columns))
        count += await connection.copy_stream(
            f"copy {target} ({names}) from stdin", _member(archive, f"tables/{table.name}.copy")
        )
    return count


async def without_references(connection: Connection, schema: str) -> list[str]:
    """Take the foreign keys off, since tables come in any order; the statements that put them on again, checked."""
    rows = await connection.fetch(
        "select r.relname::text, c.conname::text, pg_get_constraintdef(c.oid) from pg_constraint c"
        " join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace"
        " where n.nspname = %s and c.contype = 'f'",
        (schema,),
    )
    for table, name, _definition in rows:
        await connection.execute(f"alter table {quoted(schema)}.{quoted(table)} drop constraint {quoted(name)}")
    return [
        f"alter table {quoted(schema)}.{quoted(table)} add constraint {quoted(name)} {definition}"
        for table, name, definition in rows
    ]


async def _member(archive: zipfile.ZipFile, name: str) -> AsyncIterator[bytes]:
    with archive.open(name) as stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece


async def _open(database: Database, manifest: Manifest, key: str, schema: str) -> int:
    """Active people come in with the account of their address; one that is new has no password until they choose it."""
    async with database.transaction() as connection:
        people = await connection.fetch(
            f"select id, lower(email) from {quoted(schema)}.\"user\" where email is not null and status = 'active'"
            " and deleted_at is null order by id"
        )
        for person, email in people:
            known = await accounts.by_email(connection, email)
            account = known.id if known is not None else await accounts.create_without_password(connection, email)
            await memberships.join(connection, account, UUID(manifest.workspace), person)
    return len(people)
