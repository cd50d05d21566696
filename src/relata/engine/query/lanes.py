"""The first rows of many lanes at once: a board's columns in one statement, each served by the index of what divides
them.

`lane` is a field with one column (a choice, a link); a lane is one of its values. Without an order the newest come
first, by id, which the index of a link or an indexed choice holds already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relata.engine.formula import Node
from relata.engine.query import reach
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, fill
from relata.engine.query.reader import Reader
from relata.engine.query.request import Order
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import DIALECT, Compiled, select_page
from relata.engine.storage.database import Connection
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

MAX_LANES = 60
NEWEST = (Order(("id",), descending=True),)


@dataclass(frozen=True, slots=True)
class Lanes:
    """What is asked. limit: rows of each lane; one more than that is read, so that the caller knows whether more
    follow."""

    object: str
    lane: str
    values: tuple[Any, ...]
    where: Node | None = None
    order: tuple[Order, ...] = ()
    fields: tuple[str, ...] = ()
    limit: int = 40


async def fetch(connection: Connection, ground: Ground, reader: Reader, asked: Lanes) -> list[list[dict[str, Any]]]:
    """The rows of each lane as Python values, in the order of `values`."""
    if not asked.values:
        return []
    if len(asked.values) > MAX_LANES:
        raise Invalid(
            _("At most %(max_lanes)s columns can be shown.") % {"max_lanes": MAX_LANES},
            code="lanes",
            hint=_("Filter first."),
        )
    where = check_where(ground, asked.object, asked.where, reader)
    few = await reach.is_few(connection, ground, reader, asked.object)
    key = (
        "lanes", few, asked.object, reader.fingerprint, asked.lane, asked.fields, asked.order,
        where.root if where else None,
    )  # fmt: skip
    compiled: Compiled = ground.cache.get(key, lambda: _compile(ground, reader, asked, few))
    params = fill(compiled, reader, where)
    params["page_limit"] = asked.limit + 1
    params["lanes"] = list(asked.values)
    found: list[list[dict[str, Any]]] = [[] for __ in asked.values]
    values = compiled.shape.values
    rows = sorted(await connection.fetch(compiled.sql, params), key=_place)
    for row in rows:
        found[row[0] - 1].append(values(row[2:]))
    return found


def _place(row: tuple[Any, ...]) -> tuple[int, int]:
    """Which lane, and whether it is of those without a first sort value; sorting is stable, so the rest stays."""
    return row[0], row[1]


def _compile(ground: Ground, reader: Reader, asked: Lanes, few: bool) -> Compiled:
    one = ground.registry.get(asked.object)
    scope = FieldScope(ground.registry, one, reader)
    where = check_where(ground, asked.object, asked.where, reader)
    field = scope.find((asked.lane,)).field
    if field is None or len(field.columns()) != 1:
        raise Invalid(
            _("Columns can't be made by %(lane)s.") % {"lane": asked.lane[:60]},
            code="lanes",
            hint=_("Choose a choice or a link."),
        )
    column = ground.tables.of(one).c[field.columns()[0].name(field.name)]
    order = asked.order or NEWEST

    def phase(number: int) -> Compiled:
        return select_page(
            ground.tables, scope, fields=asked.fields, where=where, order=order, phase=number, cursor=False,
            backwards=False, deleted=False, lane=column.name, few=few,
        )  # fmt: skip

    first = phase(0)
    width = sum(cell.width for cell in first.shape.cells)
    shown = ", ".join(f"c{index}" for index in range(width))
    parts = [f"(select 0 as phase, {shown} from ({first.sql}) as filled)"]
    if order[0].path not in (("id",), ("created_at",), ("version",)):
        parts.append(f"(select 1 as phase, {shown} from ({phase(1).sql}) as unfilled)")
    kind = column.type.compile(dialect=DIALECT)
    sql = (
        f"select lane.number::int, rows.* from unnest(%(lanes)s::{kind}[]) with ordinality as lane(value, number)"
        f" cross join lateral ({' union all '.join(parts)}) as rows"
    )
    return Compiled(sql, first.params, first.shape)
