"""One record: get, create, change, delete, restore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.workspace.record import Record
from relata.engine.workspace.showing import shown_from_memory
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, idempotency, parameters
from relata.interfaces.rest.call import Call

#: The parameters of a single record.
PARAMETERS = {
    "fields": "Fields or paths to answer with, separated by commas. Left out: all.",
    "deleted": "true looks into the bin, too.",
}


async def get_record(call: Call) -> Answer:
    """A record, with its version as ETag."""
    found = call.parameters(PARAMETERS)
    fields, with_bin = parameters.listed(found, "fields"), parameters.yes(found, "deleted")

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record_id = call.record_id(one)
        shown = await work.show(one.name, record_id, _with_version(work, one, fields), deleted=_where(work, with_bin))
        if fields and "version" not in fields:
            version = shown.pop("version", None)
            return answers.json(shown, 200, *((("etag", answers.etag(version)),) if version is not None else ()))
        return answers.record(shown)

    return await call.read(attempt)


def _with_version(work: Workspace, one: Object, fields: tuple[str, ...]) -> tuple[str, ...]:
    readable = work.actor.readable(one, one.all_fields["version"])
    return (*fields, "version") if fields and readable and "version" not in fields else fields


def _where(work: Workspace, with_bin: bool) -> bool | None:
    if with_bin and not work.actor.rights.permits("see_deleted"):
        raise Denied("You may not look into the bin.", code="denied_bin")
    return None if with_bin else False


async def create_record(call: Call) -> Answer:
    """A new record. With an Idempotency-Key, a repeated request answers with the record that the first one made."""
    call.parameters()
    values = call.values()

    async def attempt(work: Workspace) -> Answer:
        one = work.registry.by_path(call.names["plural"])
        known = await idempotency.begin(work, call)
        if known is not None:
            record_id = UUID(known["id"])
            return _created(one, record_id, await shown_or_id(work, one, record_id))
        record = await work.create(one.name, values)
        await idempotency.finish(work, call, {"id": str(record.id)})
        return _created(one, record.id, await finished(work, record, is_new=True))

    return await call.write(attempt)


def _created(one: Object, record_id: UUID, shown: Mapping[str, Any]) -> Answer:
    return answers.record(shown, 201, ("location", f"/api/v1/{one.path}/{record_id}"))


async def change_record(call: Call) -> Answer:
    """The record with other values; what is left out stays as it is."""
    call.parameters()
    values, expected = call.values(), call.expected_version()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await work.change((one.name, call.record_id(one)), values, expect=expected)
        return answers.record(await finished(work, record))

    return await call.write(attempt)


async def delete_record(call: Call) -> Answer:
    """Into the bin."""
    call.parameters()
    expected = call.expected_version()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        await work.delete((one.name, call.record_id(one)), expect=expected)
        return answers.empty()

    return await call.write(attempt)


async def restore_record(call: Call) -> Answer:
    """Out of the bin, with what went with it."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        if not work.actor.rights.permits("see_deleted"):
            raise Denied("You may not restore records.", code="denied_restore")
        record = await work.restore((one.name, call.record_id(one)))
        return answers.record(await shown_or_id(work, one, record.id))

    return await call.write(attempt)


async def shown_record(work: Workspace, record: Record, *, is_new: bool = False) -> dict[str, Any]:
    """A record that was just written, as the caller may see it."""
    if not work.actor.rights.level(record.object, "read"):
        return {"id": record.id}
    return shown_from_memory(work.unit, record, is_new=is_new) or await shown_or_id(work, record.object, record.id)


async def shown_or_id(work: Workspace, one: Object, record_id: UUID) -> dict[str, Any]:
    """The record as the caller may see it; only its id where they gave it away, or may create and not read."""
    await work.settle()
    try:
        return await work.show(one.name, record_id, deleted=None)
    except (NotFound, Denied):
        return {"id": record_id}


async def finished(work: Workspace, record: Record, *, is_new: bool = False) -> dict[str, Any]:
    """The same as `shown_record`, as the last thing that the transaction does, commit included."""
    one = record.object
    if not work.actor.rights.level(one, "read"):
        return {"id": record.id}
    known = shown_from_memory(work.unit, record, is_new=is_new)
    if known:
        return known
    try:
        return await work.finish(one.name, record.id)
    except (NotFound, Denied):
        return {"id": record.id}


async def visible_record(work: Workspace, one: Object, record_id: UUID) -> Record:
    """A record that the caller sees, in the bin only if they may look there."""
    deleted = None if work.actor.rights.permits("see_deleted") else False
    return await work.get(one.name, record_id, deleted=deleted)
