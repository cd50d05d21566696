"""Rights that are no wider than two others: a person's own, and what their API key was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from relata.engine.access.levels import FieldLevel, Level
from relata.engine.access.rights import PERMISSIONS, RIGHTS, Rights
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.object import Object

#: Whether scopes reach an object, by its plural name: `Credentials.allows`.
Allows = Callable[[str, Literal["read", "write"]], bool]
#: Permissions that change nothing: a key for reading keeps them.
_LOOKING = ("export_records", "see_deleted", "see_audit")


def narrowed(rights: Rights, given: Rights | None, allows: Allows, *, everything: bool, label: str) -> Role:
    """One role that grants what `rights`, `given` (None: not narrowed by a role) and the scopes all grant.

    everything: whether the scopes reach every object for writing; only then administrative permissions stay.
    """
    both = (rights,) if given is None else (rights, given)
    grants = {one.name: _grant(one, both, allows) for one in rights.registry.objects.values()}
    return Role(label, grants=grants, permissions=_permissions(rights, both, allows, everything), alone=True)


def _grant(one: Object, both: tuple[Rights, ...], allows: Allows) -> Grant:
    if not allows(one.path, "read"):
        return _title_only(one, both) if one.reference else Grant()
    rights = RIGHTS if allows(one.path, "write") else ("read",)
    levels = {right: _word(min(each.level(one, right) for each in both)) for right in rights}
    fields = {name: _word(min(each.granted(one, field) for each in both)) for name, field in one.all_fields.items()}
    return Grant(**levels, fields=fields)


def _title_only(one: Object, both: tuple[Rights, ...]) -> Grant:
    """Out of reach, but what links show of it (a colleague's name, a stage's) stays."""
    title = one.all_fields[one.title_field]
    shown = min(FieldLevel.READ, *(each.granted(one, title) for each in both))
    return Grant("all", fields={name: _word(shown) if name == title.name else "none" for name in one.all_fields})


def _permissions(rights: Rights, both: tuple[Rights, ...], allows: Allows, everything: bool) -> tuple[str, ...]:
    registry = rights.registry
    of_actions = [
        (each.needs, registry.objects.get(each.object))
        for found in registry.actions.values()
        for each in found.values()
    ]
    if everything:
        known = {*PERMISSIONS, *(name for module in registry.modules.values() for name in module.permissions)}
        wanted = known | {needs for needs, _ in of_actions}
    else:
        wanted = {needs for needs, one in of_actions if one is not None and allows(one.path, "write")} | set(_LOOKING)
    return tuple(sorted(name for name in wanted if name and all(each.permits(name) for each in both)))


def _word(level: Level | FieldLevel) -> str:
    return level.name.lower()
