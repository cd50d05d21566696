"""What packages say of people, teams and queues: their ids where they are the same ones, as in a rehearsal, and beside
it what they are called, so that a package finds those of another workspace."""

from __future__ import annotations

import re
from uuid import UUID

import msgspec

from relata.engine.transfer.configuration.package import Package, Reference
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: By what each is known anywhere.
_KNOWN_BY = {"team": "name", "user": "email", "queue": "name"}
#: Between a team and the one above it.
_BELOW, _DEEPEST = " / ", 20


def ids_in(package: Package) -> set[str]:
    """Every id that it names."""
    return set(_ID.findall(msgspec.json.encode([package.definitions, package.records]).decode()))


async def references_in(work: Workspace, package: Package) -> dict[str, Reference]:
    """What its people, teams and queues are called here."""
    everything, found = work.as_system(), dict[str, Reference]()
    ids = [UUID(one) for one in sorted(ids_in(package))]
    for name in _KNOWN_BY:
        if name in work.registry.objects and ids:
            for record in await everything.get_many(name, ids):
                if key := await _key(everything, name, record):
                    found[str(record.id)] = Reference(name, key)
    return dict(sorted(found.items()))


async def resolved(work: Workspace, package: Package) -> Package:
    """The package in the ids of this workspace: what is here under another id, and alone has that name, is meant."""
    everything, here = work.as_system(), dict[str, str]()
    for name in _KNOWN_BY:
        wanted = {key: one for key, one in package.references.items() if one.object == name}
        if not wanted or name not in work.registry.objects:
            continue
        known = {str(one.id) for one in await everything.get_many(name, [UUID(key) for key in wanted])}
        missing = {key: one.key for key, one in wanted.items() if key not in known}
        if not missing:
            continue
        for key, told in missing.items():
            last = told.rpartition(_BELOW)[2]
            ids = await everything.ids(name, {_KNOWN_BY[name]: last})
            found = await everything.get_many(name, ids)
            same = [one for one in found if await _key(everything, name, one) == told]
            if len(same) == 1:
                here[key] = str(same[0].id)
    return _renamed(package, here) if here else package


def _renamed(package: Package, here: dict[str, str]) -> Package:
    text = msgspec.json.encode(package).decode()
    return msgspec.json.decode(_ID.sub(lambda found: here.get(found[0], found[0]), text), type=Package)


async def _key(work: Workspace, name: str, record: Record) -> str:
    """Of a team the way from the top."""
    if name != "team":
        return str(record[_KNOWN_BY[name]] or "")
    way, above = [record.title], record["parent"]
    while above is not None and len(way) < _DEEPEST:
        parents = await work.get_many("team", [above])
        if not parents:
            break
        way.insert(0, parents[0].title)
        above = parents[0]["parent"]
    return _BELOW.join(way)
