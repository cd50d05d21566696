"""The types of the language in SQLAlchemy's and in PostgreSQL's words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import types as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.formula.types import Kind, Type

_SQL_TYPES: dict[Kind, tuple[sa.TypeEngine[Any], str]] = {
    Kind.TEXT: (sa.Text(), "text"),
    Kind.NUMBER: (sa.Numeric(), "numeric"),
    Kind.MONEY: (sa.Numeric(), "numeric"),
    Kind.BOOLEAN: (sa.Boolean(), "boolean"),
    Kind.DATE: (sa.Date(), "date"),
    Kind.DATETIME: (sa.DateTime(timezone=True), "timestamptz"),
    Kind.DURATION: (sa.Interval(), "interval"),
    Kind.ID: (sa.Uuid(), "uuid"),
    Kind.NULL: (sa.Text(), "text"),
}


def sql_type(type_: Type) -> sa.TypeEngine[Any]:
    """The SQLAlchemy type in which values of a type are bound and selected."""
    if type_.item is not None:
        return ARRAY(sql_type(type_.item))
    return _SQL_TYPES[type_.kind][0] if type_.kind in _SQL_TYPES else sa.NullType()


def is_bindable(type_: Type) -> bool:
    """There can be parameters of the type; JSON and places are only read."""
    return type_.item is not None or type_.kind in _SQL_TYPES


def type_name(type_: Type) -> str:
    """The same as PostgreSQL writes it."""
    return f"{type_name(type_.item)}[]" if type_.item is not None else _SQL_TYPES[type_.kind][1]
