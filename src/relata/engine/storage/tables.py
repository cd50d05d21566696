"""From an object to its table: which columns, indexes and constraints PostgreSQL must have.

No foreign keys on owner, team and the people of record: the door checks every id, and four keys a row would halve
the import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from relata.engine.metadata.fields import AnyLink, AutoNumber, Field, Link, Links, MultiChoice, RollUp, Tags, Text
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column as DDL wants it. sql_type: as PostgreSQL prints it. default: an SQL expression or ""."""

    name: str
    sql_type: str
    not_null: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """One index. columns: SQL column names, or expressions in parentheses. where: a predicate or "". include: columns
    that are carried along, so that a condition on them is decided without the row."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    method: str = "btree"
    where: str = ""
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What a table must look like. references: column -> (table, what a delete does)."""

    name: str
    columns: tuple[ColumnSpec, ...]
    indexes: tuple[IndexSpec, ...]
    references: tuple[tuple[str, str, str], ...] = ()
    primary_key: tuple[str, ...] = ("id",)


def sql_type(kind: sa.types.TypeEngine[Any]) -> str:
    """The type in PostgreSQL's words."""
    return str(kind.compile(dialect=_DIALECT)).lower()


_SYSTEM_DEFAULTS = {"version": "1", "created_at": "now()", "changed_at": "now()"}
#: Never indexed: an index on what every update changes makes each of them a non-HOT one (measured).
_LIVE = "deleted_at is null"
#: The keyed hash in a secret cell (`workspace.secret_fields`), by its column: what equality is asked of.
MATCHED = "(split_part(%s, ':', 4))"


def table_spec(one: Object) -> TableSpec:
    """The table of an object."""
    columns = [ColumnSpec("id", "uuid", not_null=True)]
    indexes: list[IndexSpec] = []
    references: list[tuple[str, str, str]] = []
    for field in one.all_fields.values():
        for column in field.columns():
            columns.append(_column(one, field, column.name(field.name), sql_type(column.type)))
        indexes.extend(_indexes(one, field))
        if isinstance(field, Link) and not field.system and field.name not in ("owner", "team"):
            action = {"cascade": "cascade", "clear": "set null"}.get(field.on_delete, "restrict")
            references.append((field.name, field.to, action))
    columns.append(ColumnSpec("readers", "integer[]", not_null=True, default="'{}'"))
    columns.append(ColumnSpec("writers", "integer[]", not_null=True, default="'{}'"))
    indexes.append(IndexSpec(f"ix__{one.name}__readers", ("readers",), method="gin"))
    indexes.append(IndexSpec(f"ix__{one.name}__deleted_at", ("deleted_at",), where="deleted_at is not null"))
    for group in one.unique_together:
        name = f"uq__{one.name}__{'__'.join(group)}"
        indexes.append(IndexSpec(name, group, unique=True, where=_LIVE))
    for group in one.indexes:
        indexes.append(IndexSpec(f"ix__{one.name}__{'__'.join(group)}", (*group, "id"), where=_LIVE))
    return TableSpec(one.name, tuple(columns), tuple(indexes), tuple(references))


def pair_spec(one: Object, field: Links) -> TableSpec:
    """The table of pairs of a many-to-many field."""
    name = pair_table(one.name, field.name)
    columns = (ColumnSpec("record", "uuid", not_null=True), ColumnSpec("target", "uuid", not_null=True))
    indexes = (IndexSpec(f"ix__{name}__target", ("target", "record")),)
    references = (("record", one.name, "cascade"), ("target", field.to, "cascade"))
    return TableSpec(name, columns, indexes, references, ("record", "target"))


def rollup_spec(one: Object) -> TableSpec:
    """The side table of an object's stored roll-ups: a count and a sum for each."""
    columns = [ColumnSpec("id", "uuid", not_null=True)]
    for field in one.fields:
        if isinstance(field, RollUp):
            columns.append(ColumnSpec(f"{field.name}__count", "bigint"))
            columns.append(ColumnSpec(f"{field.name}__sum", "numeric"))
    return TableSpec(rollup_table(one.name), tuple(columns), (), (("id", one.name, "cascade"),))


def pair_table(object_name: str, field_name: str) -> str:
    """The name of the table of pairs."""
    return f"{object_name}__{field_name}"


def rollup_table(object_name: str) -> str:
    """The name of the side table of an object's stored roll-ups."""
    return f"{object_name}__rollup"


def specs(registry: Registry) -> list[TableSpec]:
    """All tables of a workspace's objects."""
    found = []
    for one in registry.objects.values():
        found.append(table_spec(one))
        found.extend(pair_spec(one, field) for field in one.fields if isinstance(field, Links))
        if any(isinstance(field, RollUp) for field in one.fields):
            found.append(rollup_spec(one))
    return found


def _column(one: Object, field: Field, name: str, kind: str) -> ColumnSpec:
    default = _SYSTEM_DEFAULTS.get(field.name, "") if field.system else ""
    if isinstance(field, AutoNumber):
        prefix = field.prefix.replace("'", "''")
        default = f"{{schema}}._number('{prefix}', {field.digits}, '{{schema}}.{sequence_name(one.name, field.name)}')"
    return ColumnSpec(name, kind, not_null=bool(default) and field.system, default=default)


def sequence_name(object_name: str, field_name: str) -> str:
    """The sequence behind an automatic number."""
    return f"{object_name}__{field_name}__seq"


def _indexes(one: Object, field: Field) -> list[IndexSpec]:
    columns = field.columns()
    if not columns:
        return []
    name, main = f"ix__{one.name}__{field.name}", columns[0].name(field.name)
    if isinstance(field, AutoNumber):
        return [IndexSpec(f"uq__{one.name}__{field.name}", (main,), unique=True, where=_LIVE)]
    if isinstance(field, AnyLink):
        return [IndexSpec(name, (main,))]
    if isinstance(field, Text) and field.matched and field.sensitivity == "secret":
        return [IndexSpec(name, (MATCHED % main, "id"), where=_LIVE)]
    if field.system and isinstance(field, Link):
        return []
    if isinstance(field, Link):
        return [IndexSpec(name, (main, "id"))]
    if isinstance(field, (MultiChoice, Tags)) and field.indexed:
        return [IndexSpec(name, (main,), method="gin")]
    found = []
    if field.unique:
        found.append(IndexSpec(f"uq__{one.name}__{field.name}", (main,), unique=True, where=_LIVE))
    elif field.indexed:
        found.append(IndexSpec(name, (main, "id"), where=_LIVE))
    if (
        (field.indexed or field.unique or field.name == one.title_field)
        and columns[0].kind == "text"
        and not field.plain_order
    ):
        found.append(IndexSpec(f"so__{one.name}__{field.name}", (f"(relata.sort_key({main}))", "id"), where=_LIVE))
    if sorted_in_scope(one) is field:
        slim = f"{_LIVE} and relata.slim(readers, {main}) is not null"
        carried = (main, "owner", "team", "readers")
        found.append(IndexSpec(f"sl__{one.name}", (f"(relata.sort_key({main}))", "id"), where=slim, include=carried))
        found.append(IndexSpec(f"st__{one.name}", ("id",), where=slim.replace("is not null", "is null")))
    return found


def sorted_in_scope(one: Object) -> Field | None:
    """The title, where lists by title are served to narrow scopes from an index that holds the scope (see
    `query.narrow`); None for what people look at by time or as a part of something else."""
    field = one.all_fields[one.title_field]
    columns = field.columns()
    plain = not columns or columns[0].kind != "text" or field.plain_order or field.sensitivity == "secret"
    return None if plain or not one.nav or one.reference or one.personal or one.happening is not None else field


class Tables:
    """SQLAlchemy tables of one workspace, for writing queries with. schema: the workspace's PostgreSQL schema."""

    def __init__(self, registry: Registry, schema: str) -> None:
        self.schema = schema
        self.registry = registry
        self.metadata = sa.MetaData(schema=schema)
        self._made: dict[str, sa.Table] = {}

    def of(self, one: Object) -> sa.Table:
        """The object's table."""
        table = self._made.get(one.name)
        if table is None:
            columns: list[sa.Column[Any]] = [sa.Column("id", sa.Uuid(), primary_key=True)]
            for field in one.all_fields.values():
                columns.extend(sa.Column(part.name(field.name), part.type) for part in field.columns())
            columns.append(sa.Column("readers", postgresql.ARRAY(sa.Integer())))
            columns.append(sa.Column("writers", postgresql.ARRAY(sa.Integer())))
            table = self._made[one.name] = sa.Table(one.name, self.metadata, *columns)
        return table

    def pairs(self, object_name: str, field_name: str) -> sa.Table:
        """The table of pairs of a many-to-many field."""
        name = pair_table(object_name, field_name)
        table = self._made.get(name)
        if table is None:
            table = sa.Table(name, self.metadata, sa.Column("record", sa.Uuid()), sa.Column("target", sa.Uuid()))
            self._made[name] = table
        return table

    def rollups(self, one: Object) -> sa.Table:
        """The side table of stored roll-ups: a count and a sum for each."""
        name = rollup_table(one.name)
        table = self._made.get(name)
        if table is None:
            columns: list[sa.Column[Any]] = [sa.Column("id", sa.Uuid(), primary_key=True)]
            for field in one.fields:
                if isinstance(field, RollUp):
                    columns.append(sa.Column(f"{field.name}__count", sa.BigInteger()))
                    columns.append(sa.Column(f"{field.name}__sum", sa.Numeric()))
            table = self._made[name] = sa.Table(name, self.metadata, *columns)
        return table
