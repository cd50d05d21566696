"""What there is to work with: objects, fields, relations, actions and layouts, as the caller may see and use them."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.access.rights import RIGHTS, Rights
from relata.engine.metadata.fields import Field
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.metadata.validation import ValidationRule
from relata.engine.rules.reading import fields_read
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
        "fields": [_field(registry, rights, one, field) for field in known_fields(rights, one)],
        "relations": [
            relation
            for relation in registry.relations[one.name].values()
            if _may_follow(registry, rights, relation.child, relation.field)
        ],
        "actions": [_action(action) for action in permitted_actions(registry, rights, one)],
        "lifecycle": one.lifecycle,
        "rules": [_rule(rule) for rule in one.rules if rule.active and _may_know(registry, rights, one, rule)],
        "entries": [
            {"field": entry.field, "value": entry.value, "needs": needs}
            for entry in one.entries
            if (needs := [name for name in entry.needs if _knows(rights, one, name)])
            and _knows(rights, one, entry.field)
        ],
        "unique_together": [group for group in one.unique_together if all(_knows(rights, one, name) for name in group)],
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


def _field(registry: Registry, rights: Rights, one: Object, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(field, enc_hook=str)
    for name in _INTERNAL:
        described.pop(name, None)
    for holder, name in ((described, "visible"), (described, "required_when"), *_conditions(described)):
        if holder.get(name) and not _readable(registry, rights, one, holder[name]):
            del holder[name]
    level = rights.field_level(one, field)
    return {
        **described,
        "label": field.title,
        "read": level.name.lower() if level.name != "WRITE" else "read",
        "write": is_writable(rights, one, field),
        "required": field.required,
        "sortable": field.sortable,
    }


def _conditions(described: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    return [(option, "when") for option in described.get("options", ())]


def _readable(registry: Registry, rights: Rights, one: Object, text: str) -> bool:
    """Whether the caller may read everything that a condition names."""
    return all(_knows(rights, registry.get(holder), name) for holder, name in fields_read(registry, one, text))


def _rule(rule: ValidationRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "label": rule.title,
        "condition": rule.condition,
        "forbids": rule.forbids,
        "on": rule.on,
        "watched": rule.watched,
        "message": rule.words,
        "field": rule.field,
    }


def _may_know(registry: Registry, rights: Rights, one: Object, rule: ValidationRule) -> bool:
    """A rule that names what the caller may not read is not told; it holds all the same."""
    named = (rule.field, *rule.watched)
    return _readable(registry, rights, one, rule.condition) and all(_knows(rights, one, name) for name in named if name)


def _knows(rights: Rights, one: Object, name: str) -> bool:
    field = one.field(name)
    return field is not None and rights.readable(one, field)


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
