"""Running queries: statements are compiled once per shape, then executed with new parameters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from relata.engine.formula import All, Binary, Call, Checked, EvaluationContext, Literal, Node, Not, Path, check
from relata.engine.formula import types as kinds
from relata.engine.query import cursor as cursors
from relata.engine.query import narrow, reach
from relata.engine.query.ground import Ground
from relata.engine.query.reader import Reader
from relata.engine.query.request import MAX_LIMIT, Order, Query
from relata.engine.query.result import Page
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import ALL, Compiled, select_page
from relata.engine.storage.database import Connection, Row
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


def check_where(ground: Ground, object_name: str, where: Node | None, reader: Reader) -> Checked | None:
    """The filter, type-checked for this reader; Invalid points at what is wrong."""
    if where is None:
        return None
    scope = FieldScope(ground.registry, ground.registry.get(object_name), reader)
    key = ("where", object_name, reader.fingerprint, where)
    found: Checked = ground.cache.get(key, lambda: check(where, scope, expect=kinds.BOOLEAN))
    return found


def context_of(reader: Reader) -> EvaluationContext:
    """Who asks, and when, for expressions."""
    return EvaluationContext(reader.clock(), reader.user, reader.main_team, reader.teams)


def fill(compiled: Compiled, reader: Reader, where: Checked | None) -> dict[str, Any]:
    """All parameters of a compiled statement but the page's."""
    values = reader.parameters()
    if compiled.params:
        context = context_of(reader)
        for params, literals in compiled.params:
            own = literals if literals is not None else (where.literals if where else ())
            values.update(params.values(own, context))
    return values


async def fetch(
    connection: Connection, ground: Ground, reader: Reader, query: Query, *, most: int = MAX_LIMIT
) -> Page:  # fmt: skip
    """One page of at most `most` rows. Two statements only where the page crosses into the rows whose first sort value
    is empty."""
    limit = max(1, min(query.limit, most))
    where = check_where(ground, query.object, query.where, reader)
    question = cursors.question(query.object, query.where, query.order, query.deleted)
    start = cursors.parse(query.after, question) if query.after else None
    if query.few and start is None:
        return await _fetch_few(connection, ground, reader, query, where, limit, question)
    backwards = start.backwards if start else False
    few = await reach.is_few(connection, ground, reader, query.object)
    phases = (1, 0) if backwards else (0, 1)
    rows: list[tuple[int, Row]] = []
    for phase in phases[phases.index(start.phase) :] if start else phases:
        mark = start if start and start.phase == phase else None
        compiled = compiled_page(ground, reader, query, where, phase, mark is not None, backwards, few)
        if compiled is None:
            continue
        params = fill(compiled, reader, where)
        params["page_limit"] = limit + 1 - len(rows)
        if mark:
            params.update(marks(mark, compiled))
        rows.extend((phase, row) for row in await connection.fetch(compiled.sql, params))
        if len(rows) > limit:
            break
    return page_of(ground, reader, query, where, rows, limit, question, start)


async def _fetch_few(
    connection: Connection,
    ground: Ground,
    reader: Reader,
    query: Query,
    where: Checked | None,
    limit: int,
    question: str,
) -> Page:
    """The first page as one statement, with the rows whose first sort value is empty at its end."""
    compiled = compiled_page(ground, reader, query, where, ALL, False, False)
    assert compiled is not None
    params = fill(compiled, reader, where)
    params["page_limit"] = limit + 1
    rows = await connection.fetch(compiled.sql, params)
    parted = may_be_empty(query)
    phases = [(1 if parted and row[len(row) - compiled.sort] is None else 0, row) for row in rows]
    return page_of(ground, reader, query, where, phases, limit, question, None)


def page_of(
    ground: Ground, reader: Reader, query: Query, where: Checked | None, rows: list[tuple[int, Row]], limit: int,
    question: str, start: cursors.Cursor | None,
) -> Page:  # fmt: skip
    """The page of rows that were read with their phases, one more than `limit` where more follow."""
    backwards = start.backwards if start else False
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()

    def mark(at: int, towards_start: bool) -> str:
        phase, row = rows[at]
        compiled = compiled_page(ground, reader, query, where, phase, False, False)
        assert compiled is not None
        values = [_encoded(value) for value in row[len(row) - compiled.sort :]]
        return cursors.Cursor(question, phase, towards_start, values).text()

    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and (more if backwards else start is not None)
    compiled = compiled_page(ground, reader, query, where, 0, False, False)
    assert compiled is not None
    return Page(
        compiled.shape,
        [row for __, row in rows],
        mark(-1, False) if has_next else "",
        mark(0, True) if has_previous else "",
    )


def compiled_page(
    ground: Ground, reader: Reader, query: Query, where: Checked | None, phase: int, cursor: bool, backwards: bool,
    few: bool = False,
) -> Compiled | None:  # fmt: skip
    """The statement of this phase; None for the second phase where the first sort value is never empty. few: the
    reader sees few of all rows."""
    if phase == 1 and not may_be_empty(query):
        return None
    key = (
        "page", query.object, reader.fingerprint, query.fields, query.order, where.root if where else None,
        phase, cursor, backwards, query.deleted, few,
    )  # fmt: skip

    def make() -> Compiled:
        scope = FieldScope(ground.registry, ground.registry.get(query.object), reader)
        if phase == 0 and not few and narrow.serves(scope, query):
            return narrow.select(ground.tables, scope, query, where, cursor=cursor, backwards=backwards)
        return select_page(
            ground.tables, scope, fields=query.fields, where=where, order=query.order, phase=phase, cursor=cursor,
            backwards=backwards, deleted=query.deleted, few=few,
        )  # fmt: skip

    found: Compiled = ground.cache.get(key, make)
    return found


def may_be_empty(query: Query) -> bool:
    """Whether the first sort field can lack a value, so that the list has a second part."""
    first: Order | None = query.order[0] if query.order else None
    if first is None or first.path in (("id",), ("created_at",), ("version",)):
        return False
    return query.where is None or not _holds_only_filled(query.where, first.path)


def _holds_only_filled(where: Node, path: tuple[str, ...]) -> bool:
    """Whether the filter plainly asks for a value: it says that there is one, or what it comes before or after."""
    match where:
        case All(items=items):
            return any(_holds_only_filled(one, path) for one in items)
        case Not(item=Call(name="empty", args=(Path(names=names),))):
            return names == path
        case Binary(op="<" | "<=" | ">" | ">=", left=Path(names=names), right=right):
            return names == path and right != Literal(None)
    return False


def _encoded(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def marks(mark: cursors.Cursor, compiled: Compiled) -> dict[str, Any]:
    """The parameters of a page after this cursor; Invalid for one that was made up."""
    if len(mark.values) != len(compiled.key_types):
        raise Invalid(
            _("This page marker is damaged."), code="cursor", field="after", hint=_("Start from the first page.")
        )
    try:
        return {
            f"key{index}": _decoded(value, kind)
            for index, (value, kind) in enumerate(zip(mark.values, compiled.key_types, strict=True))
        }
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        raise Invalid(
            _("This page marker is damaged."), code="cursor", field="after", hint=_("Start from the first page.")
        ) from None


def _decoded(value: Any, kind: str) -> Any:
    if value is None:
        return None
    kind = kind.upper()
    if kind.startswith("UUID"):
        return UUID(value)
    if kind.startswith("TIMESTAMP"):
        return datetime.fromisoformat(value)
    if kind.startswith("DATE"):
        return date.fromisoformat(value)
    if kind.startswith("NUMERIC"):
        return Decimal(str(value))
    if kind.startswith("INTERVAL"):
        return timedelta(seconds=value)
    if kind.startswith("BOOL"):
        return bool(value)
    if kind.startswith(("BIGINT", "SMALLINT", "INTEGER")):
        return int(value)
    if kind.startswith(("DOUBLE", "FLOAT")):
        return float(value)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(kind)
    return value
