"""Which fields anybody asks for: in lists, filters, orders, exports, over the API. Only the day of the last time is
kept, and nobody's name; a process writes each field down once a day.

What a record's page shows is asked for as a whole, and says nothing about one field of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from relata.engine.formula import Node, Path
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.unit import Unit
from relata.engine.workspace.workspace import Workspace

MIGRATIONS = (
    Migration(
        "2026_12_04_field_reads",
        """
        create table {schema}._field_read (
            object text not null, path text not null, first date not null, last date not null,
            primary key (object, path));
        """,
        workspace=True,
    ),
)
#: For so long nobody must have asked.
DAYS = 30
#: Through what people and their programs ask; what runs by itself asks for nobody.
_ASKING = ("form", "api", "export", "cli")
_MOST, _AT_ONCE = 50_000, 200
#: Of so many filters one is looked at: each differs in its values, and to look at one costs as much as some lists.
_EACH = 8


class FieldReads:
    """Of one process. Paths are kept as they were asked: where they lead is found out when somebody looks."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str, str]] = set()
        self._shapes: set[Hashable] = set()
        self._turn = 0
        self._new: list[tuple[str, str, str]] = []
        self._day = datetime.now(UTC).date()

    def take(self, unit: Unit) -> None:
        """What a unit of work asked for."""
        if unit.asked and unit.actor.user is not None and unit.actor.via in _ASKING:
            schema = unit.context.schema
            for query in unit.asked:
                shape = (schema, query.object, query.fields, query.order)
                if shape not in self._shapes and len(self._shapes) < _MOST:
                    self._shapes.add(shape)
                    self._note(schema, query.object, (*query.fields, *(".".join(level.path) for level in query.order)))
                self._turn += 1
                if query.where is not None and self._turn % _EACH == 1:
                    self._note(schema, query.object, _named(query.where))
        unit.asked.clear()

    def _note(self, schema: str, name: str, paths: Iterable[str]) -> None:
        for path in paths:
            key = (schema, name, path)
            if key not in self._known and len(self._known) < _MOST:
                self._known.add(key)
                self._new.append(key)

    @property
    def is_due(self) -> bool:
        """Whether enough is there to be written before the other notes are."""
        return len(self._new) > _AT_ONCE

    def due(self) -> list[tuple[str, str, str]]:
        """What was not written down today; whoever takes it writes it."""
        today = datetime.now(UTC).date()
        if today != self._day:
            self._day = today
            self._known.clear()
            self._shapes.clear()
        found, self._new = self._new, []
        return found


async def keep(connection: Connection, found: list[tuple[str, str, str]]) -> None:
    """Write down that these were asked for today. A workspace that is gone meanwhile, as old rehearsals are, is left
    out."""
    today = datetime.now(UTC).date()
    rows = await connection.fetch(
        "select schema from unnest(%s::text[]) as schema where to_regclass(quote_ident(schema) || '._field_read')"
        " is not null",
        (sorted({schema for schema, _name, _path in found}),),
    )
    there = {schema for (schema,) in rows}
    for schema, name, path in sorted(one for one in found if one[0] in there):
        await connection.execute(
            f"insert into {quoted(schema)}._field_read values (%s, %s, %s, %s)"
            " on conflict (object, path) do update set last = excluded.last",
            (name, path, today, today),
        )


def _named(node: Node) -> Iterator[str]:
    if isinstance(node, Path):
        yield ".".join(node.names)
        return
    for name in ("items", "args"):
        for part in getattr(node, name, ()):
            yield from _named(part)
    for name in ("item", "left", "right", "value", "low", "high"):
        inner = getattr(node, name, None)
        if inner is not None and hasattr(inner, "position"):  # the value of a literal is no node
            yield from _named(inner)


async def unread(work: Workspace, one: Object) -> set[str] | None:
    """Fields of an object that nobody asked for since `DAYS`; None while that was not counted for so long."""
    since = work.clock.today - timedelta(days=DAYS)
    rows = await work.unit.connection.fetch(
        f"select object, path, first, last from {quoted(work.context.schema)}._field_read"
    )
    if not rows or min(row[2] for row in rows) > since:
        return None
    read = {place for name, path, _first, last in rows if last >= since for place in _places(work.registry, name, path)}
    return {name for name in one.all_fields if (one.name, name) not in read}


def _places(registry: Registry, name: str, path: str) -> Iterator[tuple[str, str]]:
    """The fields on the way of a path."""
    for step in path.split("."):
        one = registry.objects.get(name)
        field = one.field(step) if one else None
        if one is None or field is None:
            relation = registry.relations.get(name, {}).get(step)
            if relation is None:
                return
            yield relation.child, relation.field
            name = relation.child
            continue
        yield name, step
        name = getattr(field, "to", "")
