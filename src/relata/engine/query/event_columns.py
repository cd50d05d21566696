"""What happened to each record, as columns beside it: when it reached each step, and how old it was then. The events
are read once and grouped by their record, however many steps and periods are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from relata.engine.formula import Checked, Kind, Unknown, check, compile_sql
from relata.engine.formula import types as kinds
from relata.engine.formula.template import Template
from relata.engine.metadata.registry import Relation
from relata.engine.query.columns import Source, Statement
from relata.engine.query.operand import Operand, operand
from relata.engine.query.scope import FieldScope
from relata.engine.query.tabulation import Events
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

Column = sa.ColumnElement[Any]
#: So many periods back what happened again and again is known, and the present one: as many as there are bits.
FAR = 62
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class EventParts:
    """Events, checked for the reader. inside: the scope of the events; that of the records where they have no list."""

    asked: Events
    inside: FieldScope
    relation: Relation | None
    at: Operand
    steps: tuple[Checked, ...]
    since: Operand | None
    among: Checked | None = None

    @property
    def key(self) -> Any:
        """What makes the statement another one."""
        others = [one for one in (self.since.checked if self.since else None, self.among) if one is not None]
        checked = (self.at.checked, *self.steps, *others)
        shape = tuple((one.root, one.literals) for one in checked)
        return (self.asked.relation, self.asked.passes, self.asked.grain, shape)


def event_parts(scope: FieldScope, asked: Events) -> EventParts:
    """Unknown for a list or field that is not there for the reader, Invalid for what is no moment."""
    relation, inside = None, scope
    if asked.relation:
        relation = scope.relation(scope.object, asked.relation)
        if relation is None:
            raise Unknown(0)
        inside = FieldScope(scope.registry, scope.registry.get(relation.child), scope.reader, scope.depth)
    at = operand(inside, asked.at)
    since = operand(scope, asked.since) if asked.since is not None else None
    if any(one is not None and one.kind not in (Kind.DATE, Kind.DATETIME) for one in (at, since)):
        raise Invalid(_("Choose a day or a moment."), code="report", field="at")
    steps = tuple(check(one, inside, expect=kinds.BOOLEAN) for one in asked.steps)
    among = check(asked.among, inside, expect=kinds.BOOLEAN) if asked.among is not None else None
    return EventParts(asked, inside, relation, at, steps, since, among)


class EventColumns:
    """Of one statement. source: of the records."""

    def __init__(self, statement: Statement, source: Source, parts: EventParts) -> None:
        self._statement, self._source, self._parts = statement, source, parts

    @property
    def joins(self) -> list[tuple[Any, Column]]:
        """What stands beside the records, and where they meet."""
        if self._parts.relation is None:
            return []
        return [(self._beside, self._beside.c.record == self._source.table.c.id)]

    def column(self, function: str, step: int) -> tuple[str, Column]:
        """What a figure needs of each record, with its name: the same for all ages."""
        match function:
            case "reached":
                return f"e_reached{step}", self._reached(step)
            case "dropped":
                both = (self._reached(step), self._reached(step + 1))
                return f"e_dropped{step}", self._test("({0} and not coalesce({1}, false))", *both)
            case "between":
                return f"e_between{step}", self._between(step)
            case "active":
                return "e_bits", self._bits
        return "e_age", self._age

    # -- steps

    def _reached(self, step: int) -> Column:
        asked, times = self._parts.asked, [self._time(at) for at in range(1, step + 1)]
        if asked.passes == "later":
            return self._test("({0} is not null)", times[-1])
        filled = " and ".join(f"{{{at}}} is not null" for at in range(step))
        if asked.passes == "in_order":
            filled += "".join(f" and {{{at}}} >= {{{at - 1}}}" for at in range(1, step))
        return self._test(f"({filled})", *times)

    def _time(self, step: int) -> Column:
        """When the record came to a step; where a later step stands for it, the earliest of those."""
        columns = self._beside.c
        own: Column = columns[f"s{step}"]
        if self._parts.asked.passes != "later":
            return own
        later = [columns[f"s{at}"] for at in range(step, len(self._parts.steps) + 1)]
        return sa.func.least(*later) if len(later) > 1 else own

    def _between(self, step: int) -> Column:
        """Who jumped over a step took no time for it, and is left out."""
        before, after = self._time(step - 1), self._time(step)
        sign = ">" if self._parts.asked.passes == "later" else ">="
        return Template(
            f"case when {{0}} and {{2}} {sign} {{1}} then {{2}} - {{1}} end", (self._reached(step), before, after),
            sa.Interval(),
        )  # fmt: skip

    # -- ages

    @cached_property
    def _age(self) -> Column:
        """Periods from the record's day to the first event; null where there is none. Before it is at once."""
        since = self._parts.since
        assert since is not None
        begun = self._number(since, self._value(since, self._source))
        if self._parts.relation is None:
            at = self._number(self._parts.at, self._value(self._parts.at, self._source))
        else:
            at = self._number(self._parts.at, self._beside.c.first)
        return Template("case when {0} is not null then greatest({0} - {1}, 0) end", (at, begun), sa.Integer())

    @property
    def _bits(self) -> Column:
        """The periods in which something happened, the first bit that of the record's day."""
        since = self._parts.since
        assert since is not None
        begun = self._number(since, self._value(since, self._source))
        sql = f"case when {{1}} - {{2}} between -{FAR} and 0 then {{0}} >> ({{1}} - {{2}} + {FAR}) end"
        return Template(sql, (self._beside.c.mask, begun, self._present), sa.BigInteger())

    @property
    def _present(self) -> Column:
        return self._count(sa.cast(sa.bindparam("today", type_=sa.Date()), sa.Date()))

    def _number(self, of: Operand, column: Column) -> Column:
        """The number of the period in which a moment lies, in the reader's zone."""
        if of.kind is Kind.DATETIME:
            column = sa.func.timezone(sa.bindparam("zone", type_=sa.Text()), column)
        return self._count(sa.cast(column, sa.Date()))

    def _count(self, day: Column) -> Column:
        grain = self._parts.asked.grain
        if grain in _DAYS:  # the first of January 1900 was a Monday
            return Template(f"(({{0}} - date '1900-01-01') / {_DAYS[grain]})", (day,), sa.Integer())
        months = "(extract(year from {0})::integer * 12 + extract(month from {0})::integer - 1)"
        return Template(f"({months} / {_MONTHS[grain]})", (day,), sa.Integer())

    # -- the events

    @cached_property
    def _beside(self) -> Any:
        """Of each record with events: the first moment of each step, or its first period and all of them as bits."""
        parts, statement = self._parts, self._statement
        assert parts.relation is not None
        source = Source(statement, parts.inside, statement.alias(parts.inside.object))
        at = self._value(parts.at, source)
        tests = [compile_sql(one, source, statement.parameters(one.literals)) for one in parts.steps]
        columns: list[Any] = []
        if parts.asked.grain:
            if parts.asked.passes == "active":
                bit = f"bit_or(1::bigint << ({{0}} - {{1}} + {FAR})) filter (where {{0}} - {{1}} between -{FAR} and 0)"
                columns.append(
                    Template(bit, (self._number(parts.at, at), self._present), sa.BigInteger()).label("mask")
                )
            else:
                columns.append(sa.func.min(at).label("first"))
        else:
            # a date is a moment here, so that what lies between two of them is a time
            moment = at if parts.at.kind is Kind.DATETIME else sa.cast(at, sa.DateTime())
            columns += [
                Template("min({0}) filter (where {1})", (moment, test), sa.DateTime()).label(f"s{place}")
                for place, test in enumerate(tests, 1)
            ]
        record, conditions = self._record(parts.relation, source)
        conditions.append(source.table.c.deleted_at.is_(None))  # what has no moment is left out by min and bit_or
        visible = parts.inside.reader.predicate(parts.inside.object, "read", source.table)
        if visible is not None:
            conditions.append(visible)
        if parts.among is not None:
            conditions.append(compile_sql(parts.among, source, statement.parameters(parts.among.literals)))
        elif tests:
            conditions.append(sa.or_(*tests))
        chosen = sa.select(record.label("record"), *columns).select_from(source.joined).where(*conditions)
        return chosen.group_by(record).subquery(statement.name())

    def _record(self, relation: Relation, source: Source) -> tuple[Column, list[Column]]:
        """The record that an event belongs to, and what ties them."""
        child = source.table
        if relation.kind == "link":
            return child.c[relation.field], []
        if relation.kind == "any":
            parent: Column = sa.literal_column(f"'{relation.parent}'")
            return child.c[relation.field], [child.c[f"{relation.field}__object"] == parent]
        owner = relation.parent if relation.kind == "pairs" else relation.child
        pairs = self._statement.tables.pairs(owner, relation.field).alias(self._statement.name())
        here, there = (pairs.c.record, pairs.c.target) if relation.kind == "pairs" else (pairs.c.target, pairs.c.record)
        source.joined = sa.join(source.joined, pairs, there == child.c.id)
        return here, []

    def _value(self, found: Operand, source: Source) -> Column:
        params = self._statement.parameters(found.checked.literals)
        return compile_sql(found.checked, source, params, as_value=True)

    def _test(self, sql: str, *args: Column) -> Column:
        return Template(sql, args, sa.Boolean())
