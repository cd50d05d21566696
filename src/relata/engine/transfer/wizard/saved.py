"""Mappings that people keep and share."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard.objects import IMPORT_MAPPING
from relata.engine.transfer.wizard.running import mine
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


async def save(work: Workspace, run: UUID, name: str) -> Record:
    """Keep the mapping of an import under a name; one of the same name that is the person's is replaced."""
    record = await mine(work, run)
    everything = work.as_system()
    values = {"document": record["plan"], "records_of": record["records_of"], "header": record["header"]}
    known = await everything.find(IMPORT_MAPPING, name=name[:120], owner=work.actor.user, limit=1)
    if known:
        return await everything.change(known[0], values)
    made = await work.create(IMPORT_MAPPING, {"name": name[:120], "owner": work.actor.user})
    return await everything.change((IMPORT_MAPPING, made.id), values)


async def find(work: Workspace, mapping: UUID) -> Mapping:
    """One that the person may see; NotFound for any other."""
    await work.get(IMPORT_MAPPING, mapping)
    return msgspec.convert((await work.as_system().get(IMPORT_MAPPING, mapping))["document"], Mapping)


async def fitting(work: Workspace, one: Object) -> list[Record]:
    """Those that make records of this object, the newest first."""
    return await work.find(IMPORT_MAPPING, records_of=one.name, order="-created_at", limit=50)
