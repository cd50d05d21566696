"""One view for each object that the reader may read: their rows, the columns that they may see, and nothing else.

A view is a security barrier: a function that somebody puts into a filter sees no row before the reader's access does,
and the planner tells nothing of rows outside it. It reads the tables with its owner's rights; the database user has
none on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from relata.engine.access.actor import Actor
from relata.engine.access.levels import Level
from relata.engine.formula import Unknown
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Source, Statement
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import base_conditions, readable_cells, render
from relata.engine.reporting.sql_access.columns import ViewColumn, columns_of
from relata.engine.reporting.sql_access.constants import Moves, constant, filled, spelled
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import WorkspaceContext
from relata.foundation.errors import Invalid

#: PostgreSQL cuts longer names.
NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class View:
    """columns: name and description of each. left_out: fields that a view can't follow. is_daily: right for today."""

    name: str
    text: str
    select: str
    columns: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    is_daily: bool


def views_of(context: WorkspaceContext, reader: Actor) -> Iterator[View]:
    """The views of somebody, in the order of their names."""
    taken: set[str] = set()
    for one in sorted(context.registry.objects.values(), key=lambda one: one.path):
        if reader.rights.level(one, "read") is Level.NONE or one.personal:
            continue
        name = _free(one.path.replace("-", "_"), taken)
        yield _view(context, reader, one, name)


def _view(context: WorkspaceContext, reader: Actor, one: Object, name: str) -> View:
    statement = Statement(context.tables)
    source = Source(statement, FieldScope(context.registry, one, reader), statement.alias(one))
    values = {key: constant(value) for key, value in reader.parameters().items()}
    taken: set[str] = set()
    chosen: list[sa.ColumnElement[Any]] = []
    described: list[tuple[str, str]] = []
    left_out: list[str] = []
    is_daily = False
    for path in ("id", *one.all_fields):
        before = len(statement.params)
        try:
            made = list(_columns(source, one, path))
            for params, literals in statement.params[before:]:
                found, daily = spelled(params, literals or (), reader)
                values |= found
                is_daily = is_daily or daily
        except Moves:
            left_out.append(f"{name}.{path}")
            continue
        for column in made:
            label = _free(column.name, taken)
            chosen.append(column.expression.label(label))
            described.append((label, column.text))
    conditions = base_conditions(source, None, statement, deleted=False)
    select = render(sa.select(*chosen).select_from(source.joined).where(*conditions))
    return View(
        name, f"{one.title_plural}: {one.help}" if one.help else one.title_plural, filled(select, values),
        tuple(described), tuple(left_out), is_daily,
    )  # fmt: skip


def _columns(source: Source, one: Object, path: str) -> Iterator[ViewColumn]:
    """The columns of a field; none for one that may not be read, or of which only the presence is shown."""
    field = one.all_fields.get(path)
    if field is not None and not source.scope.reader.readable(one, field):
        return
    try:
        cells, made = readable_cells(source, one, (path,))
    except (Invalid, Unknown):
        return
    text = "" if field is None else f"{field.title}. {field.help}" if field.help else field.title
    for cell in cells:
        yield from columns_of(cell, made[cell.start : cell.start + cell.width], text)


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number where another column has it."""
    name = name.encode()[: NAME_BYTES - 3].decode(errors="ignore")
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found


def statements_for(space: str, view: View) -> Iterator[str]:
    """What makes the view in the schema `space`, where `_open` is."""
    place = f"{quoted(space)}.{quoted(view.name)}"
    yield (
        f"create view {place} with (security_barrier = true) as select * from ({view.select}) rows"
        f" where (select is_open from {quoted(space)}._open)"
    )
    yield f"comment on view {place} is {constant(view.text)}"
    for name, text in view.columns:
        if text:
            yield f"comment on column {place}.{quoted(name)} is {constant(text)}"
