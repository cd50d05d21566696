"""Whom one may write to about a record: itself where it has addresses, and the people it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from relata.engine.formula import Binary, Literal, Path, all_of, any_of
from relata.engine.messaging.mail.outgoing.addresses import Recipient
from relata.engine.messaging.mail.templates.filling import one_of
from relata.engine.metadata.fields import AnyTarget, Emails, Link
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.request import Query
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: People of one record that are offered at once.
OFFERED = 8


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address, and the record that holds it."""

    recipient: Recipient
    about: AnyTarget


def email_field(one: Object) -> Emails | None:
    """The object's field of e-mail addresses."""
    return next((field for field in one.fields if isinstance(field, Emails)), None)


def addressed(work: Workspace) -> list[Object]:
    """Objects with addresses that this person may read, people before companies."""
    found = [
        one for one in work.registry.objects.values()
        if (field := email_field(one)) is not None and work.actor.rights.level(one, "read")
        and work.actor.readable(one, field) and one.name != "user"
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.all_fields[one.title_field].type_name != "person_name")


def is_written_about(registry: Registry, one: Object) -> bool:
    """Whether records of this object have an address, or name others that do."""
    return email_field(one) is not None or bool(_ways(registry, one)) or bool(_children(registry, one))


def _ways(registry: Registry, one: Object) -> list[Link]:
    links = [field for field in one.fields if isinstance(field, Link) and field.to != one.name]
    return [field for field in links if field.to in registry.objects and email_field(registry.get(field.to))]


def _children(registry: Registry, one: Object) -> list[tuple[Object, str]]:
    """Related objects that point here by a link of their own and have addresses, such as an account's contacts."""
    found = []
    for relation in registry.relations.get(one.name, {}).values():
        child = registry.objects.get(relation.child)
        if child is not None and relation.kind == "link" and child.name != one.name and email_field(child):
            found.append((child, relation.field))
    return found


async def people_of(work: Workspace, record: Record) -> list[Person]:
    """The first who are meant when one writes about the record; itself first, then whom it names, then its own
    people."""
    found = await by_ids(work, record.object, [record.id])
    for field in _ways(work.registry, record.object):
        if record[field.name] is not None and work.actor.readable(record.object, field):
            found += await by_ids(work, work.registry.get(field.to), [record[field.name]])
    found.sort(key=lambda one: work.registry.get(one.about.object).title_field != "name" or not _is_person(work, one))
    if not found or not _is_person(work, found[0]):
        for child, link in _children(work.registry, record.object):
            if work.actor.rights.level(child, "read"):
                found += await _where(work, child, Binary("=", Path((link,)), Literal(str(record.id))))
    seen: dict[str, Person] = {}
    for one in found:
        seen.setdefault(one.recipient.address, one)
    return list(seen.values())[:OFFERED]


def _is_person(work: Workspace, one: Person) -> bool:
    about = work.registry.get(one.about.object)
    return about.all_fields[about.title_field].type_name == "person_name"


async def by_ids(work: Workspace, one: Object, ids: Sequence[UUID]) -> list[Person]:
    """The main address of each of these records that has one."""
    if not ids:
        return []
    return await _where(work, one, one_of("id", ids), len(ids))


async def by_address(work: Workspace, address: str, *objects: str) -> list[Person]:
    """The records, of these objects or of any, whose main address this is."""
    found: list[Person] = []
    for one in addressed(work):
        field = email_field(one)
        if field is not None and (not objects or one.name in objects):
            found += await _where(work, one, Binary("=", Path((field.name,)), Literal(address)), 3)
    return found


async def search(work: Workspace, words: str, limit: int = OFFERED) -> list[Person]:
    """People by name or address."""
    found: list[Person] = []
    for one in addressed(work):
        field = email_field(one)
        assert field is not None
        names = [name for name in (one.title_field, field.name) if work.actor.readable(one, one.all_fields[name])]
        parts = [
            any_of(Binary("contains", Path((name,)), Literal(word)) for name in names) for word in words.split()[:4]
        ]
        here = await _where(work, one, all_of(parts) if parts else None, limit)
        found += here
    return found[: limit * 2]


async def _where(work: Workspace, one: Object, condition: object, limit: int = OFFERED) -> list[Person]:
    field = email_field(one)
    if field is None or not work.actor.rights.level(one, "read") or not work.actor.readable(one, field):
        return []
    title = one.all_fields[one.title_field]
    shown = ("id", field.name, *((one.title_field,) if work.actor.readable(one, title) else ()))
    there = Binary("!=", Path((field.name,)), Literal(None))
    where = all_of([there, condition]) if condition is not None else there  # type: ignore[list-item]
    page = await work.query(Query(one.name, where, fields=shown, limit=min(limit, 500), few=True))
    people = []
    for row in page.rows:
        values = page.shape.values(row)
        name = title.to_columns(values.get(one.title_field))[0] if values.get(one.title_field) else ""
        entries = values[field.name]
        if entries and not isinstance(entries, str):
            people.append(Person(Recipient(entries[0].value, str(name or "")), AnyTarget(one.name, values["id"])))
    return people
