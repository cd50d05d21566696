"""The SQL of a table of figures. Inside stand the rows with what each figure needs, written by SQLAlchemy; the groups
around them name nothing but the columns that were made here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.formula import Checked, Kind, compile_currency, compile_sql, sql_type
from relata.engine.formula.template import Template
from relata.engine.query.columns import Source, Statement
from relata.engine.query.event_columns import EventColumns, EventParts
from relata.engine.query.ground import Ground
from relata.engine.query.operand import OF_EVENTS, Operand
from relata.engine.query.past_rows import past_rows
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, base_conditions, render
from relata.engine.query.tabulation import NUMBERED, TRUNCATED, Figure, Level, Tabulation
from relata.foundation.period_starts import GRAINS as PERIODS_OF_MOMENTS

Column = sa.ColumnElement[Any]
#: The value at the middle, and of an even number of them the next one: exact up to 500 million, with one sort.
_MIDDLES = "array[0.5, 0.500000001]"


@dataclass(frozen=True, slots=True)
class Parts:
    """What is asked, checked for the reader. arguments, conditions: one for each figure. then: of the exchange."""

    levels: tuple[Operand, ...]
    arguments: tuple[Operand | None, ...]
    conditions: tuple[Checked | None, ...]
    then: Operand | None
    where: Checked | None
    events: EventParts | None = None

    @property
    def everything(self) -> Iterator[Checked]:
        """All that is read of the records themselves."""
        operands = (*self.levels, *self.arguments, self.then, self.events.since if self.events else None)
        yield from (one.checked for one in operands if one is not None)
        yield from (one for one in (*self.conditions, self.where) if one is not None)


@dataclass(frozen=True, slots=True)
class TableStatement:
    """widths: columns of each level. keys: all of them. figures: columns of each figure. has_total: whether every row
    ends with the counts and figures of all groups, those that are left out as well."""

    compiled: Compiled
    widths: tuple[int, ...]
    keys: int
    figures: tuple[int, ...]
    has_total: bool = False


def compiled(ground: Ground, scope: FieldScope, asked: Tabulation, parts: Parts) -> TableStatement:
    """Made once for each shape."""
    rows = _Rows(ground, scope, asked, parts)
    levels = [rows.level(at, *both) for at, both in enumerate(zip(asked.levels, parts.levels, strict=True))]
    figures = [
        rows.of_events(figure)
        if figure.function in OF_EVENTS
        else _figure(figure, argument, rows.argument(argument), rows.condition(condition))
        for figure, argument, condition in zip(asked.figures, parts.arguments, parts.conditions, strict=True)
    ]
    flat = [name for level in levels for name in level]
    foreign = rows.converted
    mask = f"grouping({', '.join(flat)})" if flat and asked.sets else "0"
    told = [text for figure in figures for text in figure]
    shown = ["count(*) as n", *foreign, mask, *flat, *told]
    has_total = bool(flat and asked.limit) and not asked.sets and all(figure.is_composed for figure in asked.figures)
    if has_total:
        shown += [_over_all(text) for text in ("count(*)", *foreign, *told)]
    sql = [f"select {', '.join(shown)}", f"from ({rows.sql(parts.where)}{' offset 0' if rows.is_dear else ''}) r"]
    if flat:
        sql.append(f"group by {_sets(asked, levels) if asked.sets else ', '.join(flat)}")
        largest = _size(asked.figures[0], parts.arguments[0], figures[0][0])
        ends = [*(["4"] if asked.sets else []), f"{largest} desc nulls last", *(str(5 + at) for at in range(len(flat)))]
        sql.append(f"order by {', '.join(ends)} limit %(page_limit)s")
    whole = Compiled("\n".join(sql), tuple(rows.statement.params), Shape(()))
    return TableStatement(whole, tuple(map(len, levels)), len(flat), tuple(map(len, figures)), has_total)


def _over_all(text: str) -> str:
    """The same of all groups together, where a figure follows from those of its parts."""
    function = text[:3] if text[:4] in ("min(", "max(") else "sum"
    return f"{function}({text}) over (){'::bigint' if text.startswith('count(') else ''}"


def _sets(asked: Tabulation, levels: list[list[str]]) -> str:
    sets = (", ".join(name for at in kept for name in levels[at]) for kept in asked.sets)
    return f"grouping sets ({', '.join(f'({names})' for names in sets)})"


def _size(figure: Figure, argument: Operand | None, column: str) -> str:
    """What the largest groups are largest by; of an average, whose column is the sum, the average itself."""
    if figure.function != "average" or argument is None:
        return column
    count = column.replace("sum(", "count(", 1)
    return f"{column} / nullif({count}, 0)"


def _figure(figure: Figure, argument: Operand | None, name: str, condition: str) -> list[str]:
    """One column, two for an average: the sum and of how many."""
    only = f" filter (where {condition})" if condition else ""
    if argument is None:
        return [f"count(*){only}"]
    text = argument.kind is Kind.TEXT
    match figure.function:
        case "filled":
            return [f"count({name}){only}"]
        case "distinct":
            return [f"count(distinct {name}){only}"]
        case "average":
            return [f"sum({name}){only}", f"count({name}){only}"]
        case "min" | "max":
            return [f"""{figure.function}({name}{' collate "C"' if text else ""}){only}"""]
        case "median" | "percentile":
            return [_middle(figure, argument, name, only)]
    return [f"sum({name}){only}"]


def _middle(figure: Figure, argument: Operand, name: str, only: str) -> str:
    """A median is exact: of an even number of values the mean of the two in the middle. Other percentiles are the
    value itself below or at which so many lie."""
    disc = "percentile_disc({}) within group (order by {} {}){}"
    if figure.function == "percentile" or argument.kind in (Kind.DATE, Kind.DATETIME):
        part = figure.percentile / 100 if figure.function == "percentile" else 0.5
        return disc.format(part, name, "asc", only)
    both = disc.format(_MIDDLES, name, "asc", only)
    middle = f"(({both})[1] + ({both})[2]) / 2"
    return middle if argument.kind is Kind.DURATION else f"round({middle}, 12)"


def _begun(grain: str, local: Column) -> Column:
    """The first day of the period of a local moment or day."""
    if grain == "day":
        return sa.cast(local, sa.Date())
    return Template(f"date_trunc('{grain}', {{0}}::timestamp)::date", (local,), sa.Date())


def _looked_up(grain: str, moment: Column, otherwise: Column) -> Column:
    """The same of a moment, found among the beginnings of all periods of these years (see `period_starts`)."""
    zoned = sa.DateTime(timezone=True)
    since, until = (sa.bindparam(f"{name}_{grain}", type_=zoned) for name in ("since", "until"))
    moments = sa.bindparam(f"moments_{grain}", type_=ARRAY(zoned))
    days = sa.bindparam(f"days_{grain}", type_=ARRAY(sa.Date()))
    sql = "case when {0} >= {1} and {0} < {2} then ({3})[width_bucket({0}, {4})] else {5} end"
    return Template(sql, (moment, since, until, days, moments, otherwise), sa.Date())


class _Rows:
    """The rows inside, while their columns are collected; the same column is made once."""

    def __init__(self, ground: Ground, scope: FieldScope, asked: Tabulation, parts: Parts) -> None:
        self.statement = Statement(ground.tables)
        self._is_past = asked.as_on is not None
        if self._is_past:
            table = past_rows(self.statement, scope.object, scope.reader)
        else:
            table = self.statement.alias(scope.object)
        self.source = Source(self.statement, scope, table)
        self._foreign: list[str] = []
        #: Amounts and what they are in the one currency, where there are no rates.
        self._single: dict[str, str] = {}
        #: Whether a column costs so much that it is made once for each row, and not once for each figure that names it:
        #: the ages of a cohort cost three times as much without. PostgreSQL keeps the rows apart for an offset.
        self.is_dear = False
        self._asked, self._then = asked, parts.then
        self._columns: list[Any] = []
        self._known: dict[Any, str] = {}
        self._joins: list[tuple[Any, Column]] = []
        self._has_events = False
        self._events = EventColumns(self.statement, self.source, parts.events) if parts.events is not None else None

    def sql(self, where: Checked | None) -> str:
        """The statement of the rows."""
        conditions = base_conditions(self.source, where, self.statement, deleted=False, scoped=not self._is_past)
        joined = self.source.joined
        for worth, on in self._joins:
            joined = sa.outerjoin(joined, worth, on)
        columns = self._columns or [sa.literal_column("1").label("one")]
        return render(sa.select(*columns).select_from(joined).where(*conditions))

    def level(self, at: int, level: Level, found: Operand) -> list[str]:
        """The column of its key; a second one says that it is the rest."""
        key, kind = self._keyed(at, level, found)
        if level.kept is None:
            return [self._add(key, f"k{at}")]
        values = sa.cast(sa.bindparam(f"kept{at}", type_=ARRAY(kind)), ARRAY(kind))
        empty = sa.bindparam(f"kept_empty{at}", type_=sa.Boolean())
        is_kept = Template("coalesce({0} = any({1}), {2}::boolean)", (key, values, empty), sa.Boolean())
        own = Template("case when {0} then {1} end", (is_kept, key), kind)
        return [self._add(own, f"k{at}"), self._add(Template("not {0}", (is_kept,), sa.Boolean()), f"o{at}")]

    def _keyed(self, at: int, level: Level, found: Operand) -> tuple[Column, Any]:
        column = self._value(found)
        if level.buckets:
            ends = sa.cast(sa.bindparam(f"bucket{at}", type_=ARRAY(sa.Numeric())), ARRAY(sa.Numeric()))
            return sa.func.width_bucket(column, ends), sa.Integer()
        if level.grain:
            return self._period(level.grain, found, column), sa.Integer() if level.grain in NUMBERED else sa.Date()
        if found.kind is Kind.TEXT and (found.field is None or not found.field.stored):
            return sa.func.nullif(column, sa.literal_column("''")), sa.Text()
        return column, sql_type(found.checked.root.type)

    def _period(self, grain: str, found: Operand, column: Column) -> Column:
        moment, is_moment = column, found.kind is Kind.DATETIME
        if is_moment:
            column = sa.func.timezone(sa.bindparam("zone", type_=sa.Text()), column)
        if is_moment and grain in PERIODS_OF_MOMENTS and found.field is not None and found.field.stored:
            return _looked_up(grain, moment, _begun(grain, column))
        if grain == "day" or (grain in TRUNCATED and not grain.startswith("fiscal")):
            return _begun(grain, column)
        if grain in NUMBERED:
            return Template(f"extract({NUMBERED[grain]} from {{0}})::integer", (column,), sa.Integer())
        months = sa.bindparam("fiscal", type_=sa.Integer())
        shift = "make_interval(months => {1}::integer)"
        sql = f"(date_trunc('{TRUNCATED[grain]}', {{0}}::timestamp - {shift}) + {shift})::date"
        return Template(sql, (column, months), sa.Date())

    def argument(self, found: Operand | None) -> str:
        """The column that a figure is of, money in the one currency."""
        if found is None:
            return ""
        key = (found.checked.root, found.checked.literals)
        if key not in self._known:
            column = self._value(found)
            if found.kind is Kind.MONEY and not self._asked.exchange.worth:
                self._known[key] = self._in_one_currency(found, column)
            else:
                if found.kind is Kind.MONEY:
                    column = self._converted(found, column)
                self._known[key] = self._add(column, f"a{len(self._columns)}")
        return self._known[key]

    def condition(self, checked: Checked | None) -> str:
        """The column that says whether a record counts."""
        if checked is None:
            return ""
        key = ("where", checked.root, checked.literals)
        if key not in self._known:
            column = compile_sql(checked, self.source, self.statement.parameters(checked.literals))
            self._known[key] = self._add(column, f"w{len(self._columns)}")
        return self._known[key]

    def of_events(self, figure: Figure) -> list[str]:
        """The figure over what happened to the records."""
        assert self._events is not None
        if not self._has_events:
            self._has_events = True
            self._joins += self._events.joins
        name, column = self._events.column(figure.function, figure.step)
        self.is_dear |= figure.function in ("arrived", "open", "active")
        if name not in self._known:
            self._known[name] = self._add(column, name)
        if figure.function == "between":
            both = f"percentile_disc({_MIDDLES}) within group (order by {name})"
            return [f"(({both})[1] + ({both})[2]) / 2"]
        test = {
            "arrived": f"{name} <= {figure.step}", "open": f"coalesce({name} > {figure.step}, true)",
            "active": f"({name} >> {figure.step}) & 1 = 1",
        }.get(figure.function, name)  # fmt: skip
        return [f"count(*) filter (where {test})"]

    def _value(self, found: Operand) -> Column:
        params = self.statement.parameters(found.checked.literals)
        return compile_sql(found.checked, self.source, params, as_value=True)

    @property
    def converted(self) -> list[str]:
        """How many records had an amount converted, and how many had one that could not be."""
        if self._single:
            if len(self._single) == 1:  # the figures count the same, so it costs next to nothing
                return ["0", *(f"count({amount}) - count({own})" for amount, own in self._single.items())]
            tests = " or ".join(f"({amount} is not null and {own} is null)" for amount, own in self._single.items())
            return ["0", f"count(*) filter (where {tests})"]
        if not self._foreign:
            return ["0", "0"]
        tests = " or ".join(f"{name} = {{0}}" for name in self._foreign)
        return [f"count(*) filter (where {tests.format(state)})" for state in (1, 2)]

    def _in_one_currency(self, found: Operand, amount: Column) -> str:
        """Where there are no rates: the amounts in the one currency, the others left out."""
        own, currency = self._add(amount, f"a{len(self._columns)}"), self._currency(found)
        told = f"(case when {self._add(currency, f'c{len(self._columns)}')} = %(base)s then {own} end)"
        self._single[own] = told
        return told

    def _currency(self, found: Operand) -> Column:
        self.is_dear |= found.field is None or not found.field.stored
        return compile_currency(found.checked, self.source, self.statement.parameters(found.checked.literals))

    def _converted(self, found: Operand, amount: Column) -> Column:
        currency = self._currency(found)
        base = sa.cast(sa.bindparam("base", type_=sa.Text()), sa.Text())
        rate = self._rate(currency)
        state = "case when {0} is null or {1} = {2} then 0 when {3} is null then 2 else 1 end"
        self._foreign.append(
            self._add(Template(state, (amount, currency, base, rate), sa.Integer()), f"x{len(self._columns)}")
        )
        one = "case when {1} = {2} then {0} else {0} * {3} end"
        return Template(one, (amount, currency, base, rate), sa.Numeric())

    def _rate(self, currency: Column) -> Column:
        """What one unit is worth; null where nobody said so."""
        names = sa.cast(sa.bindparam("currencies", type_=ARRAY(sa.Text())), ARRAY(sa.Text()))
        rates = sa.cast(sa.bindparam("rates", type_=ARRAY(sa.Numeric())), ARRAY(sa.Numeric()))
        if self._then is None:
            return Template("({0})[array_position({1}, {2})]", (rates, names, currency), sa.Numeric())
        days = [sa.cast(sa.bindparam(one, type_=ARRAY(sa.Date())), ARRAY(sa.Date())) for one in ("since", "until")]
        worth = sa.func.unnest(names, rates, *days).table_valued("currency", "rate", "since", "until")
        worth = worth.render_derived(name=f"w{len(self._joins)}")
        day = self._period("day", self._then, self._value(self._then))
        day = sa.func.coalesce(day, sa.cast(sa.bindparam("today", type_=sa.Date()), sa.Date()))
        on = sa.and_(worth.c.currency == currency, worth.c.since <= day, day < worth.c.until)
        self._joins.append((worth, on))
        rate: Column = worth.c.rate
        return rate

    def _add(self, column: Column, name: str) -> str:
        self._columns.append(column.label(name))
        return name
