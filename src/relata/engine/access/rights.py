"""What a set of roles allows, the most generous role winning; resolved once per person and registry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property

import msgspec

from relata.engine.access.levels import FieldLevel, Level
from relata.engine.formula import Unknown, check, parse
from relata.engine.metadata.fields import Field, Formula, RollUp
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid

RIGHTS = ("read", "create", "change", "delete")
#: Rights that administer the workspace; modules add theirs through `Module.permissions`.
PERMISSIONS = {
    "manage_users": "Invite people, give roles, end sessions.",
    "manage_roles": "Change roles and sharing rules.",
    "manage_objects": "Add, change and delete objects, fields, layouts and modules.",
    "manage_keys": "Make and revoke API keys of everyone.",
    "import_records": "Import records from files.",
    "export_records": "Export records to files.",
    "see_deleted": "See and restore the bin.",
    "purge_records": "Delete records for good.",
    "erase_records": "Erase a person for good, with everything that is only about them.",
    "see_audit": "Read the log of everything.",
}
_NOTHING = Grant()


class Rights:
    """The joined rights of some roles in one registry. `fingerprint` is equal where every decision is equal."""

    def __init__(self, registry: Registry, roles: Iterable[Role], *, system: bool = False) -> None:
        self.registry = registry
        self.roles = tuple(roles)
        self.system = system
        self._levels: dict[tuple[str, str], Level] = {}
        self._fields: dict[tuple[str, str], FieldLevel] = {}

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of registry version and roles, for cache keys."""
        if self.system:
            return f"{self.registry.version}:system"
        body = msgspec.json.encode(sorted(msgspec.to_builtins(role)["name"] + repr(role) for role in self.roles))
        return f"{self.registry.version}:{hashlib.sha256(body).hexdigest()[:16]}"

    def level(self, one: Object, right: str) -> Level:
        """How far `right` (read, create, change, delete) reaches on this object."""
        if self.system:
            return Level.ALL
        known = self._levels.get((one.name, right))
        if known is None:
            known = max((Level.named(getattr(grant, right)) for grant in self._grants(one)), default=Level.NONE)
            if right == "read" and one.reference:
                known = Level.ALL
            self._levels[one.name, right] = known
        return known

    def field_level(self, one: Object, field: Field) -> FieldLevel:
        """What this person may do with the field, on records that they may read."""
        if field.sensitivity == "secret":
            return FieldLevel.NONE
        if self.system:
            return FieldLevel.WRITE
        known = self._fields.get((one.name, field.name))
        if known is None:
            known = self._fields[one.name, field.name] = self._resolve(one, field)
        return known

    def readable(self, one: Object, field: Field) -> bool:
        """Whether values may be shown, filtered, sorted, grouped and searched by."""
        return self.field_level(one, field) >= FieldLevel.READ

    def writable(self, one: Object, field: Field) -> bool:
        """Whether values may be sent."""
        if field.sensitivity == "secret":
            return self.system or self._declared(one, field) >= FieldLevel.WRITE
        return self.field_level(one, field) >= FieldLevel.WRITE

    def granted(self, one: Object, field: Field) -> FieldLevel:
        """What was granted on the field; of a secret one, which nobody reads, whether it may be set."""
        if field.sensitivity == "secret":
            return FieldLevel.WRITE if self.system else self._declared(one, field)
        return self.field_level(one, field)

    def permits(self, permission: str) -> bool:
        """Whether a role holds the permission; the empty one is everybody's."""
        if self.system or not permission:
            return True
        return any(permission in role.permissions or "*" in role.permissions for role in self.roles)

    def _grants(self, one: Object) -> list[Grant]:
        other = "" if one.personal else "*"
        granted = [role.grants.get(one.name) or role.grants.get(other) or _NOTHING for role in self.roles]
        is_narrowed = bool(self.roles) and all(role.alone for role in self.roles)
        return granted if one.everyone is None or is_narrowed else [*granted, one.everyone]

    def _declared(self, one: Object, field: Field) -> FieldLevel:
        levels = []
        for grant in self._grants(one):
            if Level.named(grant.read) > Level.NONE:
                levels.append(FieldLevel.named(grant.fields.get(field.name, "write")))
            elif one.reference:  # read by everyone, but a field rule holds even so
                levels.append(min(FieldLevel.READ, FieldLevel.named(grant.fields.get(field.name, "read"))))
        return max(levels, default=FieldLevel.READ if one.reference else FieldLevel.NONE)

    def _resolve(self, one: Object, field: Field) -> FieldLevel:
        found = self._declared(one, field)
        sources = [source for name in field.derived_from if (source := one.field(name)) is not None]
        if any(not self.readable(one, source) for source in sources):
            return FieldLevel.NONE
        if found is FieldLevel.NONE or not isinstance(field, (Formula, RollUp)):
            return found
        # Until it is known: a circle of formulas, which no definition may make, ends here.
        self._fields[one.name, field.name] = FieldLevel.NONE
        fits = self._reads_what_it_may(one, field) if isinstance(field, Formula) else self._roll_up_is_open(one, field)
        return found if fits else FieldLevel.NONE

    def _reads_what_it_may(self, one: Object, field: Formula) -> bool:
        """A formula shows what it is made of, so all of that must be readable."""
        try:
            FieldScope(self.registry, one, _FieldsOf(self)).formula(one, field)
        except (Unknown, Invalid):
            return False
        return True

    def _roll_up_is_open(self, one: Object, field: RollUp) -> bool:
        """It counts every child, so it is for those who see them all with the fields that it reads, or to whom it was
        granted by name."""
        if any(FieldLevel.named(grant.fields.get(field.name, "")) >= FieldLevel.READ for grant in self._grants(one)):
            return True
        relation = self.registry.relations[one.name].get(field.over)
        if relation is None:
            return False
        child = self.registry.get(relation.child)
        scope = FieldScope(self.registry, child, _FieldsOf(self))
        try:
            scope.find((relation.field,))
            if field.field:
                scope.find((field.field,))
            if field.where:
                check(parse(field.where), scope)
        except (Unknown, Invalid):
            return False
        return self.level(child, "read") is Level.ALL


class _FieldsOf(AnyReader):
    """Somebody with these rights, as far as fields go."""

    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self.fingerprint = rights.fingerprint

    def readable(self, one: Object, field: Field) -> bool:
        """As the roles say."""
        return self._rights.readable(one, field)
