"""Create and change: load, defaults, normalise, validate, module rules, links, one guarded statement, roll-ups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.access.codes import inherit
from relata.engine.access.refresh import refresh
from relata.engine.files import attachments
from relata.engine.metadata.fields import AutoNumber, Field, File, Links
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Row
from relata.engine.storage.failures import StaleMetadata
from relata.engine.workspace import changes, consequences, holds, links, rollups
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.reading import check_draft, read_values, refuse, with_defaults
from relata.engine.workspace.record import Record
from relata.engine.workspace.refusals import changed_meanwhile, may_change, why_not_written
from relata.engine.workspace.secret_fields import hidden
from relata.engine.workspace.statements import insert_sql, update_sql
from relata.engine.workspace.unit import Unit
from relata.engine.workspace.verdicts import require_far
from relata.engine.workspace.warnings import writing
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def create(
    work: Workspace, one: Object, raw: Mapping[str, Any], *, trusted: bool, record_id: UUID | None = None
) -> Record:
    """A new record. Raises Denied, Invalid, Conflict (unique)."""
    unit = work.unit
    values = with_defaults(unit, one, read_values(unit, one, raw, trusted=trusted))
    draft = Draft(
        one, record_id or new_id(), None, {name: value for name, value in values.items() if value is not None}
    )
    await run_guards(work, draft)
    if not unit.actor.reaches(one, "create", draft["owner"], draft["team"]):
        raise Denied(_("You may not create %(nouns)s here.") % {"nouns": one.nouns}, code="denied_create")
    check_draft(unit, draft)
    found = await links.load_targets(unit, links.targets_in(one, draft.values))
    refuse(links.check_targets(one, draft.values, found))
    await require_far(work, draft)
    readers = await inherited_readers(unit, one, draft.values, found)
    placed = await place(work, one, [draft])
    stored = as_columns(one, hidden(unit.context, one, draft.id, draft.values))
    fresh, salt = await _insert(unit, one, draft.id, stored, readers, draft.values)
    complete = {**draft.values, **fresh, **made_by(unit), "version": 1}
    await write_pairs(unit, one, draft)
    await attach_files(unit, one, draft.id, draft.values)
    rollups.note(unit, one, None, complete)
    await work.sharing.apply_rules(one, [draft.id])
    unit.note_write(one.name)
    for keep in placed:
        await keep()
    made = Record(one, draft.id, complete, salt)
    await consequences.follow_one(work, None, made)
    return made


async def place(work: Workspace, one: Object, drafts: Sequence[Draft]) -> list[Callable[[], Awaitable[None]]]:
    """Let the assignment rules give new records to somebody; what is to be done when they are stored."""
    if one.name not in work.registry.assigned:
        return []
    return [keep for placing in work.registry.placing if (keep := await placing(work, drafts)) is not None]


def made_by(unit: Unit) -> dict[str, Any]:
    """Who made a new record, and through what."""
    who, via = unit.actor.user, unit.actor.via
    return {"created_by": who, "changed_by": who, "created_via": via, "changed_via": via}


async def _insert(
    unit: Unit, one: Object, record_id: UUID, stored: dict[str, Any], readers: list[int], values: dict[str, Any]
) -> tuple[dict[str, Any], bytes | None]:
    stored |= {"readers": readers, **made_by(unit)}
    names = tuple(stored)
    salt, (after,) = changes.log_writer(unit, one).written(record_id, None, values)
    salted = salt is not None
    sql = unit.context.statements.get(
        ("insert", one.name, names, salted), lambda: insert_sql(unit.context.tables, one, names, salted=salted)
    )
    params = {f"v_{name}": value for name, value in stored.items()}
    params |= changes.parameters(writing(unit, record_id), one, "created", None, changes.as_json(after), salt)
    params["record_id"] = record_id
    found = await unit.connection.fetch_one(sql, params)
    assert found is not None
    row = _current(unit, found)
    numbers = [field.name for field in one.fields if isinstance(field, AutoNumber)]
    fresh = {"created_at": row[0], "changed_at": row[0], **dict(zip(numbers, row[1:], strict=True))}
    return fresh, salt


async def change(
    work: Workspace,
    before: Record,
    raw: Mapping[str, Any],
    *,
    trusted: bool,
    expect: int | None = None,
    moving: bool = False,
    judged: bool = True,
) -> Record:
    """The record with other values. expect: the version that the caller saw. judged: False leaves the rules to the
    caller, who writes more. Raises NotFound, Denied, Invalid, Conflict."""
    unit, one = work.unit, before.object
    if before.is_deleted:
        raise Conflict(
            _("This %(noun)s is in the bin.") % {"noun": one.noun}, code="deleted", hint=_("Restore it first.")
        )
    draft = Draft(one, before.id, before, read_values(unit, one, raw, trusted=trusted))
    draft.moving = moving
    if expect is not None and expect != before.version:
        raise await changed_meanwhile(unit, before, before.version, draft.asked)
    await run_guards(work, draft)
    check_draft(unit, draft, judged=judged)
    different = draft.differences()
    if not different:
        if unit.actor.predicate(one, "change", unit.context.tables.of(one)) is not None:
            await _require_change_right(unit, before)
        return before
    new_links = {name: value for name, value in different.items() if value is not None}
    found = await links.load_targets(unit, links.targets_in(one, new_links))
    refuse(links.check_targets(one, really_new(one, before, new_links), found))
    if judged:
        await require_far(work, draft)
    after = await write(unit, before, different, "changed")
    await attach_files(unit, one, before.id, different)
    await write_pairs(unit, one, draft)
    await know_parent(unit, one, different, found)
    await follow_access(work, one, before, different)
    await consequences.follow_one(work, before, after)
    return after


async def _require_change_right(unit: Unit, before: Record) -> None:
    """Someone who may not change a record is refused, even when nothing would change."""
    if not await may_change(unit, before):
        raise Denied(
            _("You may see this %(noun)s, but not change it.") % {"noun": before.object.noun}, code="denied_change"
        )


def really_new(one: Object, before: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """Links of a many-to-many field that were there already need no new right; only added ones do."""
    result = {}
    for name, value in values.items():
        if isinstance(one.field(name), Links):
            value = tuple(target for target in value if target not in (before[name] or ()))
        result[name] = value
    return result


async def write(unit: Unit, before: Record, different: dict[str, Any], action: str, *, right: str = "change") -> Record:
    """The guarded statement: different values at the version that was read, or an error that says why not."""
    one = before.object
    stored = as_columns(one, hidden(unit.context, one, before.id, different))
    names = tuple(sorted(stored))
    old = {name: before[name] for name in different}
    salt, (logged_old, logged_new) = changes.log_writer(unit, one).written(before.id, before.salt, old, different)
    salted = salt is not None
    logged = changes.as_json(logged_old), changes.as_json(logged_new)

    async def send(actor: Actor, *, asks: bool) -> Row | None:
        key = ("update", one.name, names, right, before.is_deleted, salted, asks, unit.actor.fingerprint)
        sql = unit.context.statements.get(
            key,
            lambda: update_sql(
                unit.context.tables, unit.actor, one, names, right=right, deleted=before.is_deleted, salted=salted,
                holds=asks,
            ),
        )  # fmt: skip
        params = {**unit.actor.parameters(), **{f"v_{name}": value for name, value in stored.items()}}
        params |= changes.parameters(actor, one, action, *logged, salt)
        params |= {"hold_fields": sorted(different)} if asks else {}
        params |= {
            "record_id": before.id,
            "at_version": before.version,
            "changed_by": unit.actor.user,
            "changed_via": unit.actor.via,
        }
        return await unit.connection.fetch_one(sql, params)

    asks = one.name in unit.context.holdable
    logs = writing(unit, before.id)
    found = await send(logs, asks=asks)
    if found is None and asks and (over := await holds.overridden(unit, before.id, different)) is not None:
        source = {**logs.source, "overrides": str(over)}
        found = await send(logs.through(logs.via, **source), asks=False)
    if found is None:
        raise await why_not_written(unit, before, right, different)
    row = _current(unit, found)
    fresh = {
        "version": row[0],
        "changed_at": row[1],
        "deleted_at": row[2],
        "changed_by": unit.actor.user,
        "changed_via": unit.actor.via,
    }
    after = Record(one, before.id, {**before.values, **different, **fresh}, salt or before.salt)
    counted_before = None if before.is_deleted else before.values
    counted_after = None if after.is_deleted else after.values
    rollups.note(unit, one, counted_before, counted_after)
    unit.note_write(one.name)
    return after


def _current(unit: Unit, row: Row) -> Row:
    """What a write returned, without the definitions' version; StaleMetadata where others changed the definitions."""
    if row[0] != unit.context.registry.version:
        raise StaleMetadata("The configuration changed meanwhile; try again.")
    return row[1:]


async def run_guards(work: Workspace, draft: Draft) -> None:
    """The modules' rules, in the order of the modules."""
    for guard in work.registry.guards.get(draft.object.name, ()):
        await guard.check(work, draft)


async def inherited_readers(unit: Unit, one: Object, values: Mapping[str, Any], found: links.Targets) -> list[int]:
    """The access codes that a new record takes from its parent."""
    parent = links.access_parent(one, values)
    if parent is None:
        return []
    return await readers_from(unit, parent[0], found[parent])


async def readers_from(unit: Unit, parent: str, target: links.Target) -> list[int]:
    """The access codes that a child of this record takes from it. parent: the object that it is of."""
    number = unit.context.numbers.get(parent)
    if number is None:
        return []
    owner, team = await unit.principal(target.owner), await unit.principal(target.team)
    return inherit(number, owner, team, target.readers)


async def know_parent(unit: Unit, one: Object, values: Mapping[str, Any], found: links.Targets) -> None:
    """Whoever owns or holds the new parent must have a key before the child can name it."""
    parent = links.access_parent(one, values)
    if parent is not None:
        await unit.principal(found[parent].owner)
        await unit.principal(found[parent].team)


async def follow_access(work: Workspace, one: Object, before: Record, different: dict[str, Any]) -> None:
    """Grant and revoke what follows from another owner, team, parent, or values that sharing rules look at."""
    unit = work.unit
    ruled = await work.sharing.apply_rules(one, [before.id])
    if ruled or {"owner", "team", one.access_parent} & set(different):
        for name in ("owner", "team"):
            await unit.principal(different.get(name))
        await refresh(
            unit.connection, unit.context.schema, unit.context.registry, one, [before.id], unit.context.numbers
        )


def as_columns(one: Object, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as columns; JSON as text, since PostgreSQL casts it."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        field = one.all_fields[name]
        if not field.stored:
            continue
        for column, cell in zip(field.columns(), field.to_columns(value), strict=True):
            if column.kind == "json" and cell is not None:
                cell = msgspec.json.encode(cell).decode()
            columns[column.name(name)] = cell
    return columns


async def attach_files(unit: Unit, one: Object, record: UUID, values: Mapping[str, Any]) -> None:
    """Make the files that these values name the record's. Invalid unless they were uploaded by the actor and belong
    to nothing
    else."""
    for name, value in values.items():
        field = one.all_fields[name]
        if isinstance(field, File) and value is not None:
            try:
                await attachments.attach(
                    unit.connection, unit.context.schema, [value], one.name, record, owner=unit.actor.user
                )
            except NotFound as error:
                raise Invalid.of(
                    [
                        Problem(
                            "invalid_file",
                            _("%(field)s: there is no such file.") % {"field": field.title},
                            name,
                            error.hint,
                        )
                    ]
                ) from None


async def write_pairs(unit: Unit, one: Object, draft: Draft) -> None:
    """Bring the tables of pairs to the lists that were asked for."""
    for field in one.pair_fields:
        if draft.changed(field.name):
            await _pairs(unit, one, field, draft)


async def _pairs(unit: Unit, one: Object, field: Field, draft: Draft) -> None:
    table = unit.context.tables.pairs(one.name, field.name).fullname
    schema, name = table.split(".")
    target = f'"{schema}"."{name}"'
    before, after = set(draft.old(field.name) or ()), set(draft[field.name] or ())
    if gone := sorted(before - after):
        await unit.connection.execute(f"delete from {target} where record = %s and target = any(%s)", (draft.id, gone))
    if come := sorted(after - before):
        await unit.connection.execute(
            f"insert into {target} (record, target) select %s, unnest(%s::uuid[]) on conflict do nothing",
            (draft.id, come),
        )
