"""Making a rehearsal workspace, and finding it again: records by statements inside of the database, without their
history, files, mails and whatever would reach somebody outside."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from relata.engine.identity import memberships
from relata.engine.metadata.fields import Links
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.search.index import reindex
from relata.engine.storage import planner
from relata.engine.storage.database import Connection
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import pair_table, rollup_table, specs
from relata.engine.transfer.configuration.gathering import RECORDS
from relata.engine.transfer.rehearsal.masking import FUNCTIONS, masked_columns, tells_of_people
from relata.engine.transfer.whole.bringing_in import drop_schema, without_references
from relata.engine.transfer.whole.taking_out import columns_of, counters_of
from relata.engine.workspace import configure
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.door import Door
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _

#: What of the engine's own objects comes along; of mails, subscriptions, schedules and runs nothing does.
_CONFIGURED = (
    *RECORDS, "board_column", "working_calendar", "holiday", "queue", "exchange_rate", "flow", "flow_version",
    "email_template", "snippet", "capture_form",
)  # fmt: skip
_KEPT = (*_CONFIGURED, "user", "people_group")
#: Of modules, but they reach out.
_LEFT = ("calendar_subscription",)
#: Tables beside the objects': numbers of objects and people, which rows name, and what was shared.
_BESIDE = ("_object", "_principal", "_share")
_SUFFIX = "_rehearsal"
#: The job that makes one. args: workspace, its key; person, who may come in and is told.
REHEARSE = "make_rehearsal"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What was made. masked: columns that were."""

    key: str
    objects: int
    rows: int
    masked: int


def key_of_rehearsal(key: str) -> str:
    """How the rehearsal of a workspace is called."""
    return f"{key}{_SUFFIX}"


async def last_rehearsal(door: Door, key: str) -> datetime | None:
    """When the rehearsal of a workspace was made; None while there is none that anybody may enter."""
    async with door.database.read() as connection:
        row = await connection.fetch_one(
            "select w.created_at from relata.workspace w where w.key = %s and settings ->> 'rehearsal_of' = %s"
            " and exists (select 1 from relata.membership m where m.workspace = w.id)",
            (key_of_rehearsal(key), key),
        )
    return row[0] if row else None


async def make_rehearsal(door: Door, migrations: Sequence[Migration], key: str, person: UUID | None) -> Rehearsed:
    """A new rehearsal of the workspace, in place of the last one. person: who may come in; None for all
    administrators. Conflict where the name belongs to another workspace."""
    source = await door.context(key)
    if source.settings.rehearsal_of:
        raise Invalid(_("A rehearsal has no rehearsal."), code="rehearsal", hint=_("Make it of the real workspace."))
    target = key_of_rehearsal(key)
    await _clear(door, target, key)
    name = _("%(name)s (rehearsal)") % {"name": source.settings.name}
    settings = msgspec.structs.replace(source.settings, name=name, mail_tracking=False, rehearsal_of=key)
    try:
        await configure.create_workspace(door, migrations, target, settings)
        done = await _fill(door, source, target)
    except BaseException:
        await _clear(door, target, key)
        raise
    context = await door.context(target)
    for one in context.registry.objects.values():
        if _comes_along(context.registry, one):
            await reindex(door.database, context.tables, one)
    await _let_in(door, source, context, person)
    return done


async def _clear(door: Door, target: str, key: str) -> None:
    async with door.database.transaction() as connection:
        row = await connection.fetch_one(
            "select id, settings ->> 'rehearsal_of' from relata.workspace where key = %s", (target,)
        )
        if row is not None and row[1] != key:
            raise Conflict(_("There is another workspace with this name."), code="not_unique", field="key")
        await connection.execute("delete from relata.workspace where key = %s", (target,))
    await drop_schema(door.database, f"w_{target}")
    door.forget(target)


async def _fill(door: Door, source: WorkspaceContext, target: str) -> Rehearsed:
    schema, registry = f"w_{target}", source.registry
    async with door.database.transaction() as connection:
        await connection.execute(f"delete from {quoted(schema)}._definition")
        await connection.execute(
            f"insert into {quoted(schema)}._definition select * from {quoted(source.schema)}._definition"
        )
    await planner.synchronise(door.database, schema, specs(registry))
    async with door.database.transaction() as connection:
        for function in FUNCTIONS:
            await connection.execute(function)
        constraints = await without_references(connection, schema)
        filling = _Filling(connection, source, schema)
        for one in registry.objects.values():
            await filling.empty(one.name)
        for one in registry.objects.values():
            if _comes_along(registry, one):
                await filling.take(one)
        for table in _BESIDE:
            await filling.copy(table)
        await connection.execute(
            f"update {quoted(schema)}.flow set state = 'paused', paused_because = %s where state = 'active'",
            (_("This is a rehearsal. Take it up again to try it."),),
        )
        for counter in await counters_of(connection, source.schema):
            await connection.execute(
                "select setval(to_regclass(%s), %s, %s)",
                (f"{quoted(schema)}.{quoted(counter.name)}", counter.value, counter.is_called),
            )
        for statement in constraints:
            await connection.execute(statement)
        await connection.execute(
            "update relata.workspace set definitions = definitions + 1, fingerprint = %s where key = %s",
            (configure.fingerprint(registry), target),
        )
    door.forget(target)
    return Rehearsed(target, filling.objects, filling.rows, filling.masked)


def _comes_along(registry: Registry, one: Object) -> bool:
    module = registry.modules.get(one.module)
    return one.name in _KEPT or (one.name not in _LEFT and (module is None or not module.essential))


class _Filling:
    """Rows from one schema into another, masked on the way."""

    def __init__(self, connection: Connection, source: WorkspaceContext, schema: str) -> None:
        self._connection, self._source, self._schema = connection, source, schema
        self._salt = secrets.token_hex(16)
        self.objects = self.rows = self.masked = 0

    async def empty(self, table: str) -> None:
        await self._connection.execute(f"truncate {quoted(self._schema)}.{quoted(table)} cascade")

    async def take(self, one: Object) -> None:
        """An object's records with their links and sums."""
        registry = self._source.registry
        texts = one.name not in _CONFIGURED and not one.reference and _names_people(registry, one)
        changed: dict[str, str] = {}
        if one.name not in _CONFIGURED:
            changed = masked_columns(
                one, texts=texts, empty=await self._never_null(one.name), unique=_unique(registry, one)
            )
        self.rows += await self.copy(one.name, changed)
        self.objects += 1
        self.masked += len(changed)
        for field in one.all_fields.values():
            if isinstance(field, Links) and _comes_along(registry, registry.get(field.to)):
                await self.copy(pair_table(one.name, field.name))
        await self.copy(rollup_table(one.name))

    async def copy(self, table: str, changed: dict[str, str] | None = None) -> int:
        """All rows of a table, if there is one; how many."""
        columns = await columns_of(self._connection, self._source.schema, table)
        here = set(await columns_of(self._connection, self._schema, table))
        names = [name for name in columns if name in here]
        if not names:
            return 0
        target = f"{quoted(self._schema)}.{quoted(table)}"
        await self._connection.execute(f"delete from {target}")
        values = ", ".join((changed or {}).get(name, quoted(name)) for name in names)
        return await self._connection.execute(
            f"insert into {target} ({', '.join(map(quoted, names))}) overriding system value"
            f" select {values} from {quoted(self._source.schema)}.{quoted(table)}",
            {"salt": self._salt},
        )

    async def _never_null(self, table: str) -> frozenset[str]:
        rows = await self._connection.fetch(
            "select attname::text from pg_attribute where attrelid = to_regclass(%s) and attnotnull and attnum > 0",
            (f"{quoted(self._schema)}.{quoted(table)}",),
        )
        return frozenset(name for (name,) in rows)


def _names_people(registry: Registry, one: Object, seen: frozenset[str] = frozenset()) -> bool:
    """Whether its short texts may name somebody: it has people's data, or belongs to something that has, or to what
    belongs to such: a step of a task, a line of an opportunity. Catalogues lead nowhere."""
    if tells_of_people(one):
        return True
    if one.reference or any(getattr(field, "to_any", None) == () for field in one.fields):
        return not one.reference
    targets = {getattr(field, "to", "") for field in one.fields if field.name not in ("owner", "team")}
    targets |= {name for field in one.fields for name in getattr(field, "to_any", ()) or ()}
    known = seen | {one.name}
    return any(_names_people(registry, registry.get(name), known) for name in (targets - known) & set(registry.objects))


def _unique(registry: Registry, one: Object) -> frozenset[str]:
    """Fields that a constraint keeps apart."""
    groups = [name for group in one.unique_together for name in group]
    return frozenset([*groups, *(field.name for field in one.all_fields.values() if field.unique)])


async def _let_in(door: Door, source: WorkspaceContext, made: WorkspaceContext, person: UUID | None) -> None:
    """The same accounts as the same people."""
    async with door.database.transaction() as connection:
        people = f'{quoted(source.schema)}."user"'
        rows = await connection.fetch(
            f'select m.account, m."user" from relata.membership m join {people} u on u.id = m."user"'
            " where m.workspace = %(workspace)s and (u.id = %(person)s"
            " or (%(person)s::uuid is null and 'admin' = any(u.roles)))",
            {"workspace": source.id, "person": person},
        )
        for account, user in rows:
            await memberships.join(connection, account, made.id, user)
