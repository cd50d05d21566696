"""Files of records, and loose ones that a field will name: sent as they are, piece by piece in both directions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from relata.engine.files import attachments, links
from relata.engine.files.attachments import Attachment, Received
from relata.engine.files.ranges import bytes_of, part_of
from relata.engine.files.serving import headers_of
from relata.engine.files.store import FileStore
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.http.asgi import Receive
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.rest import answers
from relata.interfaces.rest.answers import Stream
from relata.interfaces.rest.call import Call

#: The parameters of an upload.
PARAMETERS = {"name": "What the file is called, with its extension."}
LINK_PARAMETERS = {"inline": "Whether it may be shown in place, where its type is safe; else it is saved."}
_KINDS = ("application/octet-stream", "text/plain", "text/csv", "application/zip")


async def list_files(call: Call) -> Answer:
    """The record's files, the newest first."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await work.get(one.name, call.record_id(one))
        found = await attachments.files_of(work.unit.connection, work.context.schema, record.id)
        return answers.json({"data": [_shown(file) for file in found]})

    return await call.read(attempt)


async def attach_file(call: Call) -> Answer:
    """A new file of a record that the caller may change. Whether they may is asked before the bytes are taken."""

    async def may(work: Workspace) -> str:
        one = call.readable(work)
        record = await work.get(one.name, call.record_id(one))
        if not await work.may(record, "change"):
            raise Denied(f"You may see this {one.noun}, but not change it.", code="denied_change")
        return work.context.schema

    async def keep(work: Workspace) -> Attachment:
        await may(work)
        one = call.readable(work)
        return await attachments.keep(
            work.unit.connection, work.context.schema, received, owner=work.actor.user, object_name=one.name,
            record=call.record_id(one),
        )  # fmt: skip

    received = await _receive(call, await call.read(may))
    return answers.json(_shown(await call.write(keep)), 201)


async def upload_file(call: Call) -> Answer:
    """A loose file, for its owner alone until a field names it; forgotten after a day if none does."""

    async def schema_of(work: Workspace) -> str:
        return work.context.schema

    async def keep(work: Workspace) -> Attachment:
        return await attachments.keep(work.unit.connection, work.context.schema, received, owner=work.actor.user)

    received = await _receive(call, await call.read(schema_of))
    return answers.json(_shown(await call.write(keep)), 201)


async def download_file(call: Call) -> Answer | Stream:
    """The bytes, as something to save."""
    call.parameters()

    async def attempt(work: Workspace) -> tuple[str, Attachment]:
        return work.context.schema, await _visible(call, work)

    schema, file = await call.read(attempt)
    return streamed(call, schema, file.id, headers_of(file))


def streamed(call: Call, schema: str, file: UUID, headers: Mapping[str, str]) -> Answer | Stream:
    """A file as an answer, the part of it that was asked for, or that the caller has it already. headers: of all of
    it."""
    if call.headers.get(b"if-none-match") == headers["ETag"]:
        kept = [(name.lower(), value) for name, value in headers.items() if name in ("ETag", "Cache-Control")]
        return Answer(304, kept, b"")
    part = part_of(headers, call.headers.get(b"range"), call.headers.get(b"if-range"))
    told = [(name.lower(), value) for name, value in part.headers.items()]
    return Stream(part.status, told, bytes_of(_store(call), schema, file, part))


async def link_file(call: Call) -> Answer:
    """A signed link that works without a key for some minutes, for a browser or another program."""
    inline = call.parameters(LINK_PARAMETERS).get("inline", "true").lower()
    if inline not in ("true", "false"):
        raise Invalid("inline is true or false.", code="parameter", field="inline")
    _store(call)

    async def attempt(work: Workspace) -> Answer:
        file = await _visible(call, work)
        link = links.signed(work.context.keys, work.context.key, file.id, inline=inline == "true", now=work.clock.now)
        return answers.json({"url": call.origin + link.path, "expires_at": link.expires_at}, 201)

    return await call.read(attempt)


async def delete_file(call: Call) -> Answer:
    """Gone for good, for those who may change its record. The bytes follow after the commit."""
    call.parameters()
    store = _store(call)

    async def attempt(work: Workspace) -> Answer:
        file = await _visible(call, work)
        if file.object is not None and file.record is not None:
            record = await work.get(file.object, file.record)
            if not await work.may(record, "change"):
                raise Denied("You may only remove files from records that you may change.", code="denied_change")
        schema = work.context.schema
        await attachments.drop(work.unit.connection, schema, [file.id])
        work.unit.after_commit.append(lambda: store.delete(schema, file.id))
        return answers.empty()

    return await call.write(attempt)


async def _visible(call: Call, work: Workspace) -> Attachment:
    """The file in the path, if the caller sees the record that it belongs to; a loose one is its owner's alone."""
    key = parse_id(call.names["file"])
    if key is None:
        raise _unknown()
    file = await attachments.get_file(work.unit.connection, work.context.schema, key)
    if file.object is None or file.record is None:
        if file.owner != work.actor.user:
            raise _unknown()
        return file
    try:
        await work.get(file.object, file.record)
    except (NotFound, Denied):
        raise _unknown() from None
    return file


async def _receive(call: Call, schema: str) -> Received:
    kind = (call.headers.get(b"content-type") or "").partition(";")[0].strip().lower()
    if kind not in _KINDS:
        raise Refusal(415, "unsupported_media_type", "Send the file as it is.", hint=f"Send it as {_KINDS[0]}.")
    name = call.parameters(PARAMETERS).get("name", "")
    if not name.strip():
        raise Invalid("A file needs a name.", code="required", field="name", hint="Send ?name=offer.pdf.")
    return await attachments.receive(_store(call), schema, name, chunks(call.receive))


async def chunks(receive: Receive) -> AsyncIterator[bytes]:
    """A body, piece by piece as it comes."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "incomplete", "The request ended before its body did.")
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _store(call: Call) -> FileStore:
    if call.store is None:
        raise NotFound("There are no files here.", code="file_not_found")
    return call.store


def _shown(file: Attachment) -> dict[str, Any]:
    return asdict(file)


def _unknown() -> NotFound:
    return NotFound("There is no such file.", code="file_not_found")
