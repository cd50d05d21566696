"""A package applied: checked as a whole, its columns made, and then everything stored in one transaction; and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import RollUp
from relata.engine.metadata.overlay import Definition, apply, decode_field
from relata.engine.metadata.registry import Registry
from relata.engine.storage import planner
from relata.engine.storage.tables import specs
from relata.engine.transfer.configuration.checking import check
from relata.engine.transfer.configuration.comparing import Difference, compare
from relata.engine.transfer.configuration.gathering import (
    RECORDS,
    check_right,
    gather,
    packed_definitions,
    packed_records,
)
from relata.engine.transfer.configuration.objects import APPLIED
from relata.engine.transfer.configuration.package import Package
from relata.engine.transfer.configuration.references import resolved
from relata.engine.workspace import configure
from relata.engine.workspace.administration import end_sharing, follow_sharing
from relata.engine.workspace.configuration_checks import end_role
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.rebuild import rebuild_roll_up
from relata.engine.workspace.record import Record
from relata.engine.workspace.sharing import SharingRule
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug, Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


async def preview(door: Door, key: str, who: Who, package: Package, *, exact: bool = False) -> list[Difference]:
    """What applying it would change, checked: Invalid with everything that does not fit, Denied without the rights."""
    differences, context = await door.run(key, who, lambda work: _compared(work, package, exact=exact), read_only=True)
    await _tried(door, key, who, context, differences)
    return differences


async def apply_package(
    door: Door, key: str, who: Who, package: Package, *, name: str, exact: bool = False
) -> tuple[UUID | None, list[Difference]]:
    """The record of the change, None where nothing differs, and what changed. Columns and tables are made before: they
    only add, and hold locks for milliseconds. Everything else is one transaction. Conflict where somebody changed the
    configuration meanwhile."""
    differences, context = await door.run(key, who, lambda work: _compared(work, package, exact=exact), read_only=True)
    if not differences:
        return None, []
    registry = await _tried(door, key, who, context, differences)
    await _make_tables(door, context, registry)

    async def store(work: Workspace) -> UUID:
        await _require_same(work, context)
        counts = Counter(one.what for one in differences)
        made = await work.as_system().create(
            APPLIED,
            {
                "name": name[:200] or _("Package"), "status": "applied", "added": counts["added"],
                "changed": counts["changed"], "removed": counts["removed"],
                "differences": msgspec.to_builtins(differences),
            },
            record_id=new_id(),
        )  # fmt: skip
        await _store(door, work, registry, differences)
        return made.id

    applied = await door.run(key, who, store, via="configuration")
    door.forget(key)
    return applied, differences


async def roll_back(door: Door, key: str, who: Who, change: UUID) -> list[Difference]:
    """Everything as it was before the package, but for what somebody changed since; those that stay. Tables and columns
    stay as well, so that no value is lost. Conflict where it was rolled back already."""

    async def load(work: Workspace) -> tuple[list[Difference], list[Difference], WorkspaceContext]:
        check_right(work)
        record = await work.as_system().get(APPLIED, change)
        _require_applied(record)
        here = await gather(work)
        found = msgspec.convert(record["differences"], list[Difference])
        ours = [one for one in found if _now(here, one) == one.after]
        return ours, [one for one in found if one not in ours], work.context

    ours, kept, context = await door.run(key, who, load, read_only=True)
    back = [one.reversed() for one in reversed(ours)]
    registry = await _tried(door, key, who, context, back)
    await _make_tables(door, context, registry)

    async def store(work: Workspace) -> None:
        await _require_same(work, context)
        record = await work.as_system().get(APPLIED, change, lock=True)
        _require_applied(record)
        await work.as_system().change(record, {"status": "rolled_back", "rolled_back_at": datetime.now(UTC)})
        await _store(door, work, registry, back)

    await door.run(key, who, store, via="configuration")
    door.forget(key)
    return kept


def _now(here: Package, one: Difference) -> dict[str, Any] | None:
    found: dict[str, dict[str, dict[str, Any]]] = getattr(here, one.part)
    return found.get(one.kind, {}).get(one.name)


def _require_applied(record: Record) -> None:
    if record["status"] != "applied":
        raise Conflict(_("This was rolled back already."), code="rolled_back")


async def _require_same(work: Workspace, context: WorkspaceContext) -> None:
    """Nobody else changes the configuration until the end, and nobody has since it was compared."""
    row = await work.unit.connection.fetch_one(
        "select definitions from relata.workspace where id = %s for update", (context.id,)
    )
    if row is None or row[0] != context.registry.version:
        raise Conflict(
            _("Somebody changed the configuration meanwhile."), code="changed_meanwhile", hint=_("Look once more.")
        )


async def _compared(work: Workspace, package: Package, *, exact: bool) -> tuple[list[Difference], WorkspaceContext]:
    here, wanted = await gather(work), await resolved(work, package)
    return compare(work.registry, here, wanted, exact=exact), work.context


async def _tried(
    door: Door, key: str, who: Who, context: WorkspaceContext, differences: Sequence[Difference]
) -> Registry:
    """The registry as it would be; Invalid where it does not fit together."""
    changed = {(one.kind, one.name): one for one in differences if one.part == "definitions"}
    kept = [one for one in context.definitions if (one.kind, one.name) not in changed]
    new = [Definition(one.kind, one.name, one.after) for one in changed.values() if one.after is not None]
    try:
        registry = apply(door.modules, [*kept, *new], context.registry.version + 1)
    except Bug as error:
        raise Invalid(error.message, code="definition", hint=_("The package does not fit together.")) from error
    except msgspec.ValidationError as error:
        raise Invalid(_("The package does not fit: %(error)s.") % {"error": error}, code="definition") from error

    async def judge(work: Workspace) -> None:
        here = {key: one for key, one in changed.items() if not _waits_for_team(differences, one)}
        await check(work, registry, [*here.values(), *(one for one in differences if one.part == "records")])

    await door.run(key, who, judge, read_only=True)
    return registry


def _waits_for_team(differences: Sequence[Difference], one: Difference) -> bool:
    """Whether it opens records to a team that the same package brings."""
    if one.kind != "sharing_rule" or one.after is None:
        return False
    teams = {each.name for each in differences if each.part == "records" and each.kind == "team" and each.after}
    return str(one.after.get("principal")) in teams


async def _make_tables(door: Door, context: WorkspaceContext, registry: Registry) -> None:
    await planner.synchronise(door.database, context.schema, specs(registry))
    async with door.database.transaction() as connection:
        await configure.number_objects(connection, context.schema, registry)


async def _store(door: Door, work: Workspace, registry: Registry, differences: Sequence[Difference]) -> None:
    """Records first: once a definition is stored, this unit's registry is an old one. What modules tell in a way of
    their own comes last, by a unit that knows the new one."""
    for kind in RECORDS:
        for one in differences:
            if one.part == "records" and one.kind == kind:
                await _store_record(work, one)
    await work.settle()
    for one in differences:
        if one.part == "definitions":
            await _store_definition(work, registry, one)
    parts = packed_records(registry)
    told = [one for one in differences if one.part == "records" and one.kind in parts]
    if told:
        renewed = await door.renewed(work)
        for one in told:
            await parts[one.kind].store(renewed, UUID(one.name), one.after)
        await renewed.conclude()


async def _store_record(work: Workspace, one: Difference) -> None:
    """As the actor's own, by the door; whoever may not write such records is told."""
    trusted = Workspace(work.unit, trusted=True)
    key = UUID(one.name)
    found = await work.as_system().get_many(one.kind, [key])
    if one.after is None:
        if found:
            await trusted.delete(found[0])
    elif found:
        gone = dict.fromkeys(name for name in (one.before or {}) if name not in one.after)
        await trusted.change(found[0], {**gone, **one.after})
    elif (binned := await _binned(work, one.kind, key)) is not None:
        await trusted.change(binned, one.after)
    else:
        await trusted.create(one.kind, one.after, record_id=key)


async def _binned(work: Workspace, kind: str, key: UUID) -> Record | None:
    """A record that lies in the bin under this id, out of it again."""
    try:
        found = await work.as_system().get(kind, key, deleted=True)
    except NotFound:
        return None
    return await work.as_system().restore(found)


async def _store_definition(work: Workspace, registry: Registry, one: Difference) -> None:
    connection, schema = work.unit.connection, work.context.schema
    packed = packed_definitions(registry).get(one.kind)
    if packed is not None and packed.targets is not None and one.after is not None:
        await packed.targets(work, one.after)
    if one.kind == "role" and one.after is None:
        await end_role(work, one.name)
    if one.kind == "sharing_rule" and one.before is not None:
        await end_sharing(work, one.name, msgspec.convert(one.before, SharingRule))
    if one.after is None:
        await configure.remove(connection, schema, one.kind, one.name)
    else:
        await configure.store(connection, schema, Definition(one.kind, one.name, one.after), work.actor.user)
    after = {"name": one.name, **one.after} if one.after is not None else None
    await work.log(f"_{one.kind}", new_id(), "configured", before=one.before, after=after)
    if packed is not None and packed.stored is not None:
        await packed.stored(work, one.after or one.before or {})
    if one.kind == "sharing_rule" and one.after is not None:
        rule = msgspec.convert(one.after, SharingRule)
        if rule.object in work.registry.objects:  # a new object has no records yet
            await follow_sharing(work, one.name, rule)
    if one.kind == "field" and one.after is not None:
        field = decode_field(one.after["field"])
        if isinstance(field, RollUp) and one.after["object"] in work.registry.objects:
            await rebuild_roll_up(work, registry, registry.get(one.after["object"]), field)
