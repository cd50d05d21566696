"""Pages of a query as text that PostgreSQL writes: the very statement of the list, with its rows made lines inside.

Reading a row, making values of its columns and text of these took 40 µs for nine columns in Python; PostgreSQL sends
the text of a page as one value.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.formula import Checked
from relata.engine.query import reach
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, compiled_page, fill, may_be_empty
from relata.engine.query.reader import Reader
from relata.engine.query.request import Query
from relata.engine.query.result import Shape
from relata.engine.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Line:
    """How a row becomes text. cells: further SQL values by name, over the row's columns `c0`, `c1`, …; text: the line
    in SQL, over these and the columns. name: equal for lines that are made alike."""

    name: Hashable
    cells: tuple[tuple[str, str], ...]
    text: str


#: What makes a line of rows of this shape; None where PostgreSQL can't.
Writing = Callable[[Shape], Line | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the phase (see `pages`), and the sort values of the row before."""

    phase: int = 0
    keys: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """A page. first: ids of the first rows, as far as they were asked for. next: where the page after it begins, None
    at the end."""

    text: str
    count: int
    first: tuple[UUID, ...]
    next: Place | None


def shape_of(ground: Ground, reader: Reader, query: Query) -> Shape:
    """The cells of a row. Invalid for what the query can't be."""
    where = check_where(ground, query.object, query.where, reader)
    compiled = compiled_page(ground, reader, query, where, 0, False, False)
    assert compiled is not None
    return compiled.shape


async def fetch(
    connection: Connection, ground: Ground, reader: Reader, query: Query, line: Line, place: Place, limit: int,
    ids: int = 0,
) -> Lines:  # fmt: skip
    """The rows behind a place as lines, `limit` at most. ids: of how many rows the ids are asked for; the rows must
    have one."""
    where = check_where(ground, query.object, query.where, reader)
    few = await reach.is_few(connection, ground, reader, query.object)
    sql, params = _statement(ground, reader, query, where, few, line, place, ids)
    params["page_limit"] = limit
    row = await connection.fetch_one(sql, params)
    assert row is not None
    count, text, first, *keys = row
    if count == limit:
        following: Place | None = Place(place.phase, tuple(keys))
    else:
        following = Place(1) if place.phase == 0 and may_be_empty(query) else None
    return Lines(text, count, tuple(first or ()), following)


def _statement(
    ground: Ground, reader: Reader, query: Query, where: Checked | None, few: bool, line: Line, place: Place, ids: int
) -> tuple[str, dict[str, Any]]:
    compiled = compiled_page(ground, reader, query, where, place.phase, bool(place.keys), False, few)
    assert compiled is not None
    key = (
        "lines", query.object, reader.fingerprint, query.fields, query.order, where.root if where else None,
        place.phase, bool(place.keys), query.deleted, few, line.name, ids,
    )  # fmt: skip

    def make() -> str:
        width = sum(cell.width for cell in compiled.shape.cells)
        keys = "".join(f", (array_agg(c{width + at}))[count(*)]" for at in range(compiled.sort))
        known = f"(array_agg(c{compiled.shape.id_at}))[1:{ids}]" if ids else "null"
        rows = f"({compiled.sql}) as page"
        if line.cells:  # the offset keeps the planner from putting each value wherever it is named
            values = "".join(f", {text} as {name}" for name, text in line.cells)
            rows = f"(select *{values} from {rows} offset 0) as page"
        return f"select count(*), coalesce(string_agg({line.text}, ''), ''), {known}{keys} from {rows}"

    params = fill(compiled, reader, where)
    params.update({f"key{at}": value for at, value in enumerate(place.keys)})
    sql: str = ground.cache.get(key, make)
    return sql, params
