"""The columns of one object as other programs want them: plain names, a label beside each choice, links as ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from relata.engine.metadata.fields import AnyLink, Choice, Field, File, Link, MoneyField
from relata.engine.query.result import Cell
from relata.engine.reporting.sql_access.constants import constant


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column of a view. text: what it is, for whoever looks into the catalogue."""

    name: str
    expression: sa.ColumnElement[Any]
    text: str


def columns_of(cell: Cell, made: list[sa.ColumnElement[Any]], label: str) -> Iterator[ViewColumn]:
    """The columns of a value. made: as the statement has them. label: what people call the field."""
    field = cell.field
    if field is None or (len(made) == 1 and not isinstance(field, (Link, File, Choice))):
        yield ViewColumn(cell.key, made[0], label)
    elif isinstance(field, Choice):
        yield ViewColumn(cell.key, made[0], label)
        yield ViewColumn(f"{cell.key}_label", _labels(field, made[0]), label)
    else:
        for part, expression in zip(_parts(field), made, strict=True):
            yield ViewColumn(f"{cell.key}_{part}" if part else cell.key, expression, label)


def _parts(field: Field) -> list[str]:
    if isinstance(field, MoneyField):
        return ["", "currency"]
    if isinstance(field, (Link, File)):
        return ["id"]
    parts = [column.part for column in field.columns()]
    return ["id" if not part and isinstance(field, AnyLink) else part for part in parts]


def _labels(field: Choice, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """What people see in place of the value; one that is no longer among the options stands as it is."""
    if not field.options:
        return value
    pairs = [(value == _text(option.value), _text(option.title)) for option in field.options]
    return sa.case(*pairs, else_=value)


def _text(value: str) -> sa.ColumnElement[str]:
    return sa.literal_column(constant(value), sa.Text())
