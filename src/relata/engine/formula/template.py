"""One SQL expression from a template, as a SQLAlchemy element.

A tree of SQLAlchemy's own functions for the same would be six levels deep per operation and exhaust Python's stack;
and templates can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Template(FunctionElement[Any]):
    """sql: PostgreSQL with {0}, {1} for the arguments; no percent sign. It must hold together where it is put, so
    operators are in parentheses."""

    name = "relata_formula"
    # The template is not part of SQLAlchemy's cache key; statements are cached per shape by their makers.
    inherit_cache = False

    def __init__(self, sql: str, args: Sequence[ColumnElement[Any]], type_: TypeEngine[Any]) -> None:
        super().__init__(*args)
        self.sql = sql
        self.type = type_


@compiles(Template)
def _compiled(element: Template, compiler: SQLCompiler, **options: Any) -> str:
    return element.sql.format(*(compiler.process(arg, **options) for arg in element.clauses))
