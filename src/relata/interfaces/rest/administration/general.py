"""Modules, settings, API keys, and the log of everything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from relata.engine.identity.keys import ApiKey
from relata.engine.workspace import api_keys, overview
from relata.engine.workspace.audit import ACTIONS, audit_log
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route

KEYS = {"all": "true: the keys of everybody, for who manages keys."}
AUDIT = {
    "actor": "The id of the person who did it.",
    "object": "An object's name, or _configuration.",
    "action": f"One of: {', '.join(ACTIONS)}.",
    "before": "The id of the last entry of the page before.",
    "limit": "Entries a page, 1 to 200; 50 if left out.",
}


class ModuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """on: whether the workspace has the module."""

    on: bool


class SettingsBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is left out stays. currency: ISO 4217. region: ISO 3166-1. zone: IANA. language: IETF. first_weekday: 0 is
    Monday. fiscal_month: 1 to 12. mail_tracking: whether mailboxes may note that mails are opened."""

    name: str | None = None
    currency: str | None = None
    region: str | None = None
    zone: str | None = None
    language: str | None = None
    first_weekday: int | None = None
    fiscal_month: int | None = None
    mail_tracking: bool | None = None


class KeyBody(msgspec.Struct, forbid_unknown_fields=True):
    """scopes: read or write, or an object's plural name before them, such as opportunities:read."""

    name: str
    role: str | None = None
    scopes: tuple[str, ...] = ("read", "write")
    expires_at: datetime | None = None


async def list_modules(call: Call) -> Answer:
    """Every module of the installation, with what it needs and what needs it."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"data": [_module(one) for one in overview.modules(work, call.door.modules)]})

    return await call.read(attempt)


async def switch_module(call: Call) -> Answer:
    """Switch a module on or off; its data stays. 409 names what depends on it."""
    call.parameters()
    name, body = call.names["name"], call.shaped(ModuleBody)
    await (await call.office()).switch_module(name, on=body.on)

    async def attempt(work: Workspace) -> Answer:
        found = overview.modules(work, call.door.modules)
        return answers.json(next(_module(one) for one in found if one.module.name == name))

    return await call.read(attempt)


async def get_settings(call: Call) -> Answer:
    """The workspace's own settings."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        require(work, "manage_objects")
        return answers.json(_settings(work))

    return await call.read(attempt)


async def change_settings(call: Call) -> Answer:
    """Other values; what is left out stays."""
    call.parameters()
    body = call.shaped(SettingsBody)
    given = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not None}
    await (await call.office()).change_settings(given)

    async def attempt(work: Workspace) -> Answer:
        return answers.json(_settings(work))

    return await call.read(attempt)


async def list_keys(call: Call) -> Answer:
    """One's own API keys, or with all=true those of everybody."""
    everyone = parameters.yes(call.parameters(KEYS), "all")
    found = await call.read(lambda work: api_keys.list_keys(work, everyone=everyone))
    return answers.json({"data": [_key(one) for one in found]})


async def create_key(call: Call) -> Answer:
    """A new key of one's own; `text` is in this answer and never again. Keys can't make keys."""
    call.parameters()
    call.credentials.require_session()
    body = call.shaped(KeyBody)
    until = (
        body.expires_at.replace(tzinfo=UTC) if body.expires_at and body.expires_at.tzinfo is None else body.expires_at
    )

    async def attempt(work: Workspace) -> Answer:
        key, text = await api_keys.create_key(work, body.name, role=body.role, scopes=body.scopes, expires_at=until)
        return answers.json({"id": key, "text": text}, 201)

    return await call.write(attempt)


async def renew_key(call: Call) -> Answer:
    """Another text for a key of one's own, in this answer and never again; the one before opens nothing any more."""
    call.parameters()
    call.credentials.require_session()
    key = parse_id(call.names["key"])
    if key is None:
        raise NotFound("There is no such API key.", code="key_not_found")

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"id": key, "text": await api_keys.renew_key(work, key)})

    return await call.write(attempt)


async def revoke_key(call: Call) -> Answer:
    """The key ends at once."""
    call.parameters()
    key = parse_id(call.names["key"])
    if key is None:
        raise NotFound("There is no such API key.", code="key_not_found")
    await call.write(lambda work: api_keys.revoke_key(work, key))
    return answers.empty()


async def read_audit(call: Call) -> Answer:
    """Everything that happened, newest first."""
    found = call.parameters(AUDIT)
    actor = parse_id(found["actor"]) if "actor" in found else None
    if "actor" in found and actor is None:
        raise Invalid.of([Problem("invalid_link", "Actor must be the id of a person.", "actor")])
    action = parameters.one_of(found, "action", ACTIONS)
    limit, before = parameters.whole(found, "limit", 50, 1, 200), parameters.whole(found, "before", 0, 0, 2**62)

    async def attempt(work: Workspace) -> Answer:
        entries = await audit_log(
            work,
            actor=actor,
            object_name=found.get("object", "")[:80].replace("\x00", ""),
            action=action,
            before=before or None,
            limit=limit,
        )
        following = str(entries[-1].id) if len(entries) == limit else None
        return answers.json({"data": entries, "next": following})

    return await call.read(attempt)


def _module(one: overview.ModuleOverview) -> dict[str, Any]:
    return {
        "name": one.module.name,
        "label": one.module.label,
        "help": one.module.help,
        "on": one.on,
        "works": one.works,
        "needs": one.needs,
        "needed_by": one.needed_by,
    }


def _settings(work: Workspace) -> dict[str, Any]:
    return {name: getattr(work.settings, name) for name in SettingsBody.__struct_fields__}


def _key(one: ApiKey) -> dict[str, Any]:
    return {
        "id": one.id,
        "user": one.user,
        "name": one.name,
        "prefix": one.prefix,
        "role": one.role,
        "scopes": one.scopes,
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "last_used_at": one.last_used_at,
        "revoked_at": one.revoked_at,
        "waits": one.waits,
    }


ROUTES = (
    Route("GET", "/admin/modules", list_modules),
    Route("PATCH", "/admin/modules/{name}", switch_module),
    Route("GET", "/admin/settings", get_settings),
    Route("PATCH", "/admin/settings", change_settings),
    Route("GET", "/admin/keys", list_keys),
    Route("POST", "/admin/keys", create_key),
    Route("POST", "/admin/keys/{key}/renew", renew_key),
    Route("DELETE", "/admin/keys/{key}", revoke_key),
    Route("GET", "/admin/audit", read_audit),
)
