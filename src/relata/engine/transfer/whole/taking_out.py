"""A workspace into a file: every table as it is at one moment, streamed, and the bytes of its files."""

from __future__ import annotations

import base64
import contextlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from relata import __version__
from relata.engine.files.store import FileStore
from relata.engine.secrets import workspace_keys
from relata.engine.secrets.ring import KeyRing
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.engine.transfer.whole.archive import FORMAT, MANIFEST, Counter, Key, Manifest, Table
from relata.foundation.errors import Conflict, NotFound

#: Held by the export itself: the workspace's keys go in plain, under the master key of wherever they arrive.
KEYS = "_key"
_API_KEYS = """
    select count(*) from relata.api_key k join relata.workspace w on w.id = k.workspace
    where w.key = %s and k.revoked_at is null and coalesce(k.expires_at > now(), true)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """rows: over all tables. lost: files whose bytes are gone from the store. api_keys: those that work, and stay: what
    is kept of one is a hash, it belongs to an account, and it would open both workspaces."""

    tables: int
    rows: int
    files: int
    lost: int
    bytes: int
    api_keys: int


async def take_out(database: Database, ring: KeyRing, store: FileStore, key: str, target: Path) -> Written:
    """Everything of the workspace `key` into a new file that its owner alone can read. Conflict where the file exists,
    NotFound for no such workspace. Who may come in (accounts, keys, sessions) stays where it is."""
    draft = Draft(target)
    try:
        with draft.open() as archive:
            manifest, lost = await _write(database, ring, store, key, archive)
        async with database.read() as connection:
            keys = await connection.fetch_one(_API_KEYS, (key,))
        size = draft.keep()
    finally:
        draft.drop()
    rows = sum(table.rows for table in manifest.tables)
    return Written(len(manifest.tables), rows, len(manifest.files), lost, size, keys[0] if keys else 0)


class Draft:
    """A file that gets its name when it is whole. Conflict where there is one of this name."""

    def __init__(self, target: Path) -> None:
        if target.exists():
            raise Conflict("There is a file with this name already.", code="file_exists", hint="Choose another name.")
        self._target = target
        self._path = target.with_name(f".{target.name}.partial")

    @contextlib.contextmanager
    def open(self) -> Iterator[zipfile.ZipFile]:
        """For its owner alone."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "w+b") as stream,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            yield archive

    def keep(self) -> int:
        """Its bytes."""
        self._path.rename(self._target)
        return self._target.stat().st_size

    def drop(self) -> None:
        """Where it did not get that far."""
        self._path.unlink(missing_ok=True)


async def _write(
    database: Database, ring: KeyRing, store: FileStore, key: str, archive: zipfile.ZipFile
) -> tuple[Manifest, int]:
    async with database.transaction() as connection:
        await connection.execute("set transaction isolation level repeatable read, read only")
        row = await connection.fetch_one(
            "select id, schema, name, settings, definitions, created_at from relata.workspace where key = %s", (key,)
        )
        if row is None:
            raise NotFound("There is no such workspace.", code="unknown_workspace", field="workspace")
        workspace, schema, name, settings, definitions, created_at = row
        tables = [await _table(connection, schema, table, archive) for table in await tables_of(connection, schema)]
        files = [file for (file,) in await connection.fetch(f"select id from {quoted(schema)}._file order by id")]
        keys = await workspace_keys.load(connection, schema, ring)
        steps = await connection.fetch("select name from relata.migration where scope = %s order by name", (schema,))
        manifest = Manifest(
            FORMAT, __version__, datetime.now(UTC).isoformat(timespec="seconds"), str(workspace), key, name, settings,
            definitions, created_at.isoformat(), tuple(step for (step,) in steps), tuple(tables),
            await counters_of(connection, schema),
            tuple(
                Key(purpose, number, base64.b64encode(secret).decode())
                for purpose, known in keys.secrets.items()
                for number, secret in known.items()
            ),
            tuple(map(str, files)),
        )  # fmt: skip
    lost = [file for file in files if not await _file(store, schema, file, archive)]
    kept = tuple(str(file) for file in files if file not in lost)
    manifest = msgspec.structs.replace(manifest, files=kept)
    archive.writestr(MANIFEST, msgspec.json.encode(manifest))
    return manifest, len(lost)


async def _table(connection: Connection, schema: str, table: str, archive: zipfile.ZipFile) -> Table:
    columns = await columns_of(connection, schema, table)
    names = ", ".join(map(quoted, columns))
    rows = 0
    with archive.open(f"tables/{table}.copy", "w", force_zip64=True) as member:
        async for block in connection.copy_out(f"copy {quoted(schema)}.{quoted(table)} ({names}) to stdout"):
            rows += block.count(b"\n")  # a line end inside of a value is written as two characters
            member.write(block)
    return Table(table, columns, rows)


async def _file(store: FileStore, schema: str, file: UUID, archive: zipfile.ZipFile) -> bool:
    try:
        with archive.open(f"files/{file}", "w", force_zip64=True) as member:
            async for piece in store.read(schema, file):
                member.write(piece)
    except NotFound:
        return False
    return True


async def tables_of(connection: Connection, schema: str) -> list[str]:
    """The tables of a workspace, but for its keys."""
    rows = await connection.fetch(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relkind = 'r' and c.relname <> %s order by c.relname",
        (schema, KEYS),
    )
    return [name for (name,) in rows]


async def columns_of(connection: Connection, schema: str, table: str) -> tuple[str, ...]:
    """The columns that hold something of their own."""
    rows = await connection.fetch(
        "select a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relname = %s"
        " and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum",
        (schema, table),
    )
    return tuple(name for (name,) in rows)


async def counters_of(connection: Connection, schema: str) -> tuple[Counter, ...]:
    """Which number each sequence gives next."""
    found = []
    names = await connection.fetch(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relkind = 'S' order by c.relname",
        (schema,),
    )
    for (name,) in names:
        row = await connection.fetch_one(f"select last_value, is_called from {quoted(schema)}.{quoted(name)}")
        assert row is not None
        found.append(Counter(name, row[0], row[1]))
    return tuple(found)
