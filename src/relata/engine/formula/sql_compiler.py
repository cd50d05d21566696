"""Typed tree to SQL.

Whatever reads no field is computed in Python and bound, so that `close_date < add_days(today(), 30)` is a column
compared with a parameter. Conditions are compiled in two ways: where null means false anyway (a filter, and what
stands under its and/or), a comparison is left plain and an index can serve it; where the value matters, null is made
false.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnClause, cast, null, true
from sqlalchemy import types as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import Grouping

from relata.engine.formula import typed
from relata.engine.formula.columns import Columns, Element
from relata.engine.formula.operations import OPERATIONS
from relata.engine.formula.params import Params
from relata.engine.formula.spans import SPANS
from relata.engine.formula.sql_types import is_bindable, sql_type, type_name
from relata.engine.formula.template import Template
from relata.engine.formula.text_operations import BY_CODE_POINT, COLLATION
from relata.engine.formula.typed import Typed, is_constant
from relata.engine.formula.types import TEXT, Kind, Type

_BOOLEAN = sa.Boolean()
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WHOLE = {"=": "exact", "<": "ceil", "<=": "floor", ">": "floor", ">=": "ceil"}


class Compiler:
    """For one set of columns; the related records of exists and count get one of their own."""

    def __init__(self, columns: Columns, params: Params) -> None:
        self._columns = columns
        self._params = params

    # -- the two ways

    def condition(self, node: Typed) -> Element:
        """For where null counts as false."""
        if is_constant(node):
            return self.value(node)
        handler = _CONDITIONS.get(type(node))
        return self.value(node) if handler is None else handler(self, node)

    def value(self, node: Typed) -> Element:
        """The very value."""
        if isinstance(node, typed.Null):
            return cast(null(), sql_type(node.type)) if is_bindable(node.type) else Grouping(null())
        if is_constant(node):
            return self._bound(node, node.type)
        handler = _VALUES.get(type(node))
        if handler is not None:
            return handler(self, node)
        return self._sql("coalesce({0}, false)", _BOOLEAN, self.condition(node))

    def _bound(self, node: Typed, type_: Type, adapt: str = "") -> Element:
        """A parameter with its cast: left to itself, the server must guess the type."""
        return self._sql(f"{{0}}::{type_name(type_)}", sql_type(type_), self._params.bind(node, adapt))

    def _sql(self, sql: str, type_: sa.TypeEngine[Any], *args: Element) -> Template:
        return Template(sql, args, type_)

    def _test(self, sql: str, *args: Element) -> Template:
        return Template(sql, args, _BOOLEAN)

    # -- values

    def _field(self, node: typed.Field) -> Element:
        """The column; numbers as numeric, so that whole-number columns calculate as the rest does."""
        column = self._column(node)
        if node.type.kind is Kind.NUMBER and isinstance(column.type, sa.Integer | sa.Float):
            return self._sql("({0})::numeric", sa.Numeric(), column)
        return column

    def _column(self, node: typed.Field) -> Element:
        column = self._columns.currency(node.ref) if node.part == "currency" else self._columns.column(node.ref)
        return column if isinstance(column, ColumnClause | Template) else Grouping(column)

    def _bare(self, node: Typed) -> Element:
        """The column as it is, where only comparing is at stake."""
        return self._column(node) if isinstance(node, typed.Field) else self.value(node)

    def _operation(self, node: typed.Operation) -> Element:
        rule = OPERATIONS[node.name]
        args = [self.value(arg) for arg in node.args]
        zone = f"{{{len(args)}}}"
        if rule.is_zoned:
            args.append(self._bound(typed.Dynamic("zone", TEXT), TEXT))
        places = [f"{{{index}}}" for index in range(len(args))]
        joined = rule.joiner.join(rule.each.format(place) for place in places)
        # The template's doubled braces must survive this first filling.
        sql = rule.sql.replace("{{", "{{{{").replace("}}", "}}}}")
        return self._sql(sql.format(*places, all=joined, zone=zone), sql_type(node.type), *args)

    def _if(self, node: typed.If) -> Element:
        parts = (self.condition(node.condition), self.value(node.then), self.value(node.otherwise))
        return self._sql("CASE WHEN {0} THEN {1} ELSE {2} END", sql_type(node.type), *parts)

    def _coalesce(self, node: typed.Coalesce) -> Element:
        return self._listed("coalesce(", node.args, ")", node.type)

    def _array(self, node: typed.Array) -> Element:
        return self._listed("ARRAY[", node.items, f"]::{type_name(node.type)}", node.type)

    def _listed(self, before: str, nodes: tuple[Typed, ...], after: str, type_: Type) -> Element:
        places = ", ".join(f"{{{index}}}" for index in range(len(nodes)))
        return self._sql(f"{before}{places}{after}", sql_type(type_), *map(self.value, nodes))

    def _count(self, node: typed.Count) -> Element:
        return self._sql("({0})::numeric", sa.Numeric(), self._columns.count(node.many, self._inside(node)))

    def _exists(self, node: typed.Exists) -> Element:
        return self._columns.exists(node.many, self._inside(node))

    def _extreme(self, node: typed.Extreme) -> Element:
        def item(columns: Columns) -> Element:
            return Compiler(columns, self._params).value(node.item)

        found = self._columns.extreme(node.many, node.function, item, self._inside(node))
        return self._sql(f"({{0}})::{type_name(node.type)}", sql_type(node.type), found)

    def _inside(self, node: typed.Exists | typed.Count | typed.Extreme) -> Callable[[Columns], Element]:
        condition = node.condition
        if condition is None:
            return lambda columns: true()
        return lambda columns: Compiler(columns, self._params).condition(condition)

    # -- conditions

    def _not(self, node: typed.Not) -> Element:
        if isinstance(node.item, typed.Empty):  # never unknown, and an index finds what is filled
            return self._test("(NOT {0})", self.condition(node.item))
        return self._test("(({0}) IS NOT TRUE)", self.condition(node.item))

    def _and(self, node: typed.And) -> Element:
        return self._joined(" AND ", node.items)

    def _or(self, node: typed.Or) -> Element:
        return self._joined(" OR ", node.items)

    def _joined(self, word: str, items: tuple[Typed, ...]) -> Element:
        places = word.join(f"{{{index}}}" for index in range(len(items)))
        return self._test(f"({places})", *map(self.condition, items))

    def _compare(self, node: typed.Compare) -> Element:
        op, left, right = node.op, node.left, node.right
        if is_constant(left) and not is_constant(right):
            op, left, right = _MIRRORED[op], right, left
        column = self._bare(left)
        if self._is_whole(left, column) and is_constant(right):
            return self._test(f"({{0}} {op} {{1}})", column, self._whole(right, _WHOLE[op]))
        if node.null_safe:
            return self._test("({0} IS NOT DISTINCT FROM {1})", column, self._bare(right))
        return self._test(self._ordered(f"({{0}} {op} {{1}})", left, op), column, self._bare(right))

    def _is_whole(self, node: Typed, column: Element) -> bool:
        return isinstance(node, typed.Field) and node.type.kind is Kind.NUMBER and isinstance(column.type, sa.Integer)

    def _whole(self, node: Typed, adapt: str) -> Element:
        return self._sql("{0}::bigint", sa.BigInteger(), self._params.bind(node, adapt))

    def _ordered(self, sql: str, node: Typed, op: str) -> str:
        """Texts have their order by code point, whatever the column's collation is."""
        if op == "=" or node.type.kind is not Kind.TEXT:
            return sql
        return sql.format(*(BY_CODE_POINT.format(f"{{{index}}}") for index in range(3)))

    def _between(self, node: typed.Between) -> Element:
        column = self._bare(node.value)
        if self._is_whole(node.value, column) and is_constant(node.low) and is_constant(node.high):
            ends = (self._whole(node.low, "ceil"), self._whole(node.high, "floor"))
        else:
            ends = (self._bare(node.low), self._bare(node.high))
        return self._test(self._ordered("({0} BETWEEN {1} AND {2})", node.value, "<"), column, *ends)

    def _one_of(self, node: typed.OneOf) -> Element:
        column = self._bare(node.value)
        if self._is_whole(node.value, column) and is_constant(node.items):
            bound = self._params.bind(node.items, "exact_list")
            items: Element = self._sql("{0}::bigint[]", ARRAY(sa.BigInteger()), bound)
        else:
            items = self.value(node.items)
        return self._test("({0} = ANY ({1}))", column, items)

    def _overlaps(self, node: typed.Overlaps) -> Element:
        return self._test("({0} && {1})", self.value(node.left), self.value(node.right))

    def _includes(self, node: typed.Includes) -> Element:
        return self._test("({0} @> {1})", self.value(node.left), self.value(node.right))

    def _within(self, node: typed.Within) -> Element:
        span, type_ = SPANS[node.span], node.value.type
        start, end = (self.value(typed.Edge(node.span, side, node.count, type_)) for side in ("start", "end"))
        value = self.value(node.value)
        if span.open_start:
            return self._test("({0} < {1})", value, end)
        if span.open_end:
            return self._test("({0} >= {1})", value, start)
        if isinstance(node.value, typed.Field):
            return self._test("({0} >= {1} AND {2} < {3})", value, start, value, end)
        # A calculated value stands once only, so that nested conditions don't double at each level.
        kind = "daterange" if type_.kind is Kind.DATE else "tstzrange"
        return self._test(f"({{0}} <@ {kind}({{1}}, {{2}}))", value, start, end)

    def _match(self, node: typed.Match) -> Element:
        text = self._small(node.text)
        if is_constant(node.pattern):
            return self._test("({0} LIKE {1})", text, self._bound(node.pattern, TEXT, node.op))
        sql = {
            "contains": "(strpos({0}, {1}) > 0)",
            "starts": "starts_with({0}, {1})",
            "ends": "starts_with(reverse({0}), reverse({1}))",
        }
        return self._test(sql[node.op], text, self._small(node.pattern))

    def _small(self, node: Typed) -> Element:
        return self._sql(f"lower({{0}} COLLATE {COLLATION})", sa.Text(), self.value(node))

    def _empty(self, node: typed.Empty) -> Element:
        item, kind = node.item, node.item.type.kind
        value = self.value(item)
        if kind is Kind.TEXT and isinstance(item, typed.Field):
            return self._test("({0} IS NULL OR {1} = '')", value, value)
        return self._test(_EMPTY.get(kind, "({0} IS NULL)"), value)


_EMPTY = {
    Kind.TEXT: "(coalesce({0}, '') = '')",
    Kind.LIST: "(coalesce(cardinality({0}), 0) = 0)",
    Kind.JSON: "(coalesce(({0})::jsonb, 'null') IN ('null', '\"\"', '{{}}', '[]'))",
}

_Handler = Callable[[Compiler, Any], Element]

_VALUES: dict[type, _Handler] = {
    typed.Field: Compiler._field,
    typed.Operation: Compiler._operation,
    typed.If: Compiler._if,
    typed.Coalesce: Compiler._coalesce,
    typed.Array: Compiler._array,
    typed.Count: Compiler._count,
    typed.Exists: Compiler._exists,
    typed.Extreme: Compiler._extreme,
    typed.Not: Compiler._not,
    typed.Empty: Compiler._empty,
}
_CONDITIONS: dict[type, _Handler] = {
    typed.And: Compiler._and,
    typed.Or: Compiler._or,
    typed.Compare: Compiler._compare,
    typed.Between: Compiler._between,
    typed.OneOf: Compiler._one_of,
    typed.Overlaps: Compiler._overlaps,
    typed.Includes: Compiler._includes,
    typed.Within: Compiler._within,
    typed.Match: Compiler._match,
}
