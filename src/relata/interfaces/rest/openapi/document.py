"""The whole document, made once for each set of rights and each version of the registry."""

from __future__ import annotations

from typing import Any

from relata import __version__
from relata.engine.access.actor import Actor
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.scope import FieldScope
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import language
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.metadata import is_writable, permitted_actions, readable_objects
from relata.interfaces.rest.openapi import fields
from relata.interfaces.rest.openapi.administration import administration_paths, administration_schemas
from relata.interfaces.rest.openapi.bulk import bulk_paths
from relata.interfaces.rest.openapi.general import general_paths
from relata.interfaces.rest.openapi.operations import command_schemas, paths_of
from relata.interfaces.rest.openapi.shapes import Schema, error_responses, fixed_schemas

_ABOUT = """Every object of this workspace that you may read, with its fields and actions. Filters are written in the
expression language, such as `stage = "won" and amount > 10000 and account.industry in ("software", "retail")`."""


async def openapi(call: Call) -> Answer:
    """The document for the caller."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        key = ("openapi", language(), work.actor.fingerprint)
        body: bytes = work.context.statements.get(
            key, lambda: answers.encoded(document(work.registry, work.actor, work.settings.name))
        )
        return answers.raw(body)

    return await call.read(attempt)


def document(registry: Registry, actor: Actor, name: str) -> dict[str, Any]:
    """OpenAPI 3.1 for everybody with the rights of `actor`."""
    objects = readable_objects(registry, actor.rights)
    paths = general_paths() | bulk_paths() | administration_paths(actor.rights)
    for one in objects:
        paths |= paths_of(registry, actor, one)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name}: Relata", "version": __version__, "description": _ABOUT.replace("\n", " ")},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}, {"session": []}],
        "tags": [{"name": one.title_plural, "description": one.help} for one in objects],
        "paths": paths,
        "components": {
            "schemas": {
                **fixed_schemas(),
                **administration_schemas(actor.rights),
                **_schemas(registry, actor, objects),
            },
            "responses": error_responses(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, rk_…"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "relata_session",
                    "description": "A browser that signed in.",
                },
            },
        },
    }


def _schemas(registry: Registry, actor: Actor, objects: list[Object]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for one in objects:
        found[one.name] = _answered(registry, actor, one)
        found[f"{one.name}_new"] = _sent(actor, one, is_new=True)
        found[f"{one.name}_values"] = _sent(actor, one, is_new=False)
        for action in permitted_actions(registry, actor.rights, one):
            found |= command_schemas(action)
    return found


def _answered(registry: Registry, actor: Actor, one: Object) -> Schema:
    """Nothing is required, since `fields` may leave anything out; paths come under their dotted names."""
    scope = FieldScope(registry, one, actor)
    properties: dict[str, Schema] = {"id": {"type": "string", "format": "uuid"}}
    for name, field in one.all_fields.items():
        if actor.readable(one, field) or actor.masked(one, field):
            properties[name] = fields.answered(field, one, scope, masked=actor.masked(one, field))
    return {"type": "object", "title": one.title, "description": one.help, "properties": properties}


def _sent(actor: Actor, one: Object, *, is_new: bool) -> Schema:
    writable = {name: field for name, field in one.all_fields.items() if is_writable(actor.rights, one, field)}
    required = [
        name
        for name, field in writable.items()
        if is_new and field.required and field.default is None and not (one.lifecycle and one.lifecycle.field == name)
    ]
    properties = {name: fields.sent(field) for name, field in writable.items()}
    found: Schema = {"type": "object", "title": one.title, "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found
