"""Configuration as the door offers it: objects, fields, roles, sharing rules, modules, views, settings.

Each change is checked against the whole (a registry is built with it before anything is stored), takes effect at once, and
is a row of the history like every other change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Field, Links, RollUp
from relata.engine.metadata.layout import Layout
from relata.engine.metadata.module import Role
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition, Tweak, apply, decode_field, decode_object
from relata.engine.metadata.registry import Registry
from relata.engine.storage import planner
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import pair_spec, pair_table, specs
from relata.engine.workspace import configure
from relata.engine.workspace.context import Settings, WorkspaceContext
from relata.engine.workspace.expressions import check_expressions
from relata.engine.workspace.rebuild import rebuild_roll_up
from relata.engine.workspace.sharing import SharingRule
from relata.engine.workspace.uses import uses_of_field, uses_of_object
from relata.foundation.errors import Bug, Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.ids import new_id

if TYPE_CHECKING:
    from relata.engine.access.actor import Actor
    from relata.engine.workspace.door import Door
    from relata.engine.workspace.workspace import Workspace

#: What a person must be permitted to do for each kind of definition.
PERMISSION = {
    "object": "manage_objects", "field": "manage_objects", "tweak": "manage_objects", "layout": "manage_objects",
    "module": "manage_objects", "role": "manage_roles", "sharing_rule": "manage_roles", "settings": "manage_objects",
}  # fmt: skip


class Administration:
    """The configuration of one workspace, for one person. It opens its own units of work: DDL must not wait inside a
    request's transaction."""

    def __init__(self, door: Door, key: str, who: UUID | Actor | None, via: str = "form") -> None:
        self._door = door
        self._key = key
        self._who = who
        self._via = via

    # -- objects and fields ---------------------------------------------------------------------------------------

    async def add_object(self, raw: Mapping[str, Any]) -> Object:
        """A new custom object with its table. Invalid where it does not fit, Conflict for a name that is taken."""
        made = decode_object(raw)
        context = await self._allowed("object")
        taken = {one.path for one in context.registry.objects.values()} | set(context.registry.objects)
        if made.name in taken or made.path in taken:
            raise Conflict("There is an object with this name already.", code="not_unique", field="name", hint="Choose another name.")
        registry = self._preview(context, Definition("object", made.name, configure.body_of(made)))
        await self._make_tables(context, registry)
        await self._store(Definition("object", made.name, configure.body_of(made)), None)
        return made

    async def add_field(self, object_name: str, raw: Mapping[str, Any]) -> Field:
        """A new custom field; locks are held for milliseconds whatever the size. Index and constraint follow at once."""
        field = decode_field(raw)
        context = await self._allowed("field")
        one = context.registry.get(object_name)
        if one.field(field.name) is not None:
            raise Conflict(f"{one.title} has a field with this name already.", code="not_unique", field="name", hint="Choose another name.")
        definition = Definition("field", f"{object_name}.{field.name}", {"object": object_name, "field": configure.body_of(field)})
        registry = self._preview(context, definition)
        check_expressions(registry, registry.get(object_name), field)
        await self._drop_leftovers(context, registry.get(object_name), field)
        await self._make_tables(context, registry)

        async def store(work: Workspace) -> None:
            if isinstance(field, RollUp):
                await rebuild_roll_up(work, registry, registry.get(object_name), field)
            await self._write(work, definition, None)

        await self._run(store)
        return field

    async def tweak(self, name: str, raw: Mapping[str, Any]) -> None:
        """Change a label, help, options, whether it is required or hidden. name: `object` or `object.field`."""
        context = await self._allowed("tweak")
        self._existing(context, name)
        known = next((one.body for one in context.definitions if one.kind == "tweak" and one.name == name), {})
        try:
            tweak = msgspec.convert({**known, **raw}, Tweak, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(f"This change does not fit: {error}.", code="definition") from error
        definition = Definition("tweak", name, configure.body_of(tweak))
        registry = self._preview(context, definition)
        if tweak.indexed:
            await self._make_tables(context, registry)
        await self._store(definition, known or None)

    async def delete_field(self, object_name: str, name: str) -> None:
        """Remove a custom field and its values. Conflict with the list of uses while something needs it."""
        context = await self._allowed("field")
        one = context.registry.get(object_name)
        field = one.field(name)
        if field is None:
            raise NotFound(f"{one.title} has no field {name[:60]}.", code="unknown_field")
        if not field.custom:
            raise Conflict(f"{field.title} belongs to the product.", code="built_in", hint="Hide it instead.")
        _refuse_uses(field.title, uses_of_field(context, one, field))
        await self._remove("field", f"{object_name}.{name}", configure.body_of(field))
        await self._drop_columns(context, one, field)

    async def delete_object(self, name: str) -> None:
        """Remove a custom object with all its records. Conflict with the list of uses while something needs it."""
        context = await self._allowed("object")
        one = context.registry.get(name)
        if not one.custom:
            raise Conflict(f"{one.title} belongs to the product.", code="built_in", hint="Hide it, or switch its module off.")
        _refuse_uses(one.title, uses_of_object(context, one))
        for definition in context.definitions:
            if definition.kind in ("field", "tweak", "layout") and definition.name.split(".")[0] == name:
                await self._remove(definition.kind, definition.name, definition.body)
        await self._remove("object", name, configure.body_of(one))
        async with self._door.database.transaction() as connection:
            for field in one.fields:
                if isinstance(field, Links):
                    await connection.execute(f"drop table {quoted(context.schema)}.{quoted(pair_table(name, field.name))}")
            await connection.execute(f"drop table if exists {quoted(context.schema)}.{quoted(name + '__rollup')}")
            await connection.execute(f"drop table {quoted(context.schema)}.{quoted(name)}")

    # -- the rest -----------------------------------------------------------------------------------------------------

    async def put(self, kind: str, name: str, raw: Mapping[str, Any]) -> None:
        """Make or replace a role, layout or sharing rule."""
        context = await self._allowed(kind)
        types: dict[str, type[msgspec.Struct]] = {"role": Role, "layout": Layout, "sharing_rule": SharingRule}
        if kind not in types:
            raise NotFound(f"There is no kind of configuration called {kind[:40]}.", code="unknown_kind")
        try:
            value = msgspec.convert({"name": name, **raw} if kind == "role" else raw, types[kind], strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(f"This does not fit: {error}.", code="definition") from error
        if isinstance(value, Layout) and value.object not in context.registry.objects:
            raise NotFound("There is no such object.", code="unknown_object")
        known = next((one.body for one in context.definitions if one.kind == kind and one.name == name), None)
        definition = Definition(kind, name, configure.body_of(value))
        if isinstance(value, SharingRule):
            check_expressions(context.registry, context.registry.get(value.object), value)

        async def store(work: Workspace) -> None:
            await self._write(work, definition, known)
            if isinstance(value, SharingRule):
                if known is not None and known["object"] != value.object:
                    await _end_rule(work, name, msgspec.convert(known, SharingRule))
                await _apply_rule(work, name, value)

        await self._run(store)

    async def delete(self, kind: str, name: str) -> None:
        """Remove a role, layout or sharing rule of the workspace's own; what a rule opened closes at once."""
        context = await self._allowed(kind)
        known = next((one.body for one in context.definitions if one.kind == kind and one.name == name), None)
        if known is None or kind not in PERMISSION:
            raise NotFound("There is no such configuration.", code="unknown_definition")
        await self._remove(kind, name, known)
        if kind == "sharing_rule":
            rule = msgspec.convert(known, SharingRule)
            await self._run(lambda work: _end_rule(work, name, rule))

    async def switch_module(self, name: str, *, on: bool) -> None:
        """Switch a module off or on; its data stays. Conflict names the modules that depend on it."""
        context = await self._allowed("module")
        off = {one.name for one in context.definitions if one.kind == "module" and one.body.get("off")}
        modules = {module.name: module for module in self._door.modules}
        if name not in modules:
            raise NotFound(f"There is no module called {name[:60]}.", code="unknown_module")
        active = [module for module in modules.values() if module.name not in off]
        if on:
            missing = [one for one in modules[name].depends if one in off]
            if missing:
                raise Conflict(f"This module needs {', '.join(missing)}.", code="depends", hint="Switch these on first.")
        else:
            needing = [module.label for module in active if name in module.depends]
            if needing or name == "people":
                who = ", ".join(needing) or "Everything"
                raise Conflict(f"{who} depends on this module.", code="depends", hint="Switch off what depends on it first.")
        await self._store(Definition("module", name, {"off": not on}), {"off": name in off})

    async def change_settings(self, raw: Mapping[str, Any]) -> Settings:
        """Change the workspace's own settings: name, currency, region, time zone, language."""
        context = await self._allowed("settings")
        before = msgspec.to_builtins(context.settings)
        try:
            settings = msgspec.convert({**before, **raw}, Settings, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(f"These settings do not fit: {error}.", code="definition") from error

        async def store(work: Workspace) -> None:
            await work.unit.connection.execute(
                "update relata.workspace set name = %s, settings = %s::jsonb, definitions = definitions + 1 where id = %s",
                (settings.name, msgspec.json.encode(settings).decode(), context.id),
            )
            await work.log("workspace", context.id, "configured", before=before, after=msgspec.to_builtins(settings))

        await self._run(store)
        return settings

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _allowed(self, kind: str) -> WorkspaceContext:
        async with self._door.open(self._key, self._who, via=self._via, read_only=True) as work:
            if not work.actor.rights.permits(PERMISSION.get(kind, "manage_objects")):
                raise Denied("You may not change the configuration.", code="denied_configure")
            return work.context

    def _existing(self, context: WorkspaceContext, name: str) -> None:
        object_name, _, field_name = name.partition(".")
        one = context.registry.get(object_name)
        if field_name and one.field(field_name) is None:
            raise NotFound(f"{one.title} has no field {field_name[:60]}.", code="unknown_field")

    def _preview(self, context: WorkspaceContext, definition: Definition) -> Registry:
        """The registry with this definition; Invalid where it does not fit with the rest."""
        others = [one for one in context.definitions if (one.kind, one.name) != (definition.kind, definition.name)]
        try:
            return apply(self._door.modules, [*others, definition], context.registry.version + 1)
        except Bug as error:
            raise Invalid.of([Problem("definition", error.message, None, "Choose other names.")]) from error

    async def _make_tables(self, context: WorkspaceContext, registry: Registry) -> None:
        await planner.synchronise(self._door.database, context.schema, specs(registry))
        async with self._door.database.transaction() as connection:
            await configure.number_objects(connection, context.schema, registry)

    async def _drop_leftovers(self, context: WorkspaceContext, one: Object, field: Field) -> None:
        """Columns that an interrupted deletion left behind must not lend their old values to a new field."""
        await self._drop_columns(context, one, field)

    async def _drop_columns(self, context: WorkspaceContext, one: Object, field: Field) -> None:
        table = f"{quoted(context.schema)}.{quoted(one.name)}"
        steps = [planner.Step(f"alter table {table} drop column if exists {quoted(column.name(field.name))}") for column in field.columns()]
        if isinstance(field, Links):
            steps.append(planner.Step(f"drop table if exists {quoted(context.schema)}.{quoted(pair_spec(one, field).name)}"))
        if isinstance(field, RollUp):
            side = f"{quoted(context.schema)}.{quoted(one.name + '__rollup')}"
            for part in ("count", "sum"):
                steps.append(planner.Step(f"alter table if exists {side} drop column if exists {quoted(f'{field.name}__{part}')}"))
        await planner.apply(self._door.database, steps)

    async def _store(self, definition: Definition, before: dict[str, Any] | None) -> None:
        await self._run(lambda work: self._write(work, definition, before))

    async def _write(self, work: Workspace, definition: Definition, before: dict[str, Any] | None) -> None:
        await configure.store(work.unit.connection, work.context.schema, definition, work.actor.user)
        await work.log(f"_{definition.kind}", new_id(), "configured", before=before, after={"name": definition.name, **definition.body})

    async def _remove(self, kind: str, name: str, before: dict[str, Any]) -> None:
        async def store(work: Workspace) -> None:
            await configure.remove(work.unit.connection, work.context.schema, kind, name)
            await work.log(f"_{kind}", new_id(), "configured", before={"name": name, **before})

        await self._run(store)

    async def _run(self, attempt: Any) -> None:
        await self._door.run(self._key, self._who, attempt, via=self._via)
        self._door.forget(self._key)


async def _apply_rule(work: Workspace, name: str, rule: SharingRule) -> None:
    """Grant what the rule finds among all records, and bring their access up to date."""
    one = work.registry.get(rule.object)
    touched = await _ruled(work, name)
    await work.sharing.apply_rule(one, name, rule, None)
    await work.sharing.refresh(one, sorted({*touched, *await _ruled(work, name)}))


async def _end_rule(work: Workspace, name: str, rule: SharingRule) -> None:
    touched = await _ruled(work, name)
    await work.unit.connection.execute(
        f"delete from {quoted(work.context.schema)}._share where way = 2 and reason = %s", (name,)
    )
    if rule.object in work.registry.objects:
        await work.sharing.refresh(work.registry.get(rule.object), sorted(touched))


async def _ruled(work: Workspace, name: str) -> set[UUID]:
    rows = await work.unit.connection.fetch(
        f"select record from {quoted(work.context.schema)}._share where way = 2 and reason = %s", (name,)
    )
    return {record for (record,) in rows}


def _refuse_uses(title: str, uses: list[str]) -> None:
    if uses:
        problems = [Problem("in_use", use) for use in uses[:50]]
        raise Conflict(f"{title} is still used: {'; '.join(uses[:5])}.", code="in_use", hint="Change these first.", problems=problems)
