"""The back end in SQL: a checked expression as a SQLAlchemy element for PostgreSQL 15 and newer."""

from __future__ import annotations

from sqlalchemy import Text, cast, null

from relata.engine.formula import typed
from relata.engine.formula.columns import Columns, Element
from relata.engine.formula.params import Params
from relata.engine.formula.sql_compiler import Compiler
from relata.engine.formula.typed import Checked
from relata.engine.formula.types import TEXT, Kind


def compile_sql(checked: Checked, columns: Columns, params: Params, *, as_value: bool = False) -> Element:
    """The expression; of money, the amount (see compile_currency).

    as_value: for a boolean, null is made false as in the Python back end; leave it out for a filter, set it for a
    formula field that other expressions read.
    """
    compiler = Compiler(columns, params)
    root = checked.root.amount if isinstance(checked.root, typed.Pair) else checked.root
    if root.type.kind is Kind.BOOLEAN and not as_value:
        return compiler.condition(root)
    return compiler.value(root)


def compile_currency(checked: Checked, columns: Columns, params: Params) -> Element:
    """The currency of an expression that gives money; null where the amount is."""
    compiler = Compiler(columns, params)
    root = checked.root
    if isinstance(root, typed.Field):
        return columns.currency(root.ref)
    if not isinstance(root, typed.Pair):
        return cast(null(), Text())
    return compiler.value(
        typed.If(typed.Empty(root.amount), typed.Null(TEXT), root.currency, TEXT),
    )
