"""The SQL that the product runs for something, taken from the product while it does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from relata.app.assembly import MAIN, House
from relata.engine.storage.database import Connection, Params, Row
from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as psycopg takes it. names: of its columns."""

    sql: str
    params: Any
    names: tuple[str, ...] = ()


class _Listening(Connection):
    """Notes every statement on its way."""

    def __init__(self, raw: psycopg.AsyncConnection[Row]) -> None:
        super().__init__(raw)
        self.heard: list[Statement] = []

    async def _run(self, sql: str, params: Params) -> psycopg.AsyncCursor[Row]:
        cursor = await super()._run(sql, params)
        names = tuple(column.name for column in cursor.description or ())
        self.heard.append(Statement(sql, params, names))
        return cursor


async def heard(house: House, who: UUID, attempt: Callable[[Workspace], Awaitable[object]]) -> list[Statement]:
    """The statements that `attempt` runs as this person; nothing of what it writes stays."""
    async with house.database.read() as connection:
        context = await house.door.context(MAIN)
        actor = await house.door.actor(connection, context, who, "api")
    statements: list[Statement] = []
    try:
        async with house.door.open(MAIN, actor, via="api") as work:
            await work.unit.connection.execute("select 1")
            listening = _Listening(work.unit.connection.raw)
            work.unit.connection = listening
            await attempt(work)
            statements = listening.heard
            raise _Enough
    except _Enough:
        return statements


class _Enough(Exception):
    """Ends a unit of work without a commit."""
