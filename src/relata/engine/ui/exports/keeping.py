"""How long the file of an export is there: for a day, and only while whoever began it may have it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import Job, Queue
from relata.engine.ui.exports.objects import EXPORT_RUN
from relata.engine.ui.exports.wish import MEDIA_TYPES, Wish
from relata.engine.workspace.acting import as_person
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Expired, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

TASK, CRON = "clear_exports", "*/10 * * * *"
_AT_ONCE = 200
#: A filter may name somebody: once there is no file, nobody needs it.
_FORGOTTEN = {"file": None, "basis": None, "plan": None}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """schema, file: where its bytes lie. headers: of the whole file."""

    schema: str
    file: UUID
    headers: dict[str, str]


async def basis_of(work: Workspace) -> str:
    """What the actor's roles and teams come to: a file that was written with other rights is given to nobody."""
    actor, roles = work.actor, work.actor.rights.roles
    told = (sorted(map(repr, roles)), sorted(map(str, actor.teams)), sorted(map(str, actor.below)))
    return hashlib.sha256(repr(told).encode()).hexdigest()


async def file_of(work: Workspace, export: UUID) -> ExportFile:
    """The file, for whoever began the export; the log says that it left. Denied for who may not have it any more,
    Expired for one that is gone, NotFound for one that is not there yet."""
    record = await work.get(EXPORT_RUN, export)
    if record["created_by"] != work.actor.user or not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    file = parse_id(record["file"] or "")
    if file is None and record["status"] != "gone":
        raise NotFound(_("There is no file yet."), code="no_file", hint=_("Wait until the export is done."))
    if file is None or record["kept_until"] <= datetime.now(UTC):
        raise Expired(_("The file is gone."), code="export_gone", hint=_("Export anew."))
    if record["basis"] != await basis_of(work):
        raise Denied(
            _("What you may see changed since this was written."), code="rights_changed", hint=_("Export anew.")
        )
    plan = (await work.as_system().get(EXPORT_RUN, export))["plan"]  # secret from everyone
    await work.log(EXPORT_RUN, record.id, "fetched", after={"bytes": record["bytes"]})
    return ExportFile(work.context.schema, file, _headers(work, record, plan))


def _headers(work: Workspace, record: Record, plan: Any) -> dict[str, str]:
    wish = msgspec.convert(plan, Wish)
    one = work.registry.objects.get(wish.object)
    name = f"{one.path if one else wish.object}-{record['created_at'].date().isoformat()}.{wish.form}"
    return {
        "Content-Type": MEDIA_TYPES[wish.form],
        "Content-Length": str(record["bytes"]),
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "ETag": f'"{record["digest"]}"',
    }


def register(queue: Queue, door: Door, store: FileStore) -> None:
    """The recurring task; its args: schema."""

    @queue.task(TASK)
    async def clear_exports(job: Job) -> None:
        key = str(job.args["schema"]).removeprefix("w_")
        await clear(door, store, key)


async def clear(door: Door, store: FileStore, key: str) -> int:
    """Removes the files whose day is over, and those of who left or may no longer have them; how many."""

    async def take(work: Workspace) -> list[UUID]:
        gone = []
        for record in await work.find(EXPORT_RUN, status="done", order="created_at", limit=_AT_ONCE):
            why = await _why_gone(work, record)
            file = parse_id(record["file"] or "")
            if why and file is not None:
                await work.change(record, _FORGOTTEN | {"status": "gone", "error": why})
                gone.append(file)
        return gone

    gone = await door.run(key, None, take, via="automation")
    for file in gone:
        await store.delete(f"w_{key}", file)
    return len(gone)


async def _why_gone(work: Workspace, record: Record) -> str:
    if record["kept_until"] <= datetime.now(UTC):
        return _("Its day is over.")
    person = await as_person(work, record["created_by"], via="export") if record["created_by"] else None
    if person is None:
        return _("Whoever began it left.")
    if not person.actor.rights.permits("export_records") or record["basis"] != await basis_of(person):
        return _("What its owner may see changed.")
    return ""
