"""Opening what the log keeps sealed: the one place where personal values of the past become readable, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from relata.engine.secrets.records import SEALED, Sealer, salts_of
from relata.engine.storage.database import Connection


class Logged(Protocol):
    """A row of the log, as a data class."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def record(self) -> UUID: ...
    @property
    def before(self) -> dict[str, Any]: ...
    @property
    def after(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=Logged)


async def opened(connection: Connection, schema: str, sealer: Sealer, rows: Sequence[T]) -> list[T]:
    """The rows with their personal values, at the cost of one statement for all that hold any. Values of records that
    were erased are absent. No key is kept between calls: an erasure in another process holds at once."""
    closed = {row.record for row in rows if SEALED in row.before or SEALED in row.after}
    if not closed:
        return list(rows)
    salts = await salts_of(connection, schema, closed)

    def open_side(row: T, values: dict[str, Any]) -> dict[str, Any]:
        text = values.get(SEALED)
        if text is None:
            return values
        salt = salts.get(row.record)
        found = sealer.open(salt, row.record, text) if salt is not None else None
        rest = {name: value for name, value in values.items() if name != SEALED}
        if found is not None:
            return {**rest, **found}
        return {name: value for name, value in rest.items() if value is not None}

    return [
        replace(row, before=open_side(row, row.before), after=open_side(row, row.after))
        if row.record in closed
        else row
        for row in rows
    ]
