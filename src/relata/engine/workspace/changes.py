"""The row that every write leaves in the log, as parts of the same statement."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from relata.engine.access.actor import Actor
from relata.engine.metadata.object import Object

#: Columns of a change row that its writer gives; the rest (txid, at) PostgreSQL knows best.
COLUMNS = ("object", "record", "action", "actor", "via", "source", "before", "after")


def change_table(metadata: sa.MetaData, schema: str) -> sa.Table:
    """The log, for writing statements with."""
    return sa.Table(
        "_change",
        metadata,
        sa.Column("id", sa.BigInteger()),
        sa.Column("object", sa.Text()),
        sa.Column("record", sa.Uuid()),
        sa.Column("action", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("actor", sa.Uuid()),
        sa.Column("via", sa.Text()),
        sa.Column("source", JSONB()),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB()),
        schema=schema,
        extend_existing=True,
    )


def as_json(one: Object, values: dict[str, Any]) -> str | None:
    """Values as the log keeps them: what the API would show. Secret fields leave only the fact that they changed."""
    if not values:
        return None
    return msgspec.json.encode({name: _logged(one, name, value) for name, value in values.items()}).decode()


def _logged(one: Object, name: str, value: Any) -> Any:
    field = one.field(name)
    if field is None or value is None:
        return value
    return None if field.sensitivity == "secret" else field.to_json(value)


def parameters(actor: Actor, one: Object, action: str, before: str | None, after: str | None) -> dict[str, Any]:
    """The values of a change row's parameters, but for the record."""
    source = msgspec.json.encode(actor.source).decode() if actor.source else None
    return {
        "log_object": one.name, "log_action": action, "log_actor": actor.user, "log_via": actor.via,
        "log_source": source, "log_before": before, "log_after": after,
    }  # fmt: skip


def bound(name: str) -> sa.BindParameter[Any]:
    """One of `parameters` as a typed SQL parameter."""
    kinds: dict[str, Any] = {"log_actor": sa.Uuid(), "log_source": JSONB(), "log_before": JSONB(), "log_after": JSONB()}
    return sa.bindparam(name, type_=kinds.get(name, sa.Text()))
