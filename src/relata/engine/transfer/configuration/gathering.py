"""A workspace's configuration as a package: its own definitions, and the records that are configuration."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.metadata.fields import AnyLink, Field, File, Link, Links, User
from relata.engine.metadata.object import SYSTEM_FIELDS, Object
from relata.engine.metadata.packed import PackedDefinition, PackedRecords
from relata.engine.metadata.registry import Registry
from relata.engine.query.request import Order, Query
from relata.engine.transfer.configuration.package import Package
from relata.engine.transfer.configuration.references import references_in
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace

#: In the order in which they are applied: what others stand on comes first.
KINDS = (
    "module", "object", "field", "tweak", "validation_rule", "entry", "unique", "layout", "role", "sharing_rule",
)  # fmt: skip
#: Objects whose records are configuration; links among them are kept.
RECORDS = ("team", "working_calendar", "holiday", "queue", "view", "metric", "report", "dashboard")
_SYSTEM = frozenset(field.name for field in SYSTEM_FIELDS)


def packed_definitions(registry: Registry) -> dict[str, PackedDefinition]:
    """The kinds that modules add, by name."""
    parts = [part for module in registry.modules.values() for part in module.packed]
    return {part.kind: part for part in parts if isinstance(part, PackedDefinition)}


def packed_records(registry: Registry) -> dict[str, PackedRecords]:
    """Records that modules tell in a way of their own, by object."""
    parts = [part for module in registry.modules.values() for part in module.packed]
    return {part.object: part for part in parts if isinstance(part, PackedRecords)}


def kinds_of(registry: Registry) -> tuple[str, ...]:
    """All kinds of definitions, in the order in which they are applied."""
    return (*KINDS, *packed_definitions(registry))


def records_of(registry: Registry) -> tuple[str, ...]:
    """All objects of which records come along, likewise."""
    return (*RECORDS, *packed_records(registry))


def check_right(work: Workspace) -> None:
    """Denied unless the actor may change objects as well as roles."""
    require(work, "manage_objects")
    require(work, "manage_roles")


async def gather(work: Workspace) -> Package:
    """Everything that makes this workspace its own, as far as the actor sees it."""
    check_right(work)
    definitions: dict[str, dict[str, dict[str, Any]]] = {}
    kinds = kinds_of(work.registry)
    for definition in work.context.definitions:
        if definition.kind in kinds:
            definitions.setdefault(definition.kind, {})[definition.name] = definition.body
    records: dict[str, dict[str, dict[str, Any]]] = {}
    for name in RECORDS:
        one = work.registry.objects.get(name)
        if one is not None and work.actor.rights.level(one, "read") and (found := await _records(work, one)):
            records[name] = found
    for name, part in packed_records(work.registry).items():
        if told := await part.gather(work):
            records[name] = told
    package = Package(definitions, records)
    return Package(definitions, records, await references_in(work, package))


async def _records(work: Workspace, one: Object) -> dict[str, dict[str, Any]]:
    found, after = {}, ""
    while True:
        page = await work.query(Query(one.name, order=(Order(("id",)),), fields=("id",), limit=500, after=after))
        for record in await work.get_many(one.name, [row[0] for row in page.rows]):
            values = {field.name: field.to_json(record[field.name]) for field in kept_fields(one)}
            told = msgspec.json.encode({name: value for name, value in values.items() if value is not None})
            found[str(record.id)] = msgspec.json.decode(told)  # as it comes back from a file
        if not page.next:
            return found
        after = page.next


def kept_fields(one: Object) -> list[Field]:
    """The fields that come along: what people set, but for people, files and links out of the configuration."""
    return [field for field in one.fields if field.name not in _SYSTEM and _comes_along(field)]


def _comes_along(field: Field) -> bool:
    if field.read_only or field.sensitivity == "secret" or isinstance(field, (File, AnyLink, User)):
        return False
    if isinstance(field, (Link, Links)) and field.to not in RECORDS:
        return False
    return bool(field.columns()) or isinstance(field, Links)
