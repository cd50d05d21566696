"""A table of figures in one statement: the reader's scope and the filter inside, groups and subtotals around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

from relata.engine.formula import check
from relata.engine.formula import types as kinds
from relata.engine.query.event_columns import event_parts
from relata.engine.query.ground import Ground
from relata.engine.query.operand import Operand, grouped, measured, operand
from relata.engine.query.pages import check_where, fill
from relata.engine.query.past_rows import check_past
from relata.engine.query.reader import Reader
from relata.engine.query.scope import FieldScope
from relata.engine.query.table_statement import Parts, TableStatement, compiled
from relata.engine.query.tabulation import REST, Group, Level, Tabulated, Tabulation
from relata.engine.storage.database import Connection, Row
from relata.foundation.period_starts import GRAINS, period_starts


async def tabulate(connection: Connection, ground: Ground, reader: Reader, asked: Tabulation) -> Tabulated:
    """The groups of all sets. Raises Invalid and Unknown for what is no figure or group of this reader, LimitReached
    where it takes longer than asked."""
    made, params = _prepared(ground, reader, asked)
    sql = made.compiled.sql
    rows = await ground.answers.rows(
        connection, ground.registry, ground.tables.schema, sql, params, reader.clock().now,
        lambda: connection.fetch_within(sql, params, asked.seconds),
    )  # fmt: skip
    groups = [_group(row, asked, made) for row in rows]
    finest = tuple(range(len(asked.levels)))
    whole = sum(group.kept == finest for group in groups) <= asked.limit and len(rows) < _most(asked)
    return Tabulated(groups, whole, _total(rows[0], made) if rows and made.has_total else None)


async def every(
    connection: Connection, ground: Ground, reader: Reader, asked: Tabulation, size: int
) -> AsyncIterator[list[tuple[tuple[Any, ...], tuple[Any, ...]]]]:
    """The keys and figures of each group of a question without a limit and sets, `size` at a time. Raises as `tabulate`
    does."""
    made, params = _prepared(ground, reader, asked)
    split = 4 + made.keys
    is_plain = {*made.widths, *made.figures} <= {1} and not any(one.grain for one in asked.levels)
    async for rows in connection.blocks_within(made.compiled.sql, params, asked.seconds, size):
        if is_plain:  # a million rows notice what is made of each
            yield [(row[4:split], row[split:]) for row in rows]
        else:
            yield [(one.keys, one.figures) for one in (_group(row, asked, made) for row in rows)]


def _prepared(ground: Ground, reader: Reader, asked: Tabulation) -> tuple[TableStatement, dict[str, Any]]:
    scope = FieldScope(ground.registry, ground.registry.get(asked.object), reader)
    where = check_where(ground, asked.object, asked.where, reader)
    parts = Parts(
        tuple(grouped(scope, one.of, one.grain, one.buckets) for one in asked.levels),
        tuple(measured(scope, one.function, one.of) for one in asked.figures),
        tuple(None if one.where is None else check(one.where, scope, expect=kinds.BOOLEAN) for one in asked.figures),
        operand(scope, asked.exchange.then) if asked.exchange.then is not None else None,
        where,
        event_parts(scope, asked.events) if asked.events is not None else None,
    )
    if asked.as_on is not None:
        check_past(scope, parts.everything)
    made: TableStatement = ground.cache.get(
        ("table", _shape(asked, parts, reader)), lambda: compiled(ground, scope, asked, parts)
    )
    return made, fill(made.compiled, reader, where) | _parameters(asked, reader)


def _shape(asked: Tabulation, parts: Parts, reader: Reader) -> Any:
    """The key under which the statement is kept: everything but the values of its parameters."""
    return (
        asked.object, reader.fingerprint, asked.sets, asked.as_on is not None, bool(asked.limit),
        tuple((one.grain, bool(one.buckets), one.kept is not None) for one in asked.levels),
        tuple((one.function, one.percentile, one.step) for one in asked.figures),
        bool(asked.exchange.worth),
        tuple(map(_key, (*parts.levels, *parts.arguments, parts.then))),
        tuple(one and (one.root, one.literals) for one in parts.conditions),
        parts.where.root if parts.where else None, parts.events and parts.events.key,
    )  # fmt: skip


def _key(one: Operand | None) -> Any:
    return None if one is None else (one.checked.root, one.checked.literals)


def _most(asked: Tabulation) -> int:
    """One row more than there can be while no set has more than `limit` groups."""
    return asked.limit * max(1, len(asked.sets)) + 1


def _parameters(asked: Tabulation, reader: Reader) -> dict[str, Any]:
    clock, worth = reader.clock(), asked.exchange.worth
    params: dict[str, Any] = {
        "zone": clock.zone, "today": clock.today, "fiscal": asked.fiscal_month - 1,
        "page_limit": _most(asked) if asked.limit else None, "as_on": asked.as_on,
        "base": asked.exchange.base,
        "currencies": [one.currency for one in worth], "rates": [one.rate for one in worth],
        "since": [one.since or date.min for one in worth], "until": [one.until or date.max for one in worth],
    }  # fmt: skip
    grains = {one.grain for one in asked.levels} | ({"day"} if asked.exchange.then is not None else set())
    for grain in grains & {*GRAINS}:
        known = period_starts(clock.zone, grain, clock.today.year)
        params |= {
            f"since_{grain}": known.since, f"until_{grain}": known.until, f"moments_{grain}": known.moments,
            f"days_{grain}": known.days,
        }  # fmt: skip
    for at, level in enumerate(asked.levels):
        params[f"bucket{at}"] = list(level.buckets)
        kept = level.kept or ()
        params[f"kept{at}"] = [value for value in kept if value is not None]
        params[f"kept_empty{at}"] = None in kept
    return params


def _group(row: Row, asked: Tabulation, made: TableStatement) -> Group:
    count, foreign, without_rate, mask = row[:4]
    bits = made.keys - 1
    kept, keys, at = [], [], 4
    for level, (width, one) in enumerate(zip(made.widths, asked.levels, strict=True)):
        if not mask >> (bits - (at - 4)) & 1:
            kept.append(level)
            keys.append(_value(row, at, width, one))
        at += width
    return Group(tuple(kept), tuple(keys), count, foreign, without_rate, _figures(row, at, made))


def _figures(row: Row, at: int, made: TableStatement) -> tuple[Any, ...]:
    figures: list[Any] = []
    for width in made.figures:
        figures.append(row[at] if width == 1 else (row[at], row[at + 1]))
        at += width
    return tuple(figures)


def _total(row: Row, made: TableStatement) -> Group:
    at = 4 + made.keys + sum(made.figures)
    count, foreign, without_rate = row[at : at + 3]
    return Group((), (), count, foreign, without_rate, _figures(row, at + 3, made))


def _value(row: Row, at: int, width: int, level: Level) -> Any:
    if width == 2 and row[at + 1]:
        return REST
    value = row[at]
    return int(value) if isinstance(value, Decimal) and level.grain else value
