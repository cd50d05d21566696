"""The first rows of many records' children together, in one order: a statement that asks the index of each and merges.

One list over `about in (…)` would sort all that they have; here nothing is read that is not near the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.formula import Node
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, fill
from relata.engine.query.reader import Reader
from relata.engine.query.request import Order
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, select_page
from relata.engine.storage.database import Connection, Row
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


async def fetch(connection: Connection, ground: Ground, reader: Reader, asked: Stream) -> tuple[Shape, list[Row]]:
    """The rows of all targets, the latest first, each within the reader's scope."""
    where = check_where(ground, asked.object, asked.where, reader)
    key = (
        "stream", asked.object, reader.fingerprint, asked.link, asked.order, asked.fields, bool(asked.after),
        where.root if where else None,
    )  # fmt: skip
    compiled: Compiled = ground.cache.get(key, lambda: _compile(ground, reader, asked))
    params = fill(compiled, reader, where)
    params["page_limit"], params["lanes"] = asked.limit, list(asked.targets)
    params.update({f"key{at}": value for at, value in enumerate(asked.after)})
    return compiled.shape, list(await connection.fetch(compiled.sql, params))


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
    sql = (
        f"select rows.* from unnest(%(lanes)s::uuid[]) as lane(value) cross join lateral ({inner.sql}) as rows"
        f" order by rows.c{width} desc, rows.c{width + 1} desc limit %(page_limit)s"
    )
    return Compiled(sql, inner.params, inner.shape, inner.sort, inner.key_types)
