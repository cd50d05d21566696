"""The row that every write leaves in the log, as parts of the same statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from relata.engine.access.actor import Actor
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.secrets.records import SEALED, Sealer, keep_salts, salts_of
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Bug

encode = msgspec.json.Encoder().encode

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


class LogWriter:
    """From a record's values to what the log keeps of them: what the API would show, with personal values sealed under
    the record's key, and of secret fields only the fact that they changed. Prepared once for many."""

    def __init__(self, one: Object, sealer: Sealer) -> None:
        self._sealer = sealer
        self._sealed = one.sealed_fields
        self._shown: dict[str, Callable[[Any], Any] | None] = {}
        for name, field in one.all_fields.items():
            if field.sensitivity == "secret":
                self._shown[name] = _nothing
            elif type(field).to_json is not Field.to_json:
                self._shown[name] = field.to_json

    def written(
        self, record: UUID, salt: bytes | None, *sides: Mapping[str, Any]
    ) -> tuple[bytes | None, list[dict[str, Any]]]:
        """The sides (before, after) as the log keeps them, and the salt that must be kept for it: a new one where the
        record had none and something is to be sealed, else None."""
        shown = [self._open(values) for values in sides]
        if all(self._sealed.isdisjoint(values) for values in sides):
            return None, shown
        new = None
        if salt is None:
            salt = new = self._sealer.salt()
        cipher = self._sealer.cipher(salt)
        if cipher is None:
            raise Bug("The workspace's key, under which this record's values are kept, is gone.")
        for values in shown:
            hidden = {name: value for name, value in values.items() if name in self._sealed and value is not None}
            if hidden:
                values.update(dict.fromkeys(hidden))
                values[SEALED] = self._sealer.seal(cipher, record, hidden)
        return new, shown

    def created(
        self, records: Sequence[tuple[UUID, Mapping[str, Any]]]
    ) -> Iterator[tuple[bytes | None, dict[str, Any]]]:
        """For new records what `written` gives for each: its salt, or None, and its values as the log keeps them."""
        convert, sealed, sealer = self._shown, self._sealed, self._sealer
        for (record, values), (salt, nonce) in zip(records, sealer.fresh(len(records)), strict=True):
            found: dict[str, Any] = {}
            hidden: dict[str, Any] = {}
            for name, value in values.items():
                change = convert.get(name)
                shown = change(value) if change is not None and value is not None else value
                if shown is not None and name in sealed:
                    hidden[name], shown = shown, None
                found[name] = shown
            if not hidden:
                yield None, found
                continue
            cipher = sealer.cipher(salt)
            assert cipher is not None  # the salt is of the current key
            found[SEALED] = sealer.seal(cipher, record, hidden, nonce)
            yield salt, found

    def _open(self, values: Mapping[str, Any]) -> dict[str, Any]:
        convert = self._shown
        found = {}
        for name, value in values.items():
            change = convert.get(name) if value is not None else None
            found[name] = change(value) if change is not None else value
        return found


def _nothing(value: Any) -> None:
    return None


def as_json(values: Mapping[str, Any]) -> str:
    """As a parameter of a statement."""
    return encode(values).decode()


def log_writer(unit: Unit, one: Object) -> LogWriter:
    """The object's, kept with the compiled statements."""
    found: LogWriter = unit.context.statements.get(
        ("log writer", one.name), lambda: LogWriter(one, unit.context.sealer)
    )
    return found


async def sealed_sides(unit: Unit, record: UUID, *sides: dict[str, Any] | None) -> list[dict[str, Any] | None]:
    """Values that are no fields, sealed under the record's key."""
    sealer, schema = unit.context.sealer, unit.context.schema
    salt = (await salts_of(unit.connection, schema, [record])).get(record)
    if salt is None:
        salt = sealer.salt()
        await keep_salts(unit.connection, schema, [(record, salt)])
    cipher = sealer.cipher(salt)
    if cipher is None:
        raise Bug("The workspace's key, under which this record's values are kept, is gone.")
    return [side and {**dict.fromkeys(side), SEALED: sealer.seal(cipher, record, side)} for side in sides]


def parameters(
    actor: Actor, one: Object, action: str, before: str | None, after: str | None, salt: bytes | None = None
) -> dict[str, Any]:
    """The values of a change row's parameters, but for the record. salt: one to be kept for it."""
    source = msgspec.json.encode(actor.source).decode() if actor.source else None
    return {
        "log_object": one.name, "log_action": action, "log_actor": actor.user, "log_via": actor.via,
        "log_source": source, "log_before": before, "log_after": after,
        **({"log_salt": salt} if salt is not None else {}),
    }  # fmt: skip


def bound(name: str) -> sa.BindParameter[Any]:
    """One of `parameters` as a typed SQL parameter."""
    kinds: dict[str, Any] = {"log_actor": sa.Uuid(), "log_source": JSONB(), "log_before": JSONB(), "log_after": JSONB()}
    return sa.bindparam(name, type_=kinds.get(name, sa.Text()))
