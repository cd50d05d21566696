"""Configuration as the door offers it: objects, fields, roles, sharing rules, modules, views, settings.

Each change is checked against the whole (a registry is built with it before anything is stored), takes effect at
once, and is a row of the history like every other change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.metadata.layout import Layout
from relata.engine.metadata.module import Role
from relata.engine.metadata.overlay import Definition
from relata.engine.storage.planner import quoted
from relata.engine.workspace import configure
from relata.engine.workspace.administering import PERMISSION
from relata.engine.workspace.configuration_checks import (
    check_name,
    check_principal,
    check_role,
    check_settings,
    end_role,
)
from relata.engine.workspace.context import Settings
from relata.engine.workspace.expressions import check_expressions
from relata.engine.workspace.layouts import check_layout
from relata.engine.workspace.rule_administration import RuleAdministration
from relata.engine.workspace.sharing import SharingRule
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


class Administration(RuleAdministration):
    """The whole configuration of one workspace, for one person."""

    async def put(self, kind: str, name: str, raw: Mapping[str, Any]) -> None:
        """Make or replace a role, layout or sharing rule."""
        context = await self._allowed(kind)
        types: dict[str, type[msgspec.Struct]] = {"role": Role, "layout": Layout, "sharing_rule": SharingRule}
        if kind not in types:
            raise NotFound(
                _("There is no kind of configuration called %(kind)s.") % {"kind": kind[:40]}, code="unknown_kind"
            )
        try:
            value = msgspec.convert({"name": name, **raw} if kind == "role" else raw, types[kind], strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(_("This does not fit: %(error)s.") % {"error": error}, code="definition") from error
        if isinstance(value, Layout):
            check_layout(context.registry, name, value)
        known = next((one.body for one in context.definitions if one.kind == kind and one.name == name), None)
        check_name(kind, name)
        definition = Definition(kind, name, configure.body_of(value))
        if isinstance(value, SharingRule):
            check_expressions(context.registry, context.registry.get(value.object), value)

        async def store(work: Workspace) -> None:
            if isinstance(value, Role):
                check_role(work, value)
            if isinstance(value, SharingRule):
                await check_principal(work, value)
            await self._write(work, definition, known)
            if isinstance(value, SharingRule):
                if known is not None and known["object"] != value.object:
                    await end_sharing(work, name, msgspec.convert(known, SharingRule))
                await follow_sharing(work, name, value)

        await self._run(store)

    async def delete(self, kind: str, name: str) -> None:
        """Remove a role, layout or sharing rule of the workspace's own; what a rule opened closes at once."""
        context = await self._allowed(kind)
        known = next((one.body for one in context.definitions if one.kind == kind and one.name == name), None)
        if known is None or kind not in PERMISSION:
            raise NotFound(_("There is no such configuration."), code="unknown_definition")
        if kind == "role":
            await self._run(lambda work: end_role(work, name))
        await self._remove(kind, name, known)
        if kind == "role" and name not in context.registry.shipped_roles:
            for layout in context.of_kind("layout"):
                if layout.name.endswith(f".{name}"):
                    await self._remove("layout", layout.name, layout.body)
        if kind == "sharing_rule":
            rule = msgspec.convert(known, SharingRule)
            await self._run(lambda work: end_sharing(work, name, rule))

    async def switch_module(self, name: str, *, on: bool) -> None:
        """Switch a module off or on; its data stays. Conflict names the modules that depend on it."""
        context = await self._allowed("module")
        off = {one.name for one in context.definitions if one.kind == "module" and one.body.get("off")}
        modules = {module.name: module for module in self._door.modules}
        if name not in modules:
            raise NotFound(_("There is no module called %(name)s.") % {"name": name[:60]}, code="unknown_module")
        active = [module for module in modules.values() if module.name not in off]
        if on:
            missing = [one for one in modules[name].depends if one in off]
            if missing:
                raise Conflict(
                    _("This module needs %(missing)s.") % {"missing": ", ".join(missing)},
                    code="depends",
                    hint=_("Switch these on first."),
                )
        else:
            needing = [module.label for module in active if name in module.depends]
            if needing or modules[name].essential:
                who = ", ".join(needing) or "Everything"
                raise Conflict(
                    _("%(who)s depends on this module.") % {"who": who},
                    code="depends",
                    hint=_("Switch off what depends on it first."),
                )
        await self._store(Definition("module", name, {"off": not on}), {"off": name in off})

    async def change_settings(self, raw: Mapping[str, Any]) -> Settings:
        """Change the workspace's own settings: name, currency, region, time zone, language."""
        context = await self._allowed("settings")
        before = msgspec.to_builtins(context.settings)
        try:
            settings = msgspec.convert({**before, **raw}, Settings, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(_("These settings do not fit: %(error)s.") % {"error": error}, code="definition") from error
        check_settings(settings)

        async def store(work: Workspace) -> None:
            await work.unit.connection.execute(
                "update relata.workspace set name = %s, settings = %s::jsonb, definitions = definitions + 1"
                " where id = %s",
                (settings.name, msgspec.json.encode(settings).decode(), context.id),
            )
            await work.log("workspace", context.id, "configured", before=before, after=msgspec.to_builtins(settings))

        await self._run(store)
        return settings


async def follow_sharing(work: Workspace, name: str, rule: SharingRule) -> None:
    """Grant what the rule finds among all records, and bring their access up to date."""
    one = work.registry.get(rule.object)
    touched = await _ruled(work, name)
    await work.sharing.apply_rule(one, name, rule, None)
    await work.sharing.refresh(one, sorted({*touched, *await _ruled(work, name)}))


async def end_sharing(work: Workspace, name: str, rule: SharingRule) -> None:
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
