"""Answers of heavy statements that are kept until something changes which they are of.

An answer is kept under its statement and the values of the parameters that stand in it. The reader's access is part of
both, so nobody is given what they may not see, and two who see the same share one answer. It serves as long as the
log has no row about an object that the statement reads which its reading could have missed: one of a transaction that
was not over when it began. So a slow commit is never overlooked, which the newest row's number would do. Access that
changes without such a row is counted beside the log (`note_access`).
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relata.engine.metadata.fields import Links, RollUp
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import pair_table, rollup_table

#: Of one workspace and process: answers, and rows of all of them together; a row takes about half a kilobyte.
MOST_ANSWERS, MOST_ROWS = 400, 20_000
#: Where more was logged since than this, nobody looks what it was.
_FAR = 2_000
#: What any object's records may have changed by.
_SWEEPING = ("configured", "purged", "erased")
_NEWS = """
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    coalesce((select position from {schema}._cursor where name = 'feed'), 0),
    coalesce((select position from {schema}._cursor where name = 'access'), 0),
    count(*), array_agg(distinct object), coalesce(bool_or(action = any(%(sweeping)s)), false)
from (
    (select object, action, txid from {schema}._change where feed > %(position)s order by feed limit {far})
    union all (select object, action, txid from {schema}._change where feed is null limit {far})) news
where txid >= %(oldest)s::text::xid8
"""
_NOTE = """
insert into {schema}._cursor (name, position) values ('access', 1)
on conflict (name) do update set position = _cursor.position + 1
"""
_NAMES = re.compile(r"%\((\w+)\)s")
#: Such as now(): what is told by the clock can't be kept.
_CLOCKS = re.compile(r"\b(now\(|clock_timestamp|current_(date|time)|random\()", re.IGNORECASE)
_NOTHING = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in the log. oldest: the oldest transaction that was running. position: what the feed had come to; every
    row until there is of an older transaction. access: how often access has changed beside the log."""

    oldest: int
    position: int
    access: int


@dataclass(frozen=True, slots=True)
class News:
    """What came since a mark. objects: those that were written. is_everything: nothing that was known may be used."""

    at: Mark
    objects: frozenset[str]
    is_everything: bool

    def touches(self, objects: frozenset[str] | None) -> bool:
        """Whether it may change what was read of these objects; None for any."""
        return self.is_everything or bool(self.objects if objects is None else self.objects & objects)


async def news(connection: Connection, schema: str, since: Mark | None = None) -> News:
    """What the log tells since a mark, and the mark of now. schema: quoted. since: None for the mark alone."""
    values = {
        "position": since.position if since else _NOTHING, "oldest": str(since.oldest if since else _NOTHING),
        "sweeping": list(_SWEEPING),
    }  # fmt: skip
    row = await connection.fetch_one(_NEWS.format(schema=schema, far=_FAR), values)
    assert row is not None
    oldest, position, access, count, objects, is_sweeping = row
    is_everything = is_sweeping or count >= _FAR or (since is not None and since.access != access)
    return News(Mark(oldest, position, access), frozenset(objects or ()), is_everything)


async def note_access(connection: Connection, schema: str) -> None:
    """Who may see what has changed without a row in the log. At the end of a transaction: others wait for it."""
    await connection.execute(_NOTE.format(schema=quoted(schema)))


@dataclass(slots=True)
class _Kept:
    rows: list[Row]
    at: Mark


class KeptAnswers:
    """Of one workspace, as long as its definitions are the same. asked, kept: how often a statement was asked for, and
    how often an answer that was there served."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._running: dict[Hashable, asyncio.Future[None]] = {}
        self._objects: dict[str, frozenset[str] | None] = {}
        self._rows = 0
        self.asked = self.kept = 0

    async def rows(
        self, connection: Connection, registry: Registry, schema: str, sql: str, params: Mapping[str, Any],
        now: datetime, read: Callable[[], Awaitable[list[Row]]],
    ) -> list[Row]:  # fmt: skip
        """The rows of a statement, from here or from `read`. Inside of a transaction always from `read`: it may see
        what nobody else does. now: the reader's, by which an answer that depends on it is known."""
        self.asked += 1
        key = _key(sql, params, now) if connection.stands_alone else None
        objects = self._objects_of(registry, schema, sql) if key is not None else None
        if key is None or objects is None:
            return await read()
        space = quoted(schema)
        if (running := self._running.get(key)) is not None:
            await asyncio.wait([running])  # whoever asks the same meanwhile looks at that answer, and whether it holds
        known = self._kept.get(key)
        if known is not None:
            since = await news(connection, space, known.at)
            if not since.touches(objects):
                known.at = max(known.at, since.at, key=lambda mark: (mark.oldest, mark.position))
                self.kept += 1
                return known.rows
        return await self._read(connection, space, key, read)

    def forget(self) -> None:
        """Keep nothing that was told so far."""
        self._kept.clear()
        self._rows = 0

    async def _read(
        self, connection: Connection, space: str, key: Hashable, read: Callable[[], Awaitable[list[Row]]]
    ) -> list[Row]:
        running: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running[key] = running
        try:
            mark = (await news(connection, space)).at
            rows = await read()
            self._keep(key, _Kept(rows, mark))
        finally:
            running.set_result(None)
            if self._running.get(key) is running:
                del self._running[key]
        return rows

    def _keep(self, key: Hashable, found: _Kept) -> None:
        former = self._kept.pop(key, None)
        self._rows -= len(former.rows) if former is not None else 0
        if len(found.rows) > MOST_ROWS // 2:
            return
        self._kept[key] = found
        self._rows += len(found.rows)
        while len(self._kept) > MOST_ANSWERS or self._rows > MOST_ROWS:
            self._rows -= len(self._kept.popitem(last=False)[1].rows)

    def _objects_of(self, registry: Registry, schema: str, sql: str) -> frozenset[str] | None:
        if sql not in self._objects:
            if len(self._objects) > 2 * MOST_ANSWERS:
                self._objects.clear()
            self._objects[sql] = objects_of(registry, schema, sql)
        return self._objects[sql]


def _key(sql: str, params: Mapping[str, Any], now: datetime) -> Hashable:
    """None for what can't be kept."""
    used = sorted(set(_NAMES.findall(sql)))
    if _CLOCKS.search(sql) or any(isinstance(params[name], datetime) and params[name] == now for name in used):
        return None
    return (sql, tuple(_frozen(params[name]) for name in used))


def _frozen(value: Any) -> Hashable:
    """Unequal for values of different kinds: 1 and True are one to Python."""
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return (type(value), value)


def objects_of(registry: Registry, schema: str, sql: str) -> frozenset[str] | None:
    """The objects whose changes change what the statement answers: those whose tables it reads, those that open their
    records, and those that roll-ups are of. None where it reads anything else."""
    owners = _owners(registry)
    names = {quoted or plain for quoted, plain in re.findall(rf'"?\b{re.escape(schema)}"?\.(?:"(\w+)"|(\w+))', sql)}
    if not names or not names <= owners.keys():
        return None
    counted: set[str] = set()
    waiting = [owners[name] for name in names if name == rollup_table(owners[name])]
    while waiting:  # a roll-up may be of others
        name = waiting.pop()
        if name not in counted:
            counted.add(name)
            relations = registry.relations.get(name, {})
            waiting += [
                relations[field.over].child
                for field in registry.get(name).fields
                if isinstance(field, RollUp) and field.over in relations
            ]
    found: set[str] = set()
    waiting = [*counted, *(owners[name] for name in names)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += registry.access_parents.get(name, ())
    return frozenset(found)


def _owners(registry: Registry) -> dict[str, str]:
    """Of each table the object whose records it holds."""
    found: dict[str, str] = {}
    for one in registry.objects.values():
        found[one.name] = found[rollup_table(one.name)] = one.name
        found |= {pair_table(one.name, field.name): one.name for field in one.fields if isinstance(field, Links)}
    return found
