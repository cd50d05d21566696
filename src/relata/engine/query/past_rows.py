"""An object's table as it was at a moment: what was changed since is taken back inside the statement, from the log.

Who may see a record and a field is decided by the rights of today. What lies in the bin by now is left out. What links
lead to, and related lists, are as they are today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from relata.engine.formula import Checked, Unknown, reading
from relata.engine.formula.template import Template
from relata.engine.metadata.fields import Duration, Field, Formula, MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Statement
from relata.engine.query.reader import Reader
from relata.engine.query.scope import FieldScope
from relata.engine.storage.tables import sql_type
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

_FIRST_CHANGES = """
select distinct on (c.record, k.key) c.record, k.key, coalesce(c.before -> k.key, 'null') as value
from {schema}._change c cross join lateral jsonb_object_keys(c.after) k(key)
where c.object = '{name}' and c.at > :as_on and c.action in ('changed', 'merged', 'restored')
order by c.record, k.key, c.id
"""


def has_past(one: Object, field: Field) -> bool:
    """Whether its former values can be told: stored, in the log as they were, and of a type that is one value."""
    if not field.stored or field.name in one.sealed_fields or field.sensitivity:
        return False
    columns = field.columns()
    return isinstance(field, MoneyField) or (len(columns) == 1 and not isinstance(columns[0].type, (sa.ARRAY, sa.JSON)))


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


def past_rows(statement: Statement, one: Object, reader: Reader) -> Any:
    """What stands in the place of the table, with all its columns. Parameters: `as_on`, the moment."""
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
    conditions: list[Any] = [now.c.created_at <= moment, now.c.deleted_at.is_(None)]
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
            kind = here.type
            value = f"{{0}} -> '{name}'"
            if isinstance(field, MoneyField):
                value = f"({value}) ->> '{column.part or 'amount'}'"
            else:
                value = f"({value}) #>> '{{{{}}}}'"
            if isinstance(field, Duration):
                value = f"make_interval(secs => ({value})::double precision)"
            else:
                value = f"({value})::{sql_type(kind)}"
            yield here.name, Template(f"case when {{0}} ? '{name}' then {value} else {{1}} end", (were, here), kind)
