"""The one statement of each write: the record and its change row together, guarded by version and scope."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, JSONB

from relata.engine.access.actor import Actor
from relata.engine.metadata.fields import AutoNumber
from relata.engine.metadata.object import Object
from relata.engine.query.select import render
from relata.engine.storage.tables import Tables
from relata.engine.workspace.changes import bound, change_table
from relata.engine.workspace.holds import condition as holding


def insert_sql(tables: Tables, one: Object, columns: tuple[str, ...], *, salted: bool) -> str:
    """Insert one record. Parameters: `v_<column>`, `record_id` and the log's. salted: `log_salt`, too. Returns the
    definitions' version,
    created_at and automatic numbers."""
    table = tables.of(one)
    values = {name: sa.bindparam(f"v_{name}", type_=table.c[name].type) for name in columns}
    numbers = [table.c[field.name] for field in one.fields if isinstance(field, AutoNumber)]
    made = (
        sa.insert(table)
        .values(id=sa.bindparam("record_id", type_=sa.Uuid()), **values)
        .returning(table.c.id, table.c.created_at, *numbers)
        .cte("made")
    )
    after: Any = bound("log_after")
    if numbers:
        pairs = [part for column in numbers for part in (sa.literal_column(f"'{column.name}'"), made.c[column.name])]
        after = after.op("||")(sa.func.jsonb_build_object(*pairs))
    log = _log(tables, made, after)
    version = definitions_version(tables)
    chosen = sa.select(version, made.c.created_at, *(made.c[column.name] for column in numbers)).add_cte(log)
    return render(chosen.add_cte(_salt(tables, made)) if salted else chosen)


def update_sql(
    tables: Tables,
    actor: Actor,
    one: Object,
    columns: tuple[str, ...],
    *,
    right: str,
    deleted: bool,
    salted: bool,
    holds: bool = False,
) -> str:
    """Update one record at one version. Parameters: `v_<column>`, `record_id`, `at_version`, `changed_by`,
    `changed_via`,
    the actor's and the log's. deleted: whether the record is in the bin now. holds: not while something holds it
    (`holds.condition`). Returns the definitions'
    version, version, changed_at and deleted_at, or no row."""
    table = tables.of(one)
    values: dict[str, Any] = {name: sa.bindparam(f"v_{name}", type_=table.c[name].type) for name in columns}
    values |= {
        "version": table.c.version + sa.literal_column("1"),
        "changed_at": sa.func.now(),
        "changed_by": sa.bindparam("changed_by", type_=sa.Uuid()),
        "changed_via": sa.bindparam("changed_via", type_=sa.Text()),
    }
    conditions = [
        table.c.id == sa.bindparam("record_id", type_=sa.Uuid()),
        table.c.version == sa.bindparam("at_version", type_=sa.BigInteger()),
        table.c.deleted_at.is_not(None) if deleted else table.c.deleted_at.is_(None),
    ]
    scope = actor.predicate(one, right, table)
    if scope is not None:
        conditions.append(scope)
    if holds:
        conditions.append(holding(tables.schema, table))
    done = (
        sa.update(table).where(*conditions).values(**values)
        .returning(table.c.id, table.c.version, table.c.changed_at, table.c.deleted_at).cte("done")
    )  # fmt: skip
    log = _log(tables, done, bound("log_after"))
    chosen = sa.select(definitions_version(tables), done.c.version, done.c.changed_at, done.c.deleted_at).add_cte(log)
    return render(chosen.add_cte(_salt(tables, done)) if salted else chosen)


def update_many_sql(
    tables: Tables, actor: Actor, one: Object, columns: tuple[str, ...], *, holds: bool = False, right: str = "change"
) -> str:
    """Update many records, each at the version that was read, where the actor has the right. Parameters: `rows`, a
    JSON list of objects with
    `record_id`,
    `at_version`, `v_<column>`, `log_before`, `log_after`, `log_source`; the actor's and the log's. Returns the ids
    written."""
    table = tables.of(one)
    kinds: dict[str, Any] = {"record_id": sa.Uuid(), "at_version": sa.BigInteger()}
    kinds |= dict.fromkeys(("log_before", "log_after", "log_source"), JSONB())
    kinds |= {f"v_{name}": table.c[name].type for name in columns}
    rows: Any = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text()), JSON()))
    given = sa.select(
        rows.table_valued(*(sa.column(*pair) for pair in kinds.items())).render_derived(name="r", with_types=True)
    ).cte("given")
    conditions = [table.c.id == given.c.record_id, table.c.version == given.c.at_version, table.c.deleted_at.is_(None)]
    scope = actor.predicate(one, right, table)
    if scope is not None:
        conditions.append(scope)
    if holds:
        conditions.append(holding(tables.schema, table))
    values: dict[str, Any] = {name: given.c[f"v_{name}"] for name in columns}
    values |= {
        "version": table.c.version + sa.literal_column("1"),
        "changed_at": sa.func.now(),
        "changed_by": sa.bindparam("changed_by", type_=sa.Uuid()),
        "changed_via": sa.bindparam("changed_via", type_=sa.Text()),
    }
    done = sa.update(table).where(*conditions).values(**values).returning(table.c.id).cte("done")
    row = sa.select(
        bound("log_object"), done.c.id, bound("log_action"), bound("log_actor"), bound("log_via"), given.c.log_source,
        given.c.log_before, given.c.log_after,
    ).where(done.c.id == given.c.record_id)  # fmt: skip
    change = change_table(tables.metadata, tables.schema)
    names = ["object", "record", "action", "actor", "via", "source", "before", "after"]
    log = sa.insert(change).from_select(names, row, include_defaults=False).returning(change.c.id).cte("logged")
    return render(sa.select(done.c.id).add_cte(log))


def definitions_version(tables: Tables) -> sa.ColumnElement[int]:
    """The version of the workspace's definitions as the write sees them. A writer who knows an older one must start
    again:
    it would miss a roll-up that was added meanwhile."""
    return sa.literal_column(
        f"(select definitions from relata.workspace where schema = '{tables.schema}')", sa.BigInteger()
    )


def _salt(tables: Tables, written: sa.CTE) -> sa.CTE:
    """The salt of the record's key, written down with what is sealed under it. Where another one is there already, the
    statement fails: that must never happen unseen."""
    salts = sa.table("_record_key", sa.column("record", sa.Uuid()), sa.column("salt"), schema=tables.schema)
    row = sa.select(written.c.id, sa.bindparam("log_salt", type_=sa.LargeBinary()))
    return sa.insert(salts).from_select(["record", "salt"], row).returning(salts.c.record).cte("salted")


def _log(tables: Tables, written: sa.CTE, after: Any) -> sa.CTE:
    change = change_table(tables.metadata, tables.schema)
    names = ["object", "record", "action", "actor", "via", "source", "before", "after"]
    row = sa.select(
        bound("log_object"),
        written.c.id,
        bound("log_action"),
        bound("log_actor"),
        bound("log_via"),
        bound("log_source"),
        bound("log_before"),
        after,
    )
    return sa.insert(change).from_select(names, row, include_defaults=False).returning(change.c.id).cte("logged")
