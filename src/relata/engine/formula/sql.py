"""The back end in SQL: a checked expression as a SQLAlchemy element for PostgreSQL 15 and newer."""

from __future__ import annotations

from sqlalchemy import Text, cast, null

from relata.engine.formula import typed
from relata.engine.formula.columns import Columns, Element
from relata.engine.formula.params import Params
from relata.engine.formula.sql_compiler import Compiler
from relata.engine.formula.typed import Checked
from relata.engine.formula.types import TEXT, Kind

#: Collations with Unicode's simple case mapping, best first; the first needs PostgreSQL 17, the others glibc. The query
#: `select collname from pg_collation` says which ones a server has.
CASE_COLLATIONS = ("pg_c_utf8", "C.utf8", "C.UTF-8")


def compile_sql(
    checked: Checked, columns: Columns, params: Params, *, as_value: bool = False, collation: str = CASE_COLLATIONS[0]
) -> Element:
    """The expression; of money, the amount (see compile_currency).

    as_value: for a boolean, null is made false as in the Python back end; leave it out for a filter, set it for a
    formula field that other expressions read. collation: for small and capital letters (see text_operations.py).
    """
    compiler = Compiler(columns, params, collation)
    root = checked.root.amount if isinstance(checked.root, typed.Pair) else checked.root
    if root.type.kind is Kind.BOOLEAN and not as_value:
        return compiler.condition(root)
    return compiler.value(root)


def compile_currency(
    checked: Checked, columns: Columns, params: Params, *, collation: str = CASE_COLLATIONS[0]
) -> Element:
    """The currency of an expression that gives money; null where the amount is."""
    compiler = Compiler(columns, params, collation)
    root = checked.root
    if isinstance(root, typed.Field):
        return columns.currency(root.ref)
    if not isinstance(root, typed.Pair):
        return cast(null(), Text())
    return compiler.value(
        typed.If(typed.Empty(root.amount), typed.Null(TEXT), root.currency, TEXT),
    )
