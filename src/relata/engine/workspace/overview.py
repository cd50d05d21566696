"""The configuration as its administrators read it. Each reader asks for the right itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.access.principals import group_names
from relata.engine.metadata.module import Module, Role
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.sharing import SharingRule
from relata.engine.workspace.uses import uses_of_field, uses_of_object
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RoleOverview:
    """own: made or changed here. shipped: a module brings it, so it can't be deleted. people: how many have it."""

    role: Role
    own: bool
    shipped: bool
    people: int


@dataclass(frozen=True, slots=True)
class RuleOverview:
    """A sharing rule with the title of whom it opens records to."""

    name: str
    rule: SharingRule
    principal: str
    records: int


@dataclass(frozen=True, slots=True)
class ModuleOverview:
    """on: as it was switched. works: all it needs is on, too. needed_by: labels of modules that depend on it."""

    module: Module
    on: bool
    works: bool
    needs: tuple[str, ...]
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonOverview:
    """Somebody who works here. can_sign_in: an account stands behind them."""

    id: UUID
    name: str
    email: str
    status: str
    roles: tuple[str, ...]
    team: UUID | None
    team_name: str
    can_sign_in: bool


async def roles(work: Workspace) -> list[RoleOverview]:
    """All roles, in the order of the modules, the workspace's own last. Needs manage_roles."""
    require(work, "manage_roles")
    rows = await work.unit.connection.fetch(
        f'select role, count(*) from {quoted(work.context.schema)}."user", unnest(roles) role'
        " where deleted_at is null group by role"
    )
    people: dict[str, int] = dict(rows)
    own = {one.name for one in work.context.of_kind("role")}
    shipped = work.registry.shipped_roles
    return [
        RoleOverview(role, name in own, name in shipped, people.get(name, 0))
        for name, role in sorted(work.registry.roles.items(), key=lambda item: item[0] not in shipped)
    ]


async def role(work: Workspace, name: str) -> RoleOverview:
    """One role; NotFound for none."""
    found = next((one for one in await roles(work) if one.role.name == name), None)
    if found is None:
        raise NotFound(_("There is no role called %(name)s.") % {"name": name[:60]}, code="unknown_role")
    return found


async def people_with(work: Workspace, name: str) -> list[tuple[UUID, str]]:
    """Who has a role, by name; colleagues' names are no secret in their own company. Needs manage_roles."""
    require(work, "manage_roles")
    rows = await work.unit.connection.fetch(
        f'select id, name from {quoted(work.context.schema)}."user" where %s = any(roles) and deleted_at is null'
        " order by lower(name), id",
        (name,),
    )
    return [(key, title or "") for key, title in rows]


async def sharing_rules(work: Workspace) -> list[RuleOverview]:
    """All sharing rules, with how many records each opens. Needs manage_roles."""
    require(work, "manage_roles")
    space = quoted(work.context.schema)
    opened: dict[str, int] = dict(
        await work.unit.connection.fetch(f"select reason, count(*) from {space}._share where way = 2 group by reason")
    )
    found = [(one.name, msgspec.convert(one.body, SharingRule)) for one in work.context.of_kind("sharing_rule")]
    titles = await principal_names(work, [rule.principal for __, rule in found])
    return [RuleOverview(name, rule, titles.get(rule.principal, ""), opened.get(name, 0)) for name, rule in found]


async def principal_names(work: Workspace, ids: list[UUID]) -> dict[UUID, str]:
    """What people and teams are called; colleagues' names are no secret in their own company."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f'select id, name from {space}."user" where id = any(%(ids)s)'
        f" union all select id, name from {space}.team where id = any(%(ids)s)",
        {"ids": ids},
    )
    return {**group_names(work.registry.roles.values()), **{key: name or "" for key, name in rows}}


def modules(work: Workspace, all_modules: tuple[Module, ...]) -> list[ModuleOverview]:
    """Every module of the installation. Needs manage_objects."""
    require(work, "manage_objects")
    off = {one.name for one in work.context.of_kind("module") if one.body.get("off")}
    labels = {module.name: module.title for module in all_modules}
    return [
        ModuleOverview(
            module,
            module.name not in off,
            module.name in work.registry.modules,
            tuple(labels[name] for name in module.depends),
            tuple(other.title for other in all_modules if module.name in other.depends and other.name not in off),
        )
        for module in all_modules
    ]


def objects(work: Workspace) -> list[Object]:
    """All objects of the workspace, the custom ones last. Needs manage_objects."""
    require(work, "manage_objects")
    return sorted(work.registry.objects.values(), key=lambda one: one.custom)


def configured_object(work: Workspace, name: str) -> Object:
    """One object with all its fields, hidden ones included. Needs manage_objects."""
    require(work, "manage_objects")
    return work.registry.get(name)


def uses(work: Workspace, object_name: str, field_name: str = "") -> list[str]:
    """Where a field, or an object, is used: what stands in the way of deleting it. Needs manage_objects."""
    one = configured_object(work, object_name)
    if not field_name:
        return uses_of_object(work.context, one)
    field = one.field(field_name)
    if field is None:
        raise NotFound(
            _("%(title)s has no field %(field_name)s.") % {"title": one.title, "field_name": field_name[:60]},
            code="unknown_field",
        )
    return uses_of_field(work.context, one, field)


async def people(work: Workspace) -> list[PersonOverview]:
    """Everybody who works here, active ones first. Needs manage_users."""
    require(work, "manage_users")
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        "select u.id, u.name, u.email, u.status, u.roles, u.team, t.name, m.account is not null"
        f' from {space}."user" u left join {space}.team t on t.id = u.team'
        ' left join relata.membership m on m.workspace = %s and m."user" = u.id where u.deleted_at is null'
        " order by array_position(array['active', 'invited', 'inactive'], coalesce(u.status, 'inactive')),"
        " lower(u.name), u.id",
        (work.context.id,),
    )
    return [PersonOverview(*_person(row)) for row in rows]


def _person(row: tuple[Any, ...]) -> tuple[Any, ...]:
    key, name, email, status, held, team, team_name, can_sign_in = row
    return key, name or "", email or "", status or "inactive", tuple(held or ()), team, team_name or "", can_sign_in
