"""Erasing a person for good: values, keys, files, search, mails. The log keeps that it happened, and its seal holds.

What is erased: the record's personal fields and long texts; every text of records that are only about it (children
through `cascade` links and through any-links, and theirs), and of its mail; and in records that merely point at it, and
in mail that names it, the places where its name, address or number is written. A restored backup is erased again from
the list that this leaves (decision 20).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from relata.engine.files import attachments
from relata.engine.files.store import FileStore
from relata.engine.history.redacting import redact
from relata.engine.identity import memberships
from relata.engine.identity.erasing import erase_person
from relata.engine.identity.guards import check_removal
from relata.engine.metadata.fields import Field, Link
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.select import render
from relata.engine.secrets.records import SEALED, destroy
from relata.engine.storage.planner import quoted
from relata.engine.workspace import loading
from relata.engine.workspace.erasing_mails import KEPT, mails_of
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.writes import as_columns
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

ERASED = "Erased"
#: Types whose values people type freely.
_TEXTS = frozenset(
    ("text", "long_text", "rich_text", "emails", "phones", "web_addresses", "address", "person_name", "tags", "json")
)
#: Shorter ones would tear other words apart.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Erasure:
    """One entry of the list. It holds no value of the person. records: how many were touched."""

    id: UUID
    at: datetime
    actor: UUID | None
    object: str
    record: UUID
    records: int


@dataclass(frozen=True, slots=True)
class Outside:
    """What an erasure needs beyond the database. note: writes the entry where no restored backup overwrites it."""

    files: FileStore
    note: Callable[[str, Erasure], Awaitable[None]]


@dataclass(slots=True)
class _Plan:
    """Which fields of which records. needles: what must not stand anywhere else."""

    whole: dict[UUID, tuple[Record, frozenset[str]]] = field(default_factory=dict)
    partly: dict[UUID, tuple[Record, dict[str, Any]]] = field(default_factory=dict)
    needles: tuple[str, ...] = ()


async def erase(work: Workspace, object_name: str, record_id: UUID, outside: Outside) -> Erasure:
    """Erase one record's person. Needs erase_records and the right to change it. Raises NotFound, Denied, Conflict."""
    require(work, "erase_records")
    record = await work.get(object_name, record_id, deleted=None, lock=True)
    if not await work.may(record, "change") and not record.is_deleted:
        raise Denied(_("You may not change this %(noun)s.") % {"noun": record.object.noun}, code="denied_change")
    account = await _account(work, record)
    await check_removal(work, record)
    everything = work.as_system()
    plan = await _plan(everything, record)
    connection, schema = work.unit.connection, work.context.schema
    for one, names in plan.whole.values():
        await _write(work, one, {name: _nothing(one, name, work) for name in names})
    for one, values in plan.partly.values():
        await _write(work, one, values)
    ids = [*plan.whole, *plan.partly]
    await destroy(connection, schema, list(plan.whole))
    await redact(connection, schema, work.context.keys, ids, _without(plan))
    await _forget_copies(work, plan, outside)
    if record.object.name == "user":
        await erase_person(connection, work.context.id, record.id, account)
    entry = Erasure(new_id(), datetime.now(UTC), work.actor.user, record.object.name, record.id, len(ids))
    await connection.execute(
        f"insert into {quoted(schema)}._erasure (id, at, actor, object, record, records)"
        " values (%s, %s, %s, %s, %s, %s)",
        (entry.id, entry.at, entry.actor, entry.object, entry.record, entry.records),
    )
    work.unit.after_commit.append(lambda: outside.note(work.context.key, entry))
    return entry


async def _account(work: Workspace, record: Record) -> UUID | None:
    """How the person signs in; asked first, since removing a person ends that."""
    if record.object.name != "user":
        return None
    return await memberships.account_of(work.unit.connection, work.context.id, record.id)


async def erasures(work: Workspace, *, limit: int = 500) -> list[Erasure]:
    """The list, newest first. Needs see_audit."""
    require(work, "see_audit")
    rows = await work.unit.connection.fetch(
        f"select id, at, actor, object, record, records from {quoted(work.context.schema)}._erasure"
        " order by at desc limit %s",
        (limit,),
    )
    return [Erasure(*row) for row in rows]


async def _plan(work: Workspace, record: Record) -> _Plan:
    one = record.object
    personal = frozenset(found.name for found in one.fields if found.sensitivity and found.stored)
    plan = _Plan({record.id: (record, personal | one.sealed_fields or _texts(one))})
    plan.needles = _longest_first(await _needles(work, record, personal))
    await _gather(work, record, plan)
    if record.object.name != "user":  # what a colleague wrote and got is the company's
        await _gather_mails(work, plan)
    return plan


async def _gather_mails(work: Workspace, plan: _Plan) -> None:
    found = await mails_of(work, [needle for needle in plan.needles if "@" in needle])
    plan.needles = _longest_first({*plan.needles, *found.names})
    for mail in found.own:
        plan.whole[mail.id] = (mail, _texts(mail.object) - KEPT)
        plan.partly.pop(mail.id, None)
        await _gather(work, mail, plan)
    for one in found.others:
        if one.id not in plan.whole and (values := _torn_out(one, plan.needles)):
            plan.partly[one.id] = (one, values)


async def _gather(work: Workspace, parent: Record, plan: _Plan) -> None:
    for relation in work.registry.relations[parent.object.name].values():
        child = work.registry.get(relation.child)
        link = child.field(relation.field)
        if link is None or link.system or relation.field == "owner":
            continue
        only_about = relation.kind == "any" or (isinstance(link, Link) and link.on_delete == "cascade")
        for found in await _children(work, relation, parent):
            if found.id in plan.whole:
                continue
            if only_about:
                plan.whole[found.id] = (found, _texts(child))
                plan.partly.pop(found.id, None)
                await _gather(work, found, plan)
            elif found.id not in plan.partly and (values := _torn_out(found, plan.needles)):
                plan.partly[found.id] = (found, values)


async def _children(work: Workspace, relation: Relation, parent: Record) -> list[Record]:
    """Those in the bin, too."""
    space, params = quoted(work.context.schema), {"id": parent.id, "object": parent.object.name}
    if relation.kind == "links":
        pairs = work.context.tables.pairs(relation.child, relation.field).name
        sql = f"select record from {space}.{quoted(pairs)} where target = %(id)s"
    else:
        sql = f"select id from {space}.{quoted(relation.child)} where {quoted(relation.field)} = %(id)s"
        if relation.kind == "any":
            sql += f" and {quoted(relation.field + '__object')} = %(object)s"
    ids = [row[0] for row in await work.unit.connection.fetch(sql, params)]
    return await loading.load(work.unit, work.registry.get(relation.child), ids) if ids else []


def _texts(one: Object) -> frozenset[str]:
    return frozenset(
        found.name
        for found in one.fields
        if found.stored and not found.system and (found.type_name in _TEXTS or found.sensitivity)
    )


async def _needles(work: Workspace, record: Record, personal: frozenset[str]) -> set[str]:
    """Names, addresses and numbers as they may stand in other texts, former ones too."""
    found: set[str] = set()
    personal -= record.object.secret_fields
    for name in personal:
        found |= _words(record.object.all_fields[name], record[name])
    before: int | None = None
    while entries := await work.history(record, before=before, limit=200):
        before = entries[-1].id
        for side in (side for entry in entries for side in (entry.before, entry.after)):
            for name in personal & side.keys():
                declared = record.object.all_fields[name]
                with contextlib.suppress(Invalid):  # of an older type
                    found |= _words(declared, side[name] and declared.parse(side[name], work.context.parsing))
    return found


def _longest_first(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted((text for text in found if len(text) >= _SHORTEST), key=lambda text: (-len(text), text)))


def _words(declared: Field, value: Any) -> set[str]:
    if not value:
        return set()
    if declared.type_name in ("emails", "phones"):
        return {entry.value for entry in value}
    if declared.type_name == "person_name":
        return {declared.to_text(value), value.last or ""}
    return {declared.to_text(value)} if declared.type_name == "text" else set()


def _torn_out(record: Record, needles: tuple[str, ...]) -> dict[str, Any]:
    """The texts of a record in which a needle stands, without it."""
    values: dict[str, Any] = {}
    for name in _texts(record.object):
        if record.object.all_fields[name].type_name in ("text", "long_text", "rich_text") and record[name]:
            left = _cleaned(str(record[name]), needles)
            if left != record[name]:
                values[name] = left
    return values


def _cleaned(text: str, needles: tuple[str, ...]) -> str:
    for needle in needles:
        text = re.sub(rf"(?<!\w){re.escape(needle)}(?!\w)", ERASED, text, flags=re.IGNORECASE)
    return text


def _nothing(record: Record, name: str, work: Workspace) -> Any:
    """What stands in the place of an erased value: nothing, or a word where the field must have one."""
    declared: Field = record.object.all_fields[name]
    is_title = name == record.object.title_field
    if (declared.required or is_title) and declared.type_name in ("text", "long_text", "rich_text", "person_name"):
        unique = declared.unique or any(name in group for group in record.object.unique_together)
        return declared.parse(f"{ERASED} {record.id.hex[-12:]}" if unique else ERASED, work.context.parsing)
    return None


async def _write(work: Workspace, record: Record, values: dict[str, Any]) -> None:
    """The values in place, and a row in the log that names the fields alone."""
    one = record.object
    table = work.context.tables.of(one)
    if one.name == "user":
        values = {**values, "status": "inactive"}
    columns = as_columns(one, values)
    sets: dict[str, Any] = {name: sa.bindparam(f"v_{name}", type_=table.c[name].type) for name in columns}
    sets |= {"version": table.c.version + sa.literal_column("1"), "changed_at": sa.func.now()}
    sql = render(sa.update(table).where(table.c.id == sa.bindparam("record_id", type_=sa.Uuid())).values(**sets))
    await work.unit.connection.execute(
        sql, {**{f"v_{name}": cell for name, cell in columns.items()}, "record_id": record.id}
    )
    await work.log(one.name, record.id, "erased", after={"fields": sorted(values)})
    work.unit.note_write(one.name)


def _without(plan: _Plan) -> Callable[[UUID, str, Mapping[str, Any]], Mapping[str, Any]]:
    def without(record: UUID, action: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if action == "erased":
            return values
        if record in plan.whole:
            names = plan.whole[record][1] | {"file"}
            gone = {name for name in names if values.get(name) is not None}
            return {name: value for name, value in values.items() if name not in gone} if gone else values
        cleaned = {
            name: _cleaned(value, plan.needles) if isinstance(value, str) and name != SEALED else value
            for name, value in values.items()
        }
        return values if cleaned == values else cleaned

    return without


async def _forget_copies(work: Workspace, plan: _Plan, outside: Outside) -> None:
    """Search, files, mails, and the answers that the API keeps for repeated requests."""
    connection, schema, space = work.unit.connection, work.context.schema, quoted(work.context.schema)
    ids = [*plan.whole, *plan.partly]
    await connection.execute(f"delete from {space}._match where record = any(%s)", (ids,))
    await connection.execute(f"delete from {space}._search where record = any(%s)", (ids,))
    rows = await connection.fetch(f"delete from {space}._file where record = any(%s) returning id", (list(plan.whole),))
    files = [row[0] for row in rows]
    if files:
        await attachments.drop(connection, schema, files)

        async def drop_bytes() -> None:
            for file in files:
                await outside.files.delete(schema, file)

        work.unit.after_commit.append(drop_bytes)
    await connection.execute(f"delete from {space}._mail_part where email = any(%s)", (list(plan.whole),))
    await connection.execute(  # whom mails name, so that they are filed when somebody becomes known
        f"delete from {space}._mail_party where address = any(%s)", ([needle.lower() for needle in plan.needles],)
    )
    for needle in plan.needles:
        await connection.execute(
            "delete from relata.outgoing_mail where position(lower(%(needle)s) in lower(recipient)) > 0 or"
            " position(lower(%(needle)s) in lower(subject || ' ' || text || ' ' || coalesce(html, ''))) > 0",
            {"needle": needle},
        )
