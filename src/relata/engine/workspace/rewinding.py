"""Records as they were at a moment: what was changed since is taken back with the help of the log.

Who may see a record and a field is decided by the rights of today. What lies in the bin by now is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from relata.engine.formula import Checked, Node
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Source, Statement
from relata.engine.query.pages import check_where, context_of
from relata.engine.query.past_rows import changed_since, has_past
from relata.engine.query.result import Shape
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, base_conditions, render
from relata.engine.storage.planner import quoted
from relata.engine.workspace.unit import Unit
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

#: More records that changed since than this would take too long to take back.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Rewound:
    """A record that was changed since. then, now: values of the fields that were asked for."""

    id: UUID
    then: Mapping[str, Any]
    now: Mapping[str, Any]


def rewindable(work: Workspace, one: Object, names: Sequence[str]) -> list[Field]:
    """The fields among `names` whose past values can be told to this person."""
    fields = (one.field(name) for name in dict.fromkeys(names))
    return [field for field in fields if field is not None and has_past(one, field) and work.actor.readable(one, field)]


async def rewound(
    work: Workspace, one: Object, names: Sequence[str], at: datetime, where: Node | None = None
) -> list[Rewound]:
    """The living records that were there at `at` and were changed since. where: of today. Two statements; Invalid where
    there are too many."""
    await work.settle()
    unit, fields = work.unit, rewindable(work, one, names)
    checked = check_where(unit.context.ground, one.name, where, work.actor)
    key = ("rewound", one.name, tuple(field.name for field in fields), work.actor.fingerprint, checked and checked.root)
    compiled: Compiled = unit.context.statements.get(key, lambda: _compile(unit, one, fields, checked))
    params: dict[str, Any] = {"as_on": at, "most": MOST + 1, **work.actor.parameters()}
    for own, literals in compiled.params:
        given = literals if literals is not None else (checked.literals if checked else ())
        params.update(own.values(given, context_of(work.actor)))
    rows = await unit.connection.fetch(compiled.sql, params)
    if len(rows) > MOST:
        raise Invalid(
            f"More than {MOST} records changed since.",
            code="too_far",
            field="at",
            hint="Choose a later day, or filter.",
        )
    before = await _before(unit, one, [row[0] for row in rows], [field.name for field in fields], at)
    parse, found, untouched = _Parsing(unit, one), [], dict[str, str]()
    places, start = [], 1
    for field in fields:
        places.append((field.name, start, start + len(field.columns()), field.from_columns))
        start = places[-1][2]
    for row in rows:
        now = {}
        for name, begin, end, read in places:
            cells = row[begin:end]
            now[name] = None if cells[0] is None and not any(cells) else read(cells)
        known = before.get(row[0], untouched)
        then = {**now, **{name: parse(name, text) for name, text in known.items()}} if known else now
        found.append(Rewound(row[0], then, now))
    return found


def _compile(unit: Unit, one: Object, fields: Sequence[Field], where: Checked | None) -> Compiled:
    statement = Statement(unit.context.tables)
    source = Source(statement, FieldScope(unit.context.registry, one, unit.actor), statement.alias(one))
    table = source.table
    conditions = base_conditions(source, where, statement, deleted=False)
    conditions += changed_since(unit.context.tables, one, table)
    columns = [table.c[column.name(field.name)] for field in fields for column in field.columns()]
    chosen = sa.select(table.c.id, *columns).select_from(source.joined).where(*conditions)
    return Compiled(render(chosen.limit(sa.bindparam("most", type_=sa.Integer()))), tuple(statement.params), Shape(()))


async def _before(
    unit: Unit, one: Object, records: Sequence[UUID], names: Sequence[str], at: datetime
) -> dict[UUID, dict[str, str]]:
    """What the first change since said was there before, by record and field, as JSON."""
    found: dict[UUID, dict[str, str]] = {}
    if not records or not names:
        return found
    # as one text: a list of two thousand ids took the driver ten times as long as the statement
    listed = f"{{{','.join(map(str, records))}}}"
    params = {f"n{place}": name for place, name in enumerate(names)}
    told = ", ".join(
        f"case when c.after ? %({key})s then coalesce((c.before -> %({key})s)::text, 'null') end" for key in params
    )
    for record, *values in await unit.connection.fetch(
        f"select c.record, {told} from {quoted(unit.context.schema)}._change c"
        " where c.record = any(%(records)s::uuid[]) and c.object = %(object)s and c.at > %(moment)s"
        " and c.action in ('changed', 'merged', 'restored') and c.after ?| %(names)s order by c.id",
        {"records": listed, "object": one.name, "moment": at, "names": list(names), **params},
    ):
        known = found.setdefault(record, {})
        for name, value in zip(names, values, strict=True):
            if value is not None and name not in known:
                known[name] = value
    return found


class _Parsing:
    """Values of the log as the object has them; each text is read once."""

    def __init__(self, unit: Unit, one: Object) -> None:
        self._context, self._fields = unit.context.parsing, one.all_fields
        self._known: dict[tuple[str, str], Any] = {}

    def __call__(self, name: str, text: str) -> Any:
        key = (name, text)
        if key not in self._known:
            raw = msgspec.json.decode(text)
            try:
                self._known[key] = None if raw is None else self._fields[name].parse(raw, self._context)
            except Invalid:  # of another type than today
                self._known[key] = None
        return self._known[key]
