"""From names to columns: joins along links, related lists as subqueries, formulas inlined, roll-ups joined.

Every joined table carries the reader's predicate: what a person may not see reads as empty through a link, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import sqlalchemy as sa

from relata.engine.formula import Checked, Columns, Many, Params, Ref, check, compile_currency, compile_sql, parse
from relata.engine.metadata.fields import Field, Formula, GeoPoint, Links, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.reader import AnyReader, Reader
from relata.engine.query.scope import FieldScope, Found
from relata.engine.storage.tables import Tables
from relata.foundation.clock import Clock


class Statement:
    """What one SQL statement collects on the way: numbered aliases and the parameters of its expressions."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.params: list[tuple[Params, tuple[object, ...] | None]] = []
        self._aliases = 0

    def alias(self, one: Object) -> sa.Alias:
        """A fresh alias of the object's table."""
        self._aliases += 1
        return cast(sa.Alias, self.tables.of(one).alias(f"t{self._aliases}"))

    def name(self) -> str:
        """A fresh alias name."""
        self._aliases += 1
        return f"t{self._aliases}"

    def parameters(self, literals: tuple[object, ...] | None = None) -> Params:
        """Parameters for one more expression; literals: fixed ones (a formula's), None for those of the request."""
        params = Params(f"x{len(self.params)}")
        self.params.append((params, literals))
        return params


class Source:
    """One object's table in a statement, with the joins that its paths need; implements `formula.Columns`."""

    def __init__(self, statement: Statement, scope: FieldScope, table: sa.Alias) -> None:
        self.statement = statement
        self.scope = scope
        self.table = table
        self.joined: sa.FromClause = table
        self._ways: dict[tuple[str, ...], sa.Alias] = {(): table}
        self._rollups: dict[tuple[str, ...], sa.Alias] = {}

    def column(self, ref: Ref) -> sa.ColumnElement[Any]:
        return self.at(self.scope.find(ref.path), ref.path)

    def currency(self, ref: Ref) -> sa.ColumnElement[Any]:
        found = self.scope.find(ref.path)
        if isinstance(found.field, Formula):
            return self._formula(found, money=True)
        assert found.field is not None
        return self.way(found, ref.path).c[f"{found.field.name}__currency"]

    def at(self, found: Found, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        """The column of a path; an inlined expression for formulas."""
        table = self.way(found, path)
        field = found.field
        if field is None:
            return table.c.id
        if isinstance(field, Formula):
            return self._formula(found)
        if isinstance(field, RollUp):
            return self.roll_up(found, field)
        if isinstance(field, Links):
            return self._linked(found.object, field, table)
        if isinstance(field, GeoPoint) and not found.part:
            return table.c[f"{field.name}__lat"]
        if found.part and found.part != "amount":
            return table.c[f"{field.name}__{found.part}"]
        columns = field.columns()
        if not found.part and columns[0].part:
            return self._whole(field, table)
        return table.c[columns[0].name(field.name)]

    def _whole(self, field: Field, table: sa.Alias) -> sa.ColumnElement[Any]:
        """A field without a column of its own, such as an address, as JSON for `empty`; null when no part is set."""
        parts = [table.c[column.name(field.name)] for column in field.columns()]
        return sa.case((sa.func.coalesce(*parts).is_not(None), sa.func.jsonb_build_array(*parts)), else_=None)

    def way(self, found: Found, path: tuple[str, ...]) -> sa.Alias:
        """The alias at which the path's last link ends, joined once."""
        way: tuple[str, ...] = ()
        table = self.table
        for _, link in found.links:
            before, way = table, (*way, link.name)
            known = self._ways.get(way)
            if known is None:
                target = self.scope.registry.get(link.to)
                known = self._ways[way] = self.statement.alias(target)
                condition = known.c.id == before.c[link.name]
                visible = self.scope.reader.predicate(target, "read", known)
                if visible is not None:
                    condition = sa.and_(condition, visible)
                self.joined = sa.outerjoin(self.joined, known, condition)
            table = known
        return table

    def _formula(self, found: Found, *, money: bool = False) -> sa.ColumnElement[Any]:
        """The expression in place; for an amount of money, its currency where `money` asks for it."""
        assert isinstance(found.field, Formula)
        checked = self.scope.formula(found.object, found.field)
        params = self.statement.parameters(checked.literals)
        if money:
            return compile_currency(checked, _Prefixed(self, found), params)
        return compile_sql(checked, _Prefixed(self, found), params, as_value=True)

    def _linked(self, one: Object, field: Links, table: sa.Alias) -> sa.ColumnElement[Any]:
        pairs = self.statement.tables.pairs(one.name, field.name).alias(self.statement.name())
        target = self.statement.alias(self.scope.registry.get(field.to))
        chosen = sa.select(pairs.c.target).where(pairs.c.record == table.c.id, pairs.c.target == target.c.id)
        chosen = chosen.where(target.c.deleted_at.is_(None))
        visible = self.scope.reader.predicate(self.scope.registry.get(field.to), "read", target)
        if visible is not None:
            chosen = chosen.where(visible)
        return sa.func.array(chosen.order_by(pairs.c.target).scalar_subquery(), type_=sa.ARRAY(sa.Uuid()))

    def roll_up(self, found: Found, field: RollUp) -> sa.ColumnElement[Any]:
        """Count, sum and average from the side table; min and max from the children, over the link's index."""
        one = found.object
        way = tuple(link.name for _, link in found.links)
        if field.function in ("min", "max"):
            return self._extreme(one, field, self._ways[way])
        side = self._rollups.get(way)
        if side is None:
            side = self._rollups[way] = cast(sa.Alias, self.statement.tables.rollups(one).alias(self.statement.name()))
            self.joined = sa.outerjoin(self.joined, side, side.c.id == self._ways[way].c.id)
        count, total = side.c[f"{field.name}__count"], side.c[f"{field.name}__sum"]
        if field.function == "count":
            return sa.func.coalesce(count, sa.literal_column("0"))
        if field.function == "sum":
            return sa.func.coalesce(total, sa.literal_column("0"))
        return sa.func.round(total / sa.func.nullif(count, sa.literal_column("0")), sa.literal_column("12"))

    def _extreme(self, one: Object, field: RollUp, table: sa.Alias) -> sa.ColumnElement[Any]:
        relation = self.scope.registry.relations[one.name][field.over]
        child = self.scope.registry.get(relation.child)
        # A roll-up counts every child; who may read it is decided by its own field right.
        scope = FieldScope(self.scope.registry, child, Everything(self.scope.reader), self.scope.depth + 1)
        source = Source(self.statement, scope, self.statement.alias(child))
        column = source.at(scope.find((field.field,)), (field.field,))
        chosen = sa.select(getattr(sa.func, field.function)(column)).select_from(source.joined)
        chosen = chosen.where(source.table.c[relation.field] == table.c.id, source.table.c.deleted_at.is_(None))
        if field.where:
            from_text = roll_up_condition(scope, field)
            chosen = chosen.where(compile_sql(from_text, source, self.statement.parameters(from_text.literals)))
        return chosen.scalar_subquery()

    def exists(self, many: Many, build: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        return self._children(many, build, sa.literal_column("1")).exists()

    def count(self, many: Many, build: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        return self._children(many, build, sa.func.count()).scalar_subquery()

    def extreme(
        self, many: Many, function: str, item: Callable[[Columns], sa.ColumnElement[Any]],
        build: Callable[[Columns], sa.ColumnElement[Any]],
    ) -> sa.ColumnElement[Any]:  # fmt: skip
        def what(columns: Columns) -> Any:
            return getattr(sa.func, function)(item(columns))

        return self._children(many, build, what).scalar_subquery()

    def _children(self, many: Many, build: Callable[[Columns], sa.ColumnElement[Any]], what: Any) -> sa.Select[Any]:
        *way, last = many.name.split(".")
        found = self.scope.find((*way, "id"))
        parent = self.way(found, ())
        relation = self.scope.relation(found.object, last)
        assert relation is not None
        child = self.scope.registry.get(relation.child)
        scope = FieldScope(self.scope.registry, child, self.scope.reader, self.scope.depth)
        source = Source(self.statement, scope, self.statement.alias(child))
        condition = build(source)
        what = what(source) if callable(what) else what
        chosen = sa.select(what).select_from(source.joined).where(source.table.c.deleted_at.is_(None))
        chosen = chosen.where(self._belongs(relation, source.table, parent)).where(condition)
        visible = self.scope.reader.predicate(child, "read", source.table)
        if visible is not None:
            chosen = chosen.where(visible)
        return chosen.correlate(*(table for table in self._ways.values()))

    def _belongs(self, relation: Relation, child: sa.Alias, parent: sa.Alias) -> sa.ColumnElement[bool]:
        if relation.kind == "link":
            return child.c[relation.field] == parent.c.id
        if relation.kind == "any":
            kind: sa.ColumnElement[str] = sa.literal_column(f"'{relation.parent}'")  # a constant is no parameter here
            return sa.and_(child.c[relation.field] == parent.c.id, child.c[f"{relation.field}__object"] == kind)
        owner = relation.parent if relation.kind == "pairs" else relation.child
        pairs = self.statement.tables.pairs(owner, relation.field).alias(self.statement.name())
        here, there = (pairs.c.record, pairs.c.target) if relation.kind == "pairs" else (pairs.c.target, pairs.c.record)
        # The pairs stand beside the child: a pair is there once, and one `exists` can be answered from either side,
        # which two in each other can't (a contact's meetings were looked for among all meetings).
        return sa.and_(here == parent.c.id, there == child.c.id)


class _Prefixed:
    """A formula's columns when the formula itself is reached over links: the same joins, one step further in."""

    def __init__(self, source: Source, found: Found) -> None:
        self.source = source
        self.found = found
        self.way = tuple(link.name for _, link in found.links)

    def column(self, ref: Ref) -> sa.ColumnElement[Any]:
        return self.source.column(Ref((*self.way, *ref.path), ref.type))

    def currency(self, ref: Ref) -> sa.ColumnElement[Any]:
        return self.source.currency(Ref((*self.way, *ref.path), ref.type))

    def exists(self, many: Many, build: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        return self.source.exists(self._many(many), build)

    def count(self, many: Many, build: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        return self.source.count(self._many(many), build)

    def extreme(
        self, many: Many, function: str, item: Callable[[Columns], sa.ColumnElement[Any]],
        build: Callable[[Columns], sa.ColumnElement[Any]],
    ) -> sa.ColumnElement[Any]:  # fmt: skip
        return self.source.extreme(self._many(many), function, item, build)

    def _many(self, many: Many) -> Many:
        return Many(".".join((*self.way, many.name)), many.object, many.scope)


class Everything(AnyReader):
    """A reader who sees every field and row, at the person's own place and time; for what counts regardless of who
    looks,
    such as roll-ups."""

    fingerprint = "everything"

    def __init__(self, reader: Reader) -> None:
        self.user = reader.user
        self.main_team = reader.main_team
        self.teams = reader.teams
        self._reader = reader

    def clock(self) -> Clock:
        """The person's."""
        return self._reader.clock()


def roll_up_condition(scope: FieldScope, field: RollUp) -> Checked:
    """The checked filter of a roll-up; it may read the child's own fields only."""
    return check(parse(field.where), scope)
