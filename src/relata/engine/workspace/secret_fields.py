"""Secret fields: encrypted at rest, never shown, searched or sorted; matched for equality where the field says so.

A cell is `relata:s1:<key>:<hash>:<ciphertext>`. The ciphertext is bound to workspace, object, field and record, so that
a cell that somebody copies to another row does not open there. The hash, keyed, is there for fields that are `matched`.
"""

from __future__ import annotations

import binascii
import contextlib
import hashlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from relata.engine.metadata.fields import Field, Json, Text
from relata.engine.metadata.object import Object
from relata.engine.secrets.ring import NONCE_BYTES
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import MATCHED
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.record import Record
from relata.foundation.errors import Bug, Invalid, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

PREFIX = "relata:s1:"
#: Rows that are encrypted in one statement where they were plain before.
_BATCH = 1000


def hidden(context: WorkspaceContext, one: Object, record: UUID, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values as they are stored: secret ones as cells."""
    if one.secret_fields.isdisjoint(values):
        return values
    return {
        name: _cell(context, one, name, record, value) if name in one.secret_fields and value is not None else value
        for name, value in values.items()
    }


def open_cells(context: WorkspaceContext, one: Object, record: UUID, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a record that was loaded for decisions, with its secrets in plain; a cell that does not open here
    stays as it is."""
    for name in one.secret_fields:
        cell = values.get(name)
        if isinstance(cell, str) and cell.startswith(PREFIX):
            number, __, text = cell[len(PREFIX) :].split(":")
            key = context.keys.of("field", int(number))
            raw = binascii.a2b_base64(text)
            with contextlib.suppress(InvalidTag):
                if key is not None:
                    about = _about(context, one, name, record)
                    plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about)
                    values[name] = _of_bytes(one.all_fields[name], plain)
    return values


def reveal(record: Record, name: str) -> Any:
    """The secret in a record, for what works with it, such as a connector: a text, or the value of a JSON field. Never
    for an answer. Bug for a cell that was put there from elsewhere."""
    value = record[name]
    if isinstance(value, str) and value.startswith(PREFIX):
        raise Bug(f"The secret {name} of {record!r} can't be opened.")
    return value


async def matching(work: Workspace, object_name: str, name: str, value: str) -> list[UUID]:
    """The living records whose secret is this one, for rules and connectors: it asks nobody's rights. Invalid unless
    the field is `matched`."""
    one = work.registry.get(object_name)
    field = one.field(name)
    if not isinstance(field, Text) or name not in one.secret_fields or not field.matched:
        raise Invalid.of([Problem("not_matched", _("This field can't be asked for by its value."), name)])
    numbers = work.context.keys.secrets.get("match", {})
    hashes = [_hash(key, one, name, value) for key in numbers.values()]
    rows = await work.unit.connection.fetch(
        f"select id from {quoted(work.context.schema)}.{quoted(one.name)} where deleted_at is null"
        f" and {MATCHED % quoted(name)} = any(%s) order by id",
        (hashes,),
    )
    return [row[0] for row in rows]


async def encrypt_plain(work: Workspace) -> int:
    """Encrypt what is not yet: fields that became secret after they had values. How many cells."""
    total = 0
    for one in work.registry.objects.values():
        table = f"{quoted(work.context.schema)}.{quoted(one.name)}"
        for name in sorted(one.secret_fields):
            column, text = quoted(name), cell_text(one, name)
            while rows := await work.unit.connection.fetch(
                f"select id, {column} from {table} where {column} is not null"
                f" and not starts_with({text}, %s) limit {_BATCH} for update",
                (PREFIX,),
            ):
                for record, value in rows:
                    await _put(work, one, name, record, _cell(work.context, one, name, record, value))
                total += len(rows)
    return total


async def encrypt_again(work: Workspace, object_name: str, name: str) -> int:
    """Bring the cells of a field that lie under an older key under the current one, a thousand at a time; how many.
    What does not open stays as it is, and counts as none."""
    one = work.registry.get(object_name)
    table, column, text = f"{quoted(work.context.schema)}.{quoted(one.name)}", quoted(name), cell_text(one, name)
    number = work.context.keys.current("field")[0]
    rows = await work.unit.connection.fetch(
        f"select id, {column} from {table} where starts_with({text}, %s) and split_part({text}, ':', 3) <> %s"
        f" order by id limit {_BATCH} for update",
        (PREFIX, str(number)),
    )
    done = 0
    for record, cell in rows:
        value = open_cells(work.context, one, record, {name: cell})[name]
        if value != cell:
            await _put(work, one, name, record, _cell(work.context, one, name, record, value))
            done += 1
    return done


async def left_behind(work: Workspace) -> int:
    """How many cells lie under an older key."""
    total, number = 0, work.context.keys.current("field")[0]
    for one in work.registry.objects.values():
        for name in sorted(one.secret_fields):
            text = cell_text(one, name)
            rows = await work.unit.connection.fetch(
                f"select count(*) from {quoted(work.context.schema)}.{quoted(one.name)}"
                f" where starts_with({text}, %s) and split_part({text}, ':', 3) <> %s",
                (PREFIX, str(number)),
            )
            total += int(rows[0][0])
    return total


def cell_text(one: Object, name: str) -> str:
    """The SQL of a cell as text, also where it lies in a column of JSON."""
    return f"({quoted(name)} #>> '{{}}')" if isinstance(one.all_fields[name], Json) else quoted(name)


async def _put(work: Workspace, one: Object, name: str, record: UUID, cell: str) -> None:
    """No change of the record: who reads it sees the same."""
    given = "to_jsonb(%s::text)" if isinstance(one.all_fields[name], Json) else "%s"
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}.{quoted(one.name)} set {quoted(name)} = {given} where id = %s",
        (cell, record),
    )


def _of_bytes(field: Field, plain: bytes) -> Any:
    return msgspec.json.decode(plain) if isinstance(field, Json) else plain.decode()


def _cell(context: WorkspaceContext, one: Object, name: str, record: UUID, value: Any) -> str:
    number, key = context.keys.current("field")
    nonce = os.urandom(NONCE_BYTES)
    field = one.all_fields[name]
    plain = msgspec.json.encode(value) if isinstance(field, Json) else str(value).encode()
    sealed = nonce + AESGCM(key).encrypt(nonce, plain, _about(context, one, name, record))
    known = _hash(context.keys.current("match")[1], one, name, value) if getattr(field, "matched", False) else ""
    return f"{PREFIX}{number}:{known}:{binascii.b2a_base64(sealed, newline=False).decode()}"


def _about(context: WorkspaceContext, one: Object, name: str, record: UUID) -> bytes:
    return f"{context.id}|{one.name}|{name}|{record}".encode()


def _hash(key: bytes, one: Object, name: str, value: Any) -> str:
    person = f"{one.name}|{name}|{value}".encode()
    return hashlib.blake2b(person, key=key, digest_size=16).hexdigest()
