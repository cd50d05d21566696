"""Making workspaces and changing their configuration while people work."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.overlay import Definition, apply
from relata.engine.metadata.registry import Registry
from relata.engine.secrets import workspace_keys
from relata.engine.storage import migrations as migrating
from relata.engine.storage import planner
from relata.engine.storage.database import Connection
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import specs
from relata.engine.workspace.context import Settings
from relata.engine.workspace.door import Door
from relata.engine.workspace.secret_fields import encrypt_plain
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


async def create_workspace(door: Door, migrations: Sequence[Migration], key: str, settings: Settings) -> None:
    """A new workspace with its schema, tables and seeds. Conflict if the key is taken."""
    schema = f"w_{key}"
    async with door.database.transaction() as connection:
        if await connection.fetch_one("select 1 from relata.workspace where key = %s", (key,)):
            raise Conflict(_("There is a workspace with this name already."), code="not_unique", field="key")
        await migrating.migrate_schema(connection, migrations, schema)
        await connection.execute(
            "insert into relata.workspace (id, key, schema, name, settings) values (%s, %s, %s, %s, %s::jsonb)",
            (new_id(), key, schema, settings.name, msgspec.json.encode(settings).decode()),
        )
    await synchronise(door, migrations, key)


async def synchronise(door: Door, migrations: Sequence[Migration], key: str) -> list[str]:
    """Bring a workspace's tables to what modules and definitions declare, then seed; what was done, in words. Safe to
    run again."""
    door.forget(key)
    context = await door.context(key)
    async with door.database.transaction() as connection:
        done = await migrating.migrate_schema(connection, migrations, context.schema)
        await workspace_keys.ensure(connection, context.schema, door.ring)
        await number_objects(connection, context.schema, context.registry)
    steps = await planner.synchronise(door.database, context.schema, specs(context.registry))
    door.forget(key)
    await seed(door, key)
    await door.run(key, None, encrypt_plain)
    async with door.database.transaction() as connection:
        await connection.execute(
            "update relata.workspace set fingerprint = %s where key = %s", (fingerprint(context.registry), key)
        )
    return [*done, *(step.sql for step in steps)]


async def number_objects(connection: Connection, schema: str, registry: Registry) -> None:
    """Objects whose children inherit access need a number for the codes in their rows. There are 255 numbers; objects
    beyond open no comments on their records. Numbers are given here and not by the column, which would lose some at
    each run."""
    table = f"{quoted(schema)}._object"
    tight = [parents[0] for parents in registry.access_parents.values() if len(parents) == 1]
    rest = [name for name in sorted(registry.access_children) if name not in tight]
    await connection.execute(
        f"insert into {table} (name, number) overriding system value select name, number from (select name,"
        f" (select coalesce(max(number), 0) from {table}) + row_number() over (order by place) as number"
        f" from unnest(%s::text[]) with ordinality as wanted (name, place)"
        f" where name not in (select name from {table})) new where number < 256",
        ([*dict.fromkeys(tight), *rest],),
    )


async def seed(door: Door, key: str) -> None:
    """What modules need in a workspace: pipelines, stages."""
    context = await door.context(key)
    for module in context.registry.modules.values():
        if module.seed is not None:
            await door.run(key, None, module.seed, via="setup")


def fingerprint(registry: Registry) -> str:
    """Equal while the tables need no change; `readyz` refuses while it differs."""
    return hashlib.sha256(repr(sorted(specs(registry), key=lambda spec: spec.name)).encode()).hexdigest()[:24]


async def pending(door: Door, migrations: Sequence[Migration]) -> list[str]:
    """What `migrate` would have to do, in words; empty when everything is up to date."""
    found: list[str] = []
    async with door.database.read() as connection:
        exists = await connection.fetch_one("select to_regclass('relata.workspace')::text")
        if exists is None or exists[0] is None:
            return ["The database is empty."]
        found.extend(step.name for step in await migrating.pending(connection, migrations, "database"))
        for key, schema, known in await connection.fetch("select key, schema, fingerprint from relata.workspace"):
            steps = await migrating.pending(connection, migrations, schema)
            found.extend(f"{key}: {step.name}" for step in steps)
            if not steps and known != fingerprint((await door.context(key)).registry):
                found.append(f"{key}: tables")
    return found


def preview(door: Door, definitions: Sequence[Definition], version: int) -> Registry:
    """The registry that these definitions would make; Bug or Invalid where they do not fit together."""
    return apply(door.modules, definitions, version)


async def store(connection: Connection, schema: str, definition: Definition, who: UUID | None) -> None:
    """Write one definition and move the workspace to its next version; all processes follow within a second."""
    await connection.execute(
        f"insert into {quoted(schema)}._definition (kind, name, body, changed_by) values (%s, %s, %s::jsonb, %s)"
        " on conflict (kind, name) do update set body = excluded.body, version = _definition.version + 1,"
        " changed_at = now(), changed_by = excluded.changed_by",
        (definition.kind, definition.name, msgspec.json.encode(definition.body).decode(), who),
    )
    await tell_others(connection, schema)


async def remove(connection: Connection, schema: str, kind: str, name: str) -> None:
    """Take one definition away and move the workspace to its next version."""
    await connection.execute(f"delete from {quoted(schema)}._definition where kind = %s and name = %s", (kind, name))
    await tell_others(connection, schema)


async def tell_others(connection: Connection, schema: str) -> None:
    """Move the workspace to its next version: every process loads definitions and keys again within a second."""
    await connection.execute("update relata.workspace set definitions = definitions + 1 where schema = %s", (schema,))


def body_of(value: msgspec.Struct) -> dict[str, Any]:
    """A declaration as it is stored."""
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found
