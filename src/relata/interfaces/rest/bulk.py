"""Many rows at once: a CSV or JSON-lines file comes in, a worker writes it, and the caller asks how far it is."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from relata.engine.files.store import FileStore
from relata.engine.metadata.object import Object
from relata.engine.transfer import uploading
from relata.engine.transfer.uploading import Operation, Wish
from relata.engine.transfer.wizard import running
from relata.engine.transfer.wizard.intake import prepare
from relata.engine.workspace.callers import is_as_wide
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound, Unavailable
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.files import chunks

#: The parameters of an upload.
PARAMETERS = {
    "operation": "create, update, upsert (if left out) or delete.",
    "match": "Fields that say which record a row is about, separated by commas, such as email; id, or a unique field,"
    " if left out.",
    "blank_cells": "leave (if left out) what is there where a cell is blank, or clear it.",
    "quiet": "true tells nobody and runs no automation.",
    "warnings": "pass takes rows that a rule only warns of; they are refused if left out.",
}
PAGED = {"after": "The `next` of the page before.", "limit": "Lines on a page, 1 to 500; 500 if left out."}
#: Ten million rows of twenty columns; it goes to the disk as it comes, and to the worker from there.
MAX_UPLOAD_BYTES = 4_000_000_000
_KINDS = ("text/csv", "text/plain", "application/octet-stream")


async def upload(call: Call) -> Answer:
    """Begin. 202 with the job; 403 for a key that is narrower than its person, since a worker acts as the person."""
    found = parameters.read(call.query, tuple(PARAMETERS))
    wish = Wish(
        parameters.one_of(found, "operation", get_args(Operation)) or "upsert",
        parameters.listed(found, "match"),
        parameters.one_of(found, "blank_cells", ("leave", "clear")) or "leave",
        parameters.yes(found, "quiet"),
        parameters.one_of(found, "warnings", ("refuse", "pass")) or "refuse",
    )
    kind = (call.headers.get(b"content-type") or "").partition(";")[0].strip().lower()
    if kind not in _KINDS:
        raise Refusal(
            415, "unsupported_media_type", "Send the file as it is.", hint=f"Send CSV or JSON lines as {_KINDS[0]}."
        )
    schema, one = await call.read(lambda work: _begin(call, work))
    with tempfile.TemporaryDirectory(prefix="relata-bulk-") as folder:
        path = Path(folder) / "sent"
        await _take(call, path)
        prepared = await prepare(
            _store(call), schema, path, f"{one.path}.csv", Path(folder), max_bytes=MAX_UPLOAD_BYTES
        )
    if len(prepared) != 1:
        raise Invalid("Send one table.", code="several_tables", field="file")
    record = await call.write(lambda work: uploading.begin(work, call.jobs, one, prepared[0], wish))
    return answers.json(_told(record), 202, ("location", f"/api/v1/bulk/jobs/{record.id}"))


async def _begin(call: Call, work: Workspace) -> tuple[str, Object]:
    one = call.readable(work)
    if not is_as_wide(call.credentials):
        raise Denied(
            "This key is narrower than its person, and a worker would act as the person.", code="narrow_key",
            hint="Use a key without a role of its own that may write everything.",
        )  # fmt: skip
    return work.context.schema, one


async def _take(call: Call, path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        async for piece in chunks(call.receive):
            size += len(piece)
            if size > MAX_UPLOAD_BYTES:
                raise Refusal(
                    413, "too_large", f"At most {MAX_UPLOAD_BYTES:,} bytes come at once.", hint="Send it in parts."
                )
            await asyncio.to_thread(file.write, piece)


def _store(call: Call) -> FileStore:
    if call.store is None:
        raise Unavailable("There are no files here.", hint="Ask whoever runs this installation.")
    return call.store


async def list_jobs(call: Call) -> Answer:
    """The caller's jobs and imports, the latest first."""
    found = parameters.read(call.query, tuple(PAGED))
    limit = parameters.whole(found, "limit", 50, 1, 500)

    async def attempt(work: Workspace) -> Answer:
        records, following = await uploading.uploads(work, after=found.get("after", ""), limit=limit)
        return answers.page([_told(one) for one in records], following)

    return await call.read(attempt)


async def show_job(call: Call) -> Answer:
    """How far it is."""
    call.parameters()
    return answers.json(_told(await call.read(lambda work: running.mine(work, _job(call)))))


async def list_results(call: Call) -> Answer:
    """What became of the rows that were written."""
    found = parameters.read(call.query, tuple(PAGED))
    limit = parameters.whole(found, "limit", 500, 1, 500)
    after = parameters.whole(found, "after", 0, 0, 2**62)

    async def attempt(work: Workspace) -> Answer:
        rows = await uploading.results(work, _job(call), after=after, limit=limit)
        shown = [{"row": one.row, "id": one.id, "did": one.did} for one in rows]
        return answers.page(shown, str(rows[-1].at) if len(rows) == limit else "")

    return await call.read(attempt)


async def list_unchanged(call: Call) -> Answer:
    """The rows in which nothing differed from their records."""
    found = parameters.read(call.query, tuple(PAGED))
    limit = parameters.whole(found, "limit", 500, 1, 500)
    after = parameters.whole(found, "after", 0, 0, 2**31 - 2)

    async def attempt(work: Workspace) -> Answer:
        rows = await uploading.unchanged(work, _job(call), after=after, limit=limit)
        shown = [{"row": one.row, "id": one.id, "did": one.did} for one in rows]
        return answers.page(shown, str(rows[-1].at) if len(rows) == limit else "")

    return await call.read(attempt)


async def list_refused(call: Call) -> Answer:
    """The rows that were refused, with their reasons."""
    found = parameters.read(call.query, tuple(PAGED))
    limit = parameters.whole(found, "limit", 500, 1, 500)
    after = parameters.whole(found, "after", 0, 0, 2**62)

    async def attempt(work: Workspace) -> Answer:
        rows = await uploading.refused(work, _job(call), after=after, limit=limit)
        return answers.page(rows, str(rows[-1]["row"]) if len(rows) == limit else "")

    return await call.read(attempt)


async def cancel_job(call: Call) -> Answer:
    """No further row; what was written stays, and can be undone on the screen of the import."""
    call.parameters()
    return answers.json(_told(await call.write(lambda work: running.cancel(work, _job(call)))))


async def pause_job(call: Call) -> Answer:
    """No further row until it is resumed."""
    call.parameters()
    return answers.json(_told(await call.write(lambda work: running.pause(work, _job(call)))))


async def resume_job(call: Call) -> Answer:
    """From where it was: after a pause, a failure, or a worker that went away."""
    call.parameters()
    return answers.json(_told(await call.write(lambda work: running.go_on(work, call.jobs, _job(call)))))


def _told(record: Record) -> dict[str, Any]:
    plan = record["plan"] or {}
    operation = plan.get("mode", "upsert")
    counts = {name: record[name] or 0 for name in ("created", "updated", "unchanged", "skipped", "refused")}
    if operation == "delete":
        counts["deleted"] = counts.pop("updated")
    return {
        "id": record.id, "object": record["records_of"], "operation": operation, "status": record["status"],
        "total": record["total"], "done": record["settled"] or 0, **counts, "error": record["error"],
        "created_at": record["created_at"], "finished_at": record["finished_at"],
    }  # fmt: skip


def _job(call: Call) -> UUID:
    found = parse_id(call.names["job"])
    if found is None:
        raise NotFound("There is no such job.", code="unknown_job")
    return found
