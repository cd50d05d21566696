"""A workspace's own definitions, laid over what the modules declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from relata.engine.metadata.definition_checks import check_definition, check_looks
from relata.engine.metadata.fields import AnyField, Field, Option
from relata.engine.metadata.layout import Layout
from relata.engine.metadata.module import Module, Role
from relata.engine.metadata.object import Case, Object
from relata.engine.metadata.registry import Registry, build, check
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _

IDENTIFIER = re.compile(r"^[a-z](?:[a-z0-9]|_(?!_)){0,39}$")
#: What msgspec says of a definition that lacks a part.
_LACKS = re.compile(r"missing required field `(\w+)`")
#: Words that mean something else in paths, formulas or answers.
RESERVED = frozenset(
    "id readers writers and or not in is null true false between contains starts ends if me import export batch search "
    "metadata openapi aggregate history actions files feed views bin".split()
)
#: Columns that every table of PostgreSQL has already.
OF_POSTGRESQL = frozenset({"tableoid", "xmin", "xmax", "cmin", "cmax", "ctid", "oid"})
#: First words of addresses that are no object's.
RESERVED_PATHS = frozenset(
    "admin api approvals approve f focus forgot healthz invitation invitations oauth palette patterns readyz metrics"
    " reset"
    " setup settings"
    " sign_in sign_out confirm logo "
    "static choose choose_any choose_words shares".split()
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One stored piece of configuration. kind: object, field, tweak, layout, role, module, view, sharing_rule …"""

    kind: str
    name: str
    body: dict[str, Any]


class Tweak(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an administrator may change on a built-in field or object; None leaves it. labels: for other languages."""

    label: str | None = None
    plural_label: str | None = None
    labels: tuple[tuple[str, str], ...] | None = None
    plural_labels: tuple[tuple[str, str], ...] | None = None
    help: str | None = None
    required: bool | None = None
    hidden: bool | None = None
    icon: str | None = None
    colour: str | None = None
    nav: bool | None = None
    indexed: bool | None = None
    options: tuple[Option, ...] | None = None
    visible: str | None = None
    required_when: str | None = None
    case: Case | None = None


def decode_field(raw: Mapping[str, Any]) -> Field:
    """A custom field from its JSON definition; Invalid says what does not fit."""
    try:
        field: Field = msgspec.convert({**raw, "custom": True, "system": False}, type=AnyField, strict=False)
    except msgspec.ValidationError as error:
        if lacks := _LACKS.search(str(error)):
            problem = Problem("required", _("This type of field needs it."), lacks[1], _("Fill it in."))
            raise Invalid.of([problem]) from error
        raise Invalid(
            _("This field definition does not fit: %(error)s.") % {"error": error}, code="definition"
        ) from error
    check_identifier(field.name, "field")
    check_definition(field)
    return field


def decode_object(raw: Mapping[str, Any]) -> Object:
    """A custom object from its JSON definition; without fields it gets a name."""
    fields = list(raw.get("fields") or [])
    if not any(isinstance(one, Mapping) and one.get("name") == raw.get("title_field", "name") for one in fields):
        fields.insert(
            0,
            {
                "type": "text",
                "name": raw.get("title_field", "name"),
                "label": "Name",
                "required": True,
                "searchable": True,
            },
        )
    try:
        found = msgspec.convert({**raw, "fields": fields, "custom": True}, type=Object, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(
            _("This object definition does not fit: %(error)s.") % {"error": error}, code="definition"
        ) from error
    check_identifier(found.name, "object")
    check_identifier(found.path, "object")
    check_looks(
        {
            "label": found.label,
            "plural_label": found.plural_label,
            "help": found.help,
            "icon": found.icon,
            "colour": found.colour,
        }
    )
    if found.path == found.name:
        raise Invalid(_("The plural name must differ from the name."), code="definition", field="plural")
    decoded = tuple(decode_field(msgspec.to_builtins(one)) for one in found.fields)
    return msgspec.structs.replace(found, fields=decoded)


def decode_layout(raw: Mapping[str, Any]) -> Layout | None:
    """A stored layout; None for one of another time that no longer fits, so that the shipped one takes its place."""
    try:
        return msgspec.convert(raw, Layout)
    except msgspec.ValidationError:
        return None


def check_identifier(name: str, kind: str) -> None:
    """Invalid unless the name can stand in paths, formulas and columns."""
    is_taken = name in RESERVED or name in OF_POSTGRESQL or (kind == "object" and name in RESERVED_PATHS)
    if not IDENTIFIER.match(name) or is_taken:
        raise Invalid.of(
            [
                Problem(
                    "identifier",
                    _("The name of this %(kind)s can't be used.") % {"kind": kind},
                    "name",
                    _("Use small letters, digits and single underscores, starting with a letter; at most 40."),
                )
            ]
        )


#: Registries of modules alone, and those of workspaces without definitions by their version. Modules are told by their
#: identity and kept beside what was made of them, so that no other takes it.
_BASES: dict[tuple[int, ...], tuple[tuple[Module, ...], Registry]] = {}
_SHARED: dict[tuple[int, ...], tuple[tuple[Module, ...], Registry]] = {}
_MOST_SHARED = 16


def apply(modules: Iterable[Module], definitions: Iterable[Definition], version: int) -> Registry:
    """The registry of a workspace. What a switched-off module left dangling is left out, never an error. Workspaces of
    one process that define nothing of their own share one."""
    given, found = tuple(modules), list(definitions)
    if found:
        return _laid_over(given, found, version)
    return _once(_SHARED, (version, *map(id, given)), given, lambda: _laid_over(given, found, version))


def _once(
    known: dict[tuple[int, ...], tuple[tuple[Module, ...], Registry]],
    key: tuple[int, ...],
    modules: tuple[Module, ...],
    make: Callable[[], Registry],
) -> Registry:
    """The registry that is known under this key; made where there is none."""
    found = known.get(key)
    if found is None:
        made = make()
        if len(known) >= _MOST_SHARED:
            known.pop(next(iter(known)))
        found = known[key] = modules, made
    return found[1]


def _laid_over(modules: tuple[Module, ...], found: list[Definition], version: int) -> Registry:
    off = {one.name for one in found if one.kind == "module" and one.body.get("off")}
    enabled = tuple(_enabled(modules, off))
    base = _once(_BASES, tuple(map(id, enabled)), enabled, lambda: build(enabled))
    objects: dict[str, Object] = dict(base.objects)
    for one in found:
        if one.kind == "object":
            made = _tolerant(decode_object, one.body)
            if made is not None and made.name not in objects:
                objects[made.name] = made
    for one in found:
        if one.kind == "field" and one.body.get("object") in objects:
            field = _tolerant(decode_field, one.body["field"])
            target = objects[one.body["object"]]
            if field is not None and target.field(field.name) is None:
                objects[target.name] = msgspec.structs.replace(target, fields=(*target.fields, field))
    for one in found:
        if one.kind == "tweak":
            _tweak(objects, one)
    objects = with_rules(_without_dangling(objects), found)
    own = {one.name: layout for one in found if one.kind == "layout" and (layout := decode_layout(one.body))}
    layouts = {**base.layouts, **own}
    assigned = frozenset(
        one.body["object"] for one in found if one.kind == "assignment_rule" and one.body.get("is_active", True)
    )
    registry = Registry(objects, base.modules, layouts, version, roles_of(base, found), assigned & objects.keys())
    check(registry)
    return registry


def roles_of(base: Registry, definitions: Iterable[Definition]) -> dict[str, Role]:
    """The modules' roles, replaced or joined by the workspace's own."""
    own = {one.name: msgspec.convert(one.body, Role) for one in definitions if one.kind == "role"}
    return {**base.shipped_roles, **own}


def with_rules(objects: dict[str, Object], definitions: Iterable[Definition]) -> dict[str, Object]:
    """The objects with the workspace's own rules, entries and unique groups. One of a module's name takes its place, so
    that it can be switched off; what names a field that is gone is left out."""
    ruled = dict(objects)
    for one in definitions:
        target = ruled.get(one.body.get("object", "")) if one.kind in ("validation_rule", "entry", "unique") else None
        if target is None:
            continue
        if one.kind == "validation_rule":
            rule = msgspec.convert({**_without_object(one.body), "custom": True}, ValidationRule)
            others = tuple(known for known in target.rules if known.name != rule.name)
            target = msgspec.structs.replace(target, rules=(*others, rule))
        elif one.kind == "entry":
            entry = msgspec.convert({**_without_object(one.body), "custom": True}, Entry)
            kept = tuple(name for name in entry.needs if target.field(name) is not None)
            entry = msgspec.structs.replace(entry, needs=kept)
            rest = tuple(known for known in target.entries if (known.field, known.value) != (entry.field, entry.value))
            if target.field(entry.field) is not None:
                target = msgspec.structs.replace(target, entries=(*rest, entry) if kept else rest)
        else:
            group = tuple(one.body["fields"])
            if all(target.field(name) is not None for name in group) and group not in target.unique_together:
                target = msgspec.structs.replace(target, unique_together=(*target.unique_together, group))
        ruled[target.name] = target
    return ruled


def _without_object(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "object"}


def _enabled(modules: Iterable[Module], off: set[str]) -> list[Module]:
    """Modules that are on and whose dependencies are."""
    known = list(modules)
    off = off - {one.name for one in known if one.essential}
    while gone := {one.name for one in known if one.name in off or not set(one.depends) <= {m.name for m in known}}:
        known = [one for one in known if one.name not in gone]
        off = off - gone
    return known


def _tolerant(decode: Any, body: Any) -> Any:
    try:
        return decode(body)
    except RelataError:
        return None


def _tweak(objects: dict[str, Object], one: Definition) -> None:
    """name: `object` or `object.field`."""
    object_name, __, field_name = one.name.partition(".")
    target = objects.get(object_name)
    if target is None:
        return
    changes = {
        key: value
        for key, value in msgspec.structs.asdict(msgspec.convert(one.body, Tweak)).items()
        if value is not None
    }
    if not field_name:
        allowed = {key: value for key, value in changes.items() if key in Object.__struct_fields__}
        objects[object_name] = msgspec.structs.replace(target, **allowed)
        return
    fields = tuple(
        msgspec.structs.replace(
            field, **{key: value for key, value in changes.items() if key in field.__struct_fields__}
        )
        if field.name == field_name
        else field
        for field in target.fields
    )
    objects[object_name] = msgspec.structs.replace(target, fields=fields)


def _without_dangling(objects: dict[str, Object]) -> dict[str, Object]:
    kept = {}
    for one in objects.values():
        fields = tuple(field for field in one.fields if (to := getattr(field, "to", None)) is None or to in objects)
        kept[one.name] = one if len(fields) == len(one.fields) else msgspec.structs.replace(one, fields=fields)
    return kept
