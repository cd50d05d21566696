"""Another type for a custom field: every value goes through text, from the old type to the new one.

Values are converted into columns beside the old ones, in chunks and without a lock, while people go on working. Only
the last step locks the table, for as long as it takes to convert what was changed meanwhile and to put the new columns
in the old ones' place; the definition is stored in the same transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Choice, Field, Link, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.secrets.records import keep_salts, salts_of
from relata.engine.storage import planner
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import LOCK_TIMEOUT_MS, Step, quoted
from relata.engine.storage.tables import sql_type
from relata.engine.workspace.changes import log_writer
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.convertible import Conversion, NotConvertible
from relata.engine.workspace.copying import RowWriter
from relata.foundation.errors import Invalid

if TYPE_CHECKING:
    from relata.engine.workspace.door import Door, Who
    from relata.engine.workspace.workspace import Workspace

CHUNK = 2000
_STAGED = "new__"
_AT = "new__at_version"


class Converting:
    """One change of type on its way."""

    def __init__(
        self,
        door: Door,
        key: str,
        who: Who,
        via: str,
        context: WorkspaceContext,
        one: Object,
        old: Field,
        new: Field,
        force: bool,
    ) -> None:
        self._door, self._key, self._who, self._via = door, key, who, via
        self._context, self._one, self._old, self._new, self._force = context, one, old, new, force
        self._table = f"{quoted(context.schema)}.{quoted(one.name)}"
        self._writer = RowWriter(msgspec.structs.replace(one, fields=(new,)), (new.name,), json_as_text=False)
        self._types = [sql_type(column.type) for column in new.columns()]
        self._seen: set[str] = set()
        self.report = Conversion()

    async def run(self, store: Callable[[Workspace], Awaitable[None]]) -> Conversion:
        """Convert and swap. store: writes the definition, in the same transaction as the swap."""
        if not self._new.stored:
            await self._door.run(self._key, self._who, store, via=self._via)
            return self.report
        await planner.apply(self._door.database, [*self._unstage(), *self._stage()])
        try:
            async with self._door.database.read() as connection:
                await self._convert(connection, changed_only=False)
            self._judge()
            await planner.patiently(
                lambda: self._door.run(self._key, self._who, lambda work: self._swap(work, store), via=self._via)
            )
        except BaseException:
            await planner.apply(self._door.database, self._unstage())
            raise
        return self.report

    def _judge(self) -> None:
        if self.report.failed and not self._force:
            raise NotConvertible(self._old.title, self.report)

    def _staged(self) -> list[str]:
        return [f"{_STAGED}{name}" for name in self._writer.columns]

    def _stage(self) -> list[Step]:
        pairs = [*zip(self._staged(), self._types, strict=True), (_AT, "bigint")]
        return [Step(f"alter table {self._table} add column {quoted(name)} {kind}") for name, kind in pairs]

    def _unstage(self) -> list[Step]:
        return [
            Step(f"alter table {self._table} drop column if exists {quoted(name)}") for name in (*self._staged(), _AT)
        ]

    async def _convert(self, connection: Connection, *, changed_only: bool) -> None:
        """All values, or those of records that were written after they had been converted."""
        cells = ", ".join(quoted(column.name(self._old.name)) for column in self._old.columns())
        main = quoted(self._old.columns()[0].name(self._old.name))
        which = (
            f"{_AT} is distinct from version and ({main} is not null or {_AT} is not null)"
            if changed_only
            else f"{main} is not null"
        )
        after: UUID | None = None
        while True:
            rows = await connection.fetch(
                f"select id, version, {cells} from {self._table} where {which}"
                " and (%(after)s::uuid is null or id > %(after)s)"
                f" order by id limit {CHUNK}",
                {"after": after},
            )
            if not rows:
                return
            await self._write(connection, await self._converted(connection, rows))
            after = rows[-1][0]

    async def _converted(self, connection: Connection, rows: list[Any]) -> list[tuple[UUID, int, Any]]:
        found: list[tuple[UUID, int, Any]] = []
        texts: dict[UUID, str] = {}
        for record, version, *cells in rows:
            value = self._old.from_columns(tuple(cells))
            text = texts[record] = "" if value is None else self._text(value)
            found.append((record, version, self._parsed(record, text) if text else None))
        found = await self._without_dangling(connection, found, texts)
        found = await self._without_twins(connection, found, texts)
        self.report.converted += sum(value is not None for _, _, value in found)
        return found

    def _parsed(self, record: UUID, text: str) -> Any:
        reason = "Nothing is left of it."
        try:
            value = self._new.parse(text, self._context.parsing)
        except Invalid as error:
            value, reason = None, error.message
        if value is None:
            self.report.fail(record, text, reason)
        return value

    def _text(self, value: Any) -> str:
        """The value's text; of a choice the label that people saw, unless it becomes a choice again."""
        if isinstance(self._old, (Choice, MultiChoice)) and not isinstance(self._new, (Choice, MultiChoice)):
            values = value if isinstance(value, tuple) else (value,)
            return ";".join(option.title if (option := self._old.option(each)) else each for each in values)
        return self._old.to_text(value)

    async def _without_dangling(
        self, connection: Connection, found: list[tuple[UUID, int, Any]], texts: dict[UUID, str]
    ) -> list[tuple[UUID, int, Any]]:
        """A link needs a record to lead to."""
        if not isinstance(self._new, Link):
            return found
        ids = [value for _, _, value in found if value is not None]
        rows = await connection.fetch(
            f"select id from {quoted(self._context.schema)}.{quoted(self._new.to)} where id = any(%s)", (ids,)
        )
        there = {record for (record,) in rows}
        return [self._or_nothing(one, one[2] in there, texts, "There is no such record.") for one in found]

    async def _without_twins(
        self, connection: Connection, found: list[tuple[UUID, int, Any]], texts: dict[UUID, str]
    ) -> list[tuple[UUID, int, Any]]:
        """A unique field takes each value once; the first record keeps it."""
        if not self._new.unique:
            return found
        kept = []
        for one in found:
            key = "" if one[2] is None else self._new.to_text(one[2])
            kept.append(self._or_nothing(one, key not in self._seen, texts, "Another record has this value."))
            self._seen.add(key or "\x00")
        return kept

    def _or_nothing(
        self, one: tuple[UUID, int, Any], fits: bool, texts: dict[UUID, str], reason: str
    ) -> tuple[UUID, int, Any]:
        if one[2] is None or fits:
            return one
        self.report.fail(one[0], texts[one[0]], reason)
        return one[0], one[1], None

    async def _write(self, connection: Connection, found: list[tuple[UUID, int, Any]]) -> None:
        names = [f"c{index}" for index in range(len(self._types))]
        rows = [
            {
                "id": record,
                "version": version,
                **dict(zip(names, self._writer.row({self._new.name: value}), strict=True)),
            }
            for record, version, value in found
        ]
        shape = ", ".join(f"{name} {kind}" for name, kind in zip(names, self._types, strict=True))
        sets = ", ".join(f"{quoted(staged)} = r.{name}" for staged, name in zip(self._staged(), names, strict=True))
        await connection.execute(
            f"update {self._table} t set {sets}, {_AT} = r.version"
            f" from json_to_recordset(%s::json) as r(id uuid, version bigint, {shape})"
            " where t.id = r.id and t.version = r.version",
            (msgspec.json.encode(rows).decode(),),
        )

    async def _swap(self, work: Workspace, store: Callable[[Workspace], Awaitable[None]]) -> None:
        connection = work.unit.connection
        await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
        await connection.execute(f"lock table {self._table} in access exclusive mode")
        await self._convert(connection, changed_only=True)
        self._judge()
        await self._note_emptied(work)
        for column in self._old.columns():
            await connection.execute(
                f"alter table {self._table} drop column {quoted(column.name(self._old.name))} cascade"
            )
        for staged, name in zip(self._staged(), self._writer.columns, strict=True):
            await connection.execute(f"alter table {self._table} rename column {quoted(staged)} to {quoted(name)}")
        await connection.execute(f"alter table {self._table} drop column {_AT}")
        await store(work)

    async def _note_emptied(self, work: Workspace) -> None:
        """What no longer has a value is a change of the record, and its history says what it was."""
        if not self.report.failed:
            return
        cells = ", ".join(quoted(column.name(self._old.name)) for column in self._old.columns())
        main, staged = quoted(self._old.columns()[0].name(self._old.name)), quoted(self._staged()[0])
        connection = work.unit.connection
        rows = await connection.fetch(
            f"update {self._table} set version = version + 1, {_AT} = version + 1, changed_at = now(),"
            " changed_by = %s, changed_via = %s"
            f" where {main} is not null and {staged} is null returning id, {cells}",
            (work.actor.user, work.actor.via),
        )
        log = log_writer(work.unit, self._one)
        known = await salts_of(connection, self._context.schema, (row[0] for row in rows))
        lines, salts = [], []
        for record, *values in rows:
            old = {self._old.name: self._old.from_columns(tuple(values))}
            salt, (before,) = log.written(record, known.get(record), old)
            if salt is not None:
                salts.append((record, salt))
            lines.append({"record": record, "before": before, "after": {self._old.name: None}})
        await keep_salts(connection, self._context.schema, salts)
        await work.unit.connection.execute(
            f"insert into {quoted(self._context.schema)}._change"
            " (object, record, action, actor, via, source, before, after)"
            " select %(object)s, record, 'changed', %(actor)s, %(via)s, %(source)s::jsonb, before, after"
            " from json_to_recordset(%(lines)s::json) as r(record uuid, before jsonb, after jsonb)",
            {
                "object": self._one.name,
                "actor": work.actor.user,
                "via": work.actor.via,
                "lines": msgspec.json.encode(lines).decode(),
                "source": msgspec.json.encode({**work.actor.source, "conversion": self._new.type_name}).decode(),
            },
        )
