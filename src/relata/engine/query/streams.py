"""The first rows of many records' children together, in one order: a statement that asks the index of each and merges.

One list over `about in (…)` would sort all that they have; here nothing is read that is not near the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from relata.engine.formula import Node
from relata.engine.metadata.fields import Links
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, fill
from relata.engine.query.reader import Reader
from relata.engine.query.request import Order
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, select_page
from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Bug


@dataclass(frozen=True, slots=True)
class Stream:
    """What is asked. link: the link or any-link field that leads to `targets`. order: the field that sorts, the latest
    first; rows without a value are left out. after: the sort value and id behind which the page begins, () for the
    first."""

    object: str
    link: str
    targets: tuple[UUID, ...]
    order: str
    where: Node | None = None
    fields: tuple[str, ...] = ()
    after: tuple[Any, ...] = ()
    limit: int = 20


#: Rows that are read first of each target but the first one, which mostly has the most; where that is too few to say
#: what comes first, all are asked for as many as the page holds.
_FEW = 4


async def fetch(connection: Connection, ground: Ground, reader: Reader, asked: Stream) -> tuple[Shape, list[Row]]:
    """The rows of all targets, the latest first, each within the reader's scope."""
    where = check_where(ground, asked.object, asked.where, reader)
    key = (
        "stream", asked.object, reader.fingerprint, asked.link, asked.order, asked.fields, bool(asked.after),
        where.root if where else None,
    )  # fmt: skip
    compiled: Compiled = ground.cache.get(key, lambda: _compile(ground, reader, asked))
    params = fill(compiled, reader, where)
    params["page_limit"], params["lanes"] = asked.limit, _ids(asked.targets)
    params.update({f"key{at}": value for at, value in enumerate(asked.after)})
    others = len(asked.targets) - 1
    for most in (_FEW, asked.limit):
        params["mosts"] = _listed([asked.limit, *[most] * others])
        rows = await connection.fetch(compiled.sql, params)
        # beyond the last row of a target that has more, others may be missing
        sure = [row for row in rows if row[-1] is None or row[-2] > row[-1]]
        if most == asked.limit or len(sure) == len(rows):
            break
        if len(sure) >= asked.limit:
            rows = sure
            break
    return compiled.shape, list(rows)


async def filled(
    connection: Connection, ground: Ground, asked: Sequence[tuple[str, str, Sequence[UUID]]]
) -> list[bool]:
    """For each object, link (or list of links) and targets whether there may be a row at all, whoever asks: what is
    worth reading."""
    if not asked:
        return []
    parts: list[str] = []
    params: dict[str, str] = {}
    for name, link, targets in asked:
        one = ground.registry.get(name)
        table, column = ground.tables.of(one), quoted(link)
        if isinstance(one.field(link), Links):
            table, column = ground.tables.pairs(name, link), "target"
        listed = _ids(tuple(targets))
        of = params.setdefault(listed, f"of{len(params)}")
        parts.append(f"exists(select 1 from {table} where {column} = any(%({of})s::uuid[]))")
    row = await connection.fetch_one(f"select {', '.join(parts)}", {of: listed for listed, of in params.items()})
    return list(row) if row else []


@lru_cache(maxsize=32)
def _ids(targets: tuple[UUID, ...]) -> str:
    """A timeline asks for the same ones a dozen times."""
    return _listed(targets)


def _listed(values: Iterable[Any]) -> str:
    """Ids or numbers as PostgreSQL writes an array: ten times faster than to have each adapted."""
    return f"{{{','.join(map(str, values))}}}"


def _compile(ground: Ground, reader: Reader, asked: Stream) -> Compiled:
    one = ground.registry.get(asked.object)
    scope = FieldScope(ground.registry, one, reader)
    field = scope.find((asked.link,)).field
    if field is None or not field.columns() or field.columns()[0].part:
        raise Bug(f"{asked.object}.{asked.link} leads to no record.")
    inner = select_page(
        ground.tables, scope, fields=asked.fields, where=check_where(ground, asked.object, asked.where, reader),
        order=(Order((asked.order,), True),), phase=0, cursor=bool(asked.after), backwards=False, deleted=False,
        lane=field.columns()[0].name(field.name),
    )  # fmt: skip
    width = sum(cell.width for cell in inner.shape.cells)
    found = inner.sql.replace("%(page_limit)s::INTEGER", "lane.most")
    sql = (
        "with found as (select lane.value as lane, lane.most, rows.*"
        " from unnest(%(lanes)s::uuid[], %(mosts)s::int[])"
        f" as lane(value, most) cross join lateral ({found}) as rows), ends as (select min(c{width}) as moment"
        " from found"
        " group by lane, most having count(*) = most)"
        f" select {', '.join(f'c{at}' for at in range(width))}, c{width}, (select max(moment) from ends) from found"
        f" order by c{width} desc, c{width + 1} desc limit %(page_limit)s"
    )
    return Compiled(sql, inner.params, inner.shape, inner.sort, inner.key_types)
