"""Roles and sharing rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.module import Role
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route


class RoleGrant(msgspec.Struct, forbid_unknown_fields=True):
    """Levels: none, own, team, below, all. fields: what differs from write: none, masked, read."""

    read: str = "none"
    create: str = "none"
    change: str = "none"
    delete: str = "none"
    fields: dict[str, str] = {}


class RoleBody(msgspec.Struct, forbid_unknown_fields=True):
    """grants: by object name; `*` stands for every object without an entry. permissions: `*` is all of them."""

    label: str = ""
    help: str = ""
    grants: dict[str, RoleGrant] = {}
    permissions: list[str] = []


class SharingRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """Records of `object` for which `where` holds are open to a person or team. level: read or change."""

    object: str
    where: str
    principal: UUID
    level: str = "read"
    label: str = ""


async def list_roles(call: Call) -> Answer:
    """All roles with how many people have each."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"data": [_role(one) for one in await overview.roles(work)]})

    return await call.read(attempt)


async def get_role(call: Call) -> Answer:
    """One role."""
    call.parameters()
    return answers.json(_role(await call.read(lambda work: overview.role(work, call.names["name"]))))


async def put_role(call: Call) -> Answer:
    """Make or replace a role."""
    call.parameters()
    name = call.names["name"]
    body = call.shaped(RoleBody)
    await (await call.office()).put("role", name, msgspec.to_builtins(body))
    return answers.json(_role(await call.read(lambda work: overview.role(work, name))))


async def delete_role(call: Call) -> Answer:
    """Of a role that a module ships, take back what was changed; delete any other. 409 while people have it."""
    call.parameters()
    await (await call.office()).delete("role", call.names["name"])
    return answers.empty()


async def list_rules(call: Call) -> Answer:
    """All sharing rules with how many records each opens."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"data": [_rule(one) for one in await overview.sharing_rules(work)]})

    return await call.read(attempt)


async def put_rule(call: Call) -> Answer:
    """Make or replace a sharing rule; what it opens is open at once."""
    call.parameters()
    name = call.names["name"]
    body = call.shaped(SharingRuleBody)
    await (await call.office()).put("sharing_rule", name, msgspec.to_builtins(body))
    found = await call.read(overview.sharing_rules)
    return answers.json(next(_rule(one) for one in found if one.name == name))


async def delete_rule(call: Call) -> Answer:
    """What the rule opened closes at once."""
    call.parameters()
    await (await call.office()).delete("sharing_rule", call.names["name"])
    return answers.empty()


async def get_rule(call: Call) -> Answer:
    """One sharing rule."""
    call.parameters()
    for one in await call.read(overview.sharing_rules):
        if one.name == call.names["name"]:
            return answers.json(_rule(one))
    raise NotFound("There is no such sharing rule.", code="unknown_definition")


def _role(one: overview.RoleOverview) -> dict[str, Any]:
    role: Role = one.role
    grants = {
        name: {
            "read": grant.read,
            "create": grant.create,
            "change": grant.change,
            "delete": grant.delete,
            "fields": grant.fields,
        }
        for name, grant in role.grants.items()
    }
    return {
        "name": role.name,
        "label": role.label or role.name,
        "help": role.help,
        "grants": grants,
        "permissions": role.permissions,
        "people": one.people,
        "own": one.own,
        "shipped": one.shipped,
    }


def _rule(one: overview.RuleOverview) -> dict[str, Any]:
    rule = one.rule
    return {
        "name": one.name,
        "label": rule.label,
        "object": rule.object,
        "where": rule.where,
        "principal": rule.principal,
        "level": rule.level,
        "records": one.records,
    }


ROUTES = (
    Route("GET", "/admin/roles", list_roles),
    Route("GET", "/admin/roles/{name}", get_role),
    Route("PUT", "/admin/roles/{name}", put_role),
    Route("DELETE", "/admin/roles/{name}", delete_role),
    Route("GET", "/admin/sharing-rules", list_rules),
    Route("GET", "/admin/sharing-rules/{name}", get_rule),
    Route("PUT", "/admin/sharing-rules/{name}", put_rule),
    Route("DELETE", "/admin/sharing-rules/{name}", delete_rule),
)
