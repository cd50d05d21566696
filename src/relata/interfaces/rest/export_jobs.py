"""Exports that the server writes: begun here, asked how far they are, and fetched for a day, from any byte on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.transfer.packed_members import Inner
from relata.engine.ui.exports import keeping, running
from relata.engine.ui.exports.wish import Form, Wish
from relata.engine.workspace.callers import is_as_wide
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.answers import Stream
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.files import streamed

PAGED = {"after": "The `next` of the page before.", "limit": "Exports on a page, 1 to 500; 50 if left out."}


class ExportAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body. fields: as in the query of a list; csv without is what an import brings back. shown: as lists on the
    screen show it, names in place of ids. history: in a ZIP, what happened to the records. inner: in a ZIP, what its
    records are written as."""

    format: Form = "csv"
    where: str = ""
    order: str = ""
    fields: tuple[str, ...] = ()
    deleted: bool = False
    shown: bool = False
    history: bool = False
    inner: Inner = "jsonl"


async def begin(call: Call) -> Answer:
    """202 with the export; 403 for a key that is narrower than its person, since a worker acts as the person."""
    call.parameters()
    asked = call.shaped(ExportAsked)

    async def start(work: Workspace) -> Record:
        one = call.readable(work)
        if not is_as_wide(call.credentials):
            raise Denied(
                "This key is narrower than its person, and a worker would act as the person.", code="narrow_key",
                hint="Use a key without a role of its own that may write everything.",
            )  # fmt: skip
        wish = Wish(
            one.name, asked.format, asked.where, asked.order, asked.fields, deleted=asked.deleted,
            is_shown=asked.shown, history=asked.history, inner=asked.inner,
        )  # fmt: skip
        return await running.begin(work, call.jobs, wish)

    record = await call.write(start)
    return answers.json(_told(record), 202, ("location", f"/api/v1/bulk/exports/{record.id}"))


async def list_exports(call: Call) -> Answer:
    """One's own, the latest first."""
    found = parameters.read(call.query, tuple(PAGED))
    limit = parameters.whole(found, "limit", 50, 1, 500)

    async def attempt(work: Workspace) -> Answer:
        records, following = await running.own(work, after=found.get("after", ""), limit=limit)
        return answers.page([_told(one) for one in records], following)

    return await call.read(attempt)


async def show_export(call: Call) -> Answer:
    """How far it is, and until when its file is kept."""
    call.parameters()
    return answers.json(_told(await call.read(lambda work: running.mine(work, _export(call)))))


async def cancel_export(call: Call) -> Answer:
    """No further page; nothing is kept."""
    call.parameters()
    return answers.json(_told(await call.write(lambda work: running.cancel(work, _export(call)))))


async def fetch_export(call: Call) -> Answer | Stream:
    """The file, or the part that is asked for with `Range`."""
    call.parameters()
    found = await call.write(lambda work: keeping.file_of(work, _export(call)))
    return streamed(call, found.schema, found.file, found.headers)


def _told(record: Record) -> dict[str, Any]:
    return {
        "id": record.id, "object": record["records_of"], "format": record["form"], "status": record["status"],
        "total": record["total"], "written": record["written"] or 0, "bytes": record["bytes"],
        "error": record["error"], "created_at": record["created_at"], "finished_at": record["finished_at"],
        "kept_until": record["kept_until"],
    }  # fmt: skip


def _export(call: Call) -> UUID:
    found = parse_id(call.names["export"])
    if found is None:
        raise NotFound("There is no such export.", code="unknown_export")
    return found
