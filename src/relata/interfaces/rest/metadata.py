"""What there is to work with: objects, fields, relations, actions and layouts, as the caller may see and use them."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.access.rights import RIGHTS, Rights
from relata.engine.metadata.fields import Field
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import language
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.actions import record_field
from relata.interfaces.rest.call import Call

#: Properties of a field that say how the engine keeps it, and mean nothing to who uses it.
_INTERNAL = ("indexed", "searchable", "default", "system", "read_only")


async def list_metadata(call: Call) -> Answer:
    """All objects that the caller may read."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        key = ("metadata", language(), work.actor.fingerprint)
        body: bytes = work.context.statements.get(key, lambda: answers.encoded(_everything(work)))
        return answers.raw(body)

    return await call.read(attempt)


async def get_metadata(call: Call) -> Answer:
    """One object."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        key = ("metadata", language(), one.name, work.actor.fingerprint)
        described = work.context.statements.get(key, lambda: describe(work.registry, work.actor.rights, one))
        return answers.json(described)

    return await call.read(attempt)


def _everything(work: Workspace) -> dict[str, Any]:
    registry, rights = work.registry, work.actor.rights
    return {
        "version": registry.version,
        "objects": [describe(registry, rights, one) for one in readable_objects(registry, rights)],
    }


def readable_objects(registry: Registry, rights: Rights) -> list[Object]:
    """The objects of which somebody with these rights may read something."""
    return [one for one in registry.objects.values() if rights.level(one, "read")]


def describe(registry: Registry, rights: Rights, one: Object) -> dict[str, Any]:
    """One object for a program or a screen."""
    return {
        "name": one.name,
        "path": one.path,
        "label": one.title,
        "plural_label": one.title_plural,
        "help": one.help,
        "icon": one.icon,
        "colour": one.colour,
        "module": one.module,
        "custom": one.custom,
        "title_field": one.title_field,
        "rights": {right: rights.level(one, right).name.lower() for right in RIGHTS},
        "fields": [_field(rights, one, field) for field in known_fields(rights, one)],
        "relations": [
            relation
            for relation in registry.relations[one.name].values()
            if _may_follow(registry, rights, relation.child, relation.field)
        ],
        "actions": [_action(action) for action in permitted_actions(registry, rights, one)],
        "lifecycle": one.lifecycle,
        "layout": _layout(registry, rights, one),
    }


def known_fields(rights: Rights, one: Object) -> list[Field]:
    """The fields that may be read, masked or set; secret ones may only be set."""
    return [field for field in one.all_fields.values() if rights.field_level(one, field) or rights.writable(one, field)]


def is_writable(rights: Rights, one: Object, field: Field) -> bool:
    """Whether a caller may send values."""
    return (
        not field.system
        and not field.read_only
        and (field.stored or field.type_name == "links")
        and rights.writable(one, field)
    )


def permitted_actions(registry: Registry, rights: Rights, one: Object) -> list[Action]:
    """The actions for which the right is there."""
    return [action for action in registry.actions.get(one.name, {}).values() if rights.permits(action.needs)]


def _field(rights: Rights, one: Object, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(field, enc_hook=str)
    for name in _INTERNAL:
        described.pop(name, None)
    level = rights.field_level(one, field)
    return {
        **described,
        "label": field.title,
        "read": level.name.lower() if level.name != "WRITE" else "read",
        "write": is_writable(rights, one, field),
        "required": field.required,
        "sortable": field.sortable,
    }


def _may_follow(registry: Registry, rights: Rights, child: str, field: str) -> bool:
    one = registry.get(child)
    back = one.field(field)
    return bool(rights.level(one, "read")) and back is not None and rights.readable(one, back)


def _action(action: Action) -> dict[str, Any]:
    schema = msgspec.json.schema(action.command)
    return {
        "name": action.name,
        "label": action.label,
        "help": action.help,
        "icon": action.icon,
        "offered": action.offered,
        "record_field": record_field(action),
        "command": schema,
    }


def _layout(registry: Registry, rights: Rights, one: Object) -> dict[str, Any]:
    """The declared layout without the fields that this caller may not read."""

    def shown(path: str) -> bool:
        field = one.field(path.lstrip("-").partition(".")[0])
        return field is None or rights.field_level(one, field) > 0

    described: dict[str, Any] = msgspec.to_builtins(
        registry.layout(one.name, tuple(role.name for role in rights.roles))
    )
    for key in ("columns", "highlights", "quick"):
        if key in described:
            described[key] = [path for path in described[key] if shown(path)]
    of_tabs = (section for tab in described.get("tabs", ()) for section in tab.get("sections", ()))
    for section in (*described.get("sections", ()), *of_tabs):
        section["fields"] = [path for path in section["fields"] if shown(path)]
    return described
