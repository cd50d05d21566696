"""Statements without parameters: a view has none, so that each becomes a constant, or an expression of the clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import sql

from relata.engine.formula import Params
from relata.engine.formula.context import EvaluationContext
from relata.engine.query.pages import context_of
from relata.engine.query.reader import Reader

_MARK = re.compile(r"%%|%\((\w+)\)s")


class Moves(Exception):
    """A value depends on the moment at which it is asked for, in a way that a view can't follow."""


def constant(value: Any) -> str:
    """A value as PostgreSQL reads it."""
    return sql.Literal(value).as_string(None)


def spelled(params: Params, literals: tuple[object, ...], reader: Reader) -> tuple[dict[str, str], bool]:
    """What stands for each parameter of an expression, and whether that is so for today only. Moves where a view would
    go on showing what was true at the moment in which it was made. A point in time moves with the clock."""
    now = context_of(reader)
    first = params.values(literals, now)
    within = params.values(literals, _moved(now, _within_the_day(now)))
    tomorrow = params.values(literals, _moved(now, timedelta(days=1)))
    found, is_daily = {}, False
    for name, value in first.items():
        if isinstance(value, datetime) and within[name] == value + _within_the_day(now):
            found[name] = f"(now() + {constant(value - now.clock.now)})"
        elif within[name] == value:
            found[name] = constant(value)
            is_daily = is_daily or tomorrow[name] != value
        else:
            raise Moves
    return found, is_daily


def _within_the_day(context: EvaluationContext) -> timedelta:
    hour = timedelta(hours=1)
    return hour if _moved(context, hour).clock.today == context.clock.today else -hour


def _moved(context: EvaluationContext, by: timedelta) -> EvaluationContext:
    return replace(context, clock=replace(context.clock, now=context.clock.now + by))


def filled(statement: str, values: Mapping[str, str]) -> str:
    """The statement with its parameters written out."""
    return _MARK.sub(lambda found: "%" if found[1] is None else values[found[1]], statement)
