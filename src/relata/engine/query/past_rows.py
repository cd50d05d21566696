"""An object's table as it was at a moment: what was changed since is taken back inside the statement, from the log.

Who may see a record and a field is decided by the rights of today. What lies in the bin by now is left out. What links
lead to, and related lists, are as they are today. What changed since is found by the index `_change_object`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from relata.engine.formula import Checked, Unknown, reading
from relata.engine.formula.template import Template
from relata.engine.metadata.fields import AnyLink, Column, Duration, Field, Formula, MoneyField, PersonName
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Statement
from relata.engine.query.reader import Reader
from relata.engine.query.scope import FieldScope
from relata.engine.storage.tables import Tables, sql_type
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: The first value that the log tells of each field since.
_FIRST_CHANGES = """
select distinct on (c.record, k.key) c.record, k.key, coalesce(c.before -> k.key, 'null') as value
from {schema}._change c cross join lateral jsonb_object_keys(c.after) k(key)
where c.object = '{name}' and c.at > :as_on and c.action in ('changed', 'merged', 'restored')
order by c.record, k.key, c.id
"""

#: What was changed since; and what came since but is older, because it was brought from elsewhere: ids tell when they
#: were made, within the hour by which clocks may differ.
_CHANGED = """
select c.record from {schema}._change c
where c.object = '{name}' and c.at > :as_on and c.action in ('changed', 'merged', 'restored', 'erased')
union select n.id from {table} n where n.created_at <= :as_on and n.changed_at > :as_on and n.id >=
(lpad(to_hex(floor(extract(epoch from :as_on - interval '1 hour') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
"""


def has_past(one: Object, field: Field) -> bool:
    """Whether its former values can be told: stored, and in the log as they were."""
    return bool(field.stored and field.columns() and field.name not in one.sealed_fields and not field.sensitivity)


def changed_since(tables: Tables, one: Object, table: sa.Alias) -> list[sa.ColumnElement[bool]]:
    """Conditions: the record was there at `as_on` and was changed since."""
    moment = sa.bindparam("as_on", type_=sa.DateTime(timezone=True))
    schema = f'"{tables.schema}"'
    found = sa.text(_CHANGED.format(schema=schema, name=one.name, table=f'{schema}."{one.name}"'))
    ids = found.bindparams(moment).columns(sa.column("record", sa.Uuid())).subquery()
    return [table.c.created_at <= moment, table.c.changed_at > moment, table.c.id.in_(sa.select(ids.c.record))]


def unchanged_since(table: sa.Alias) -> list[sa.ColumnElement[bool]]:
    """Conditions: the record was there at `as_on`, and nobody changed it since."""
    moment = sa.bindparam("as_on", type_=sa.DateTime(timezone=True))
    return [table.c.created_at <= moment, table.c.changed_at <= moment]


def check_past(scope: FieldScope, expressions: Iterable[Checked]) -> None:
    """Invalid where something is asked whose past is not known."""
    for checked in expressions:
        for name in _own_names(scope, checked, 0):
            field = scope.object.field(name)
            if field is not None and not field.system and not has_past(scope.object, field):
                text = _("What %(field)s was in the past is not known, so this can't be shown as it was on a day.")
                raise Invalid(text % {"field": field.title}, code="report", field="as_on")


def _own_names(scope: FieldScope, checked: Checked, depth: int) -> Iterator[str]:
    for ref in reading(checked).refs:
        field = scope.object.field(ref.path[0])
        if isinstance(field, Formula) and depth < 8:
            try:
                yield from _own_names(scope, scope.formula(scope.object, field), depth + 1)
            except Unknown:
                continue
        else:
            yield ref.path[0]


def past_rows(statement: Statement, one: Object, reader: Reader, *, only_changed: bool = False) -> Any:
    """What stands in the place of the table, with all its columns. Parameters: `as_on`, the moment. only_changed: of
    the records that were changed since."""
    tables = statement.tables
    now = statement.alias(one)
    changes = sa.text(_FIRST_CHANGES.format(schema=f'"{tables.schema}"', name=one.name))
    moment = sa.bindparam("as_on", type_=sa.DateTime(timezone=True))
    first = changes.bindparams(moment).columns(
        sa.column("record", sa.Uuid()), sa.column("key", sa.Text()), sa.column("value", sa.JSON())
    ).subquery(statement.name())  # fmt: skip
    were = (
        sa.select(first.c.record, sa.func.jsonb_object_agg(first.c.key, first.c.value).label("were"))
        .group_by(first.c.record)
        .subquery(statement.name())
    )
    taken_back = dict(_taken_back(one, now, were.c.were))
    columns = [taken_back.get(column.name, column).label(column.name) for column in now.c]
    conditions: list[Any] = [now.c.deleted_at.is_(None)]
    conditions += changed_since(tables, one, now) if only_changed else [now.c.created_at <= moment]
    visible = reader.predicate(one, "read", now)
    if visible is not None:
        conditions.append(visible)
    joined = sa.outerjoin(now, were, were.c.record == now.c.id)
    return sa.select(*columns).select_from(joined).where(*conditions).subquery(statement.name())


def _taken_back(one: Object, now: sa.Alias, were: Any) -> Iterator[tuple[str, Any]]:
    """Each column whose past is known, by its name."""
    for name, field in one.all_fields.items():
        if field.system or not has_past(one, field):
            continue
        for column in field.columns():
            here = now.c[column.name(name)]
            then = _logged(field, column, f"{{0}} -> '{name}'", here.type)
            text = f"case when {{0}} ? '{name}' then {then} else {{1}} end"
            yield here.name, Template(text, (were, here), here.type)


def _logged(field: Field, column: Column, value: str, kind: Any) -> str:
    """The value of a column, out of what the log holds of its field (`Field.to_json`)."""
    if isinstance(kind, sa.ARRAY):
        several = f"case jsonb_typeof({value}) when 'array' then {value} end"
        return f"nullif(array(select jsonb_array_elements_text({several})), '{{{{}}}}')::{sql_type(kind)}"
    if isinstance(kind, sa.JSON):
        return f"nullif({value}, 'null'::jsonb)"
    if isinstance(field, Duration):
        return f"make_interval(secs => (({value}) #>> '{{{{}}}}')::double precision)"
    if column.part or isinstance(field, tuple(_MAIN_PARTS)):
        part = column.part or next(part for of, part in _MAIN_PARTS.items() if isinstance(field, of))
        return f"nullif(({value}) ->> '{part}', '')::{sql_type(kind)}"
    if len(field.columns()) > 1:  # addresses and numbers: the first is the main one
        return f"({value}) -> 0 ->> 'value'"
    return f"(({value}) #>> '{{{{}}}}')::{sql_type(kind)}"


#: How the log calls what the first column of these holds.
_MAIN_PARTS: dict[type[Field], str] = {MoneyField: "amount", PersonName: "full", AnyLink: "id"}
