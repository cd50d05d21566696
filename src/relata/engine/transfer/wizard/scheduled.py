"""Scheduled imports at work: what is due is claimed, its files fetched, those that are new imported as the schedule's
owner, and the owner told of what failed."""

from __future__ import annotations

import asyncio
import fnmatch
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from relata.engine.fetching.client import Guard
from relata.engine.files.attachments import Attachment
from relata.engine.files.store import FileStore
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import intake, running
from relata.engine.transfer.wizard.formats.converting import Format
from relata.engine.transfer.wizard.intake import Prepared
from relata.engine.transfer.wizard.objects import IMPORT_MAPPING, IMPORT_RUN
from relata.engine.transfer.wizard.schedule_object import IMPORT_SCHEDULE
from relata.engine.workspace.attached import files_of
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError
from relata.foundation.i18n import gettext as _

#: Has somebody told something: (work, person, text, about).
Tell = Callable[[Workspace, UUID, str, AnyTarget | None], Awaitable[bool]]
_EVERY = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
#: Files of one look; seconds for one file from an address.
MOST_FILES, FETCH_SECONDS = 50, 300.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What scheduled imports stand on. folders: those of the server that the operator allows. also: kinds of files
    beside those that imports know."""

    door: Door
    store: FileStore
    guard: Guard
    tell: Tell
    folders: Sequence[Path] = ()
    also: Sequence[Format] = ()


async def claim_due(work: Workspace) -> list[UUID]:
    """The schedules whose time has come, each with its next time set, so that nobody runs one twice."""
    everything = work.as_system()
    found = await everything.find(IMPORT_SCHEDULE, "is_active and next_at <= now()", order="next_at", limit=100)
    for schedule in found:
        step = _EVERY[schedule["every"]]
        late = work.clock.now - schedule["next_at"]
        await everything.change(schedule, {"next_at": schedule["next_at"] + step * (late // step + 1)})
    return [schedule.id for schedule in found]


async def run_schedule(ground: Ground, key: str, schedule_id: UUID) -> None:
    """Import what is new. Whatever goes wrong is told to the owner and stands in the schedule."""
    schedule = await ground.door.run(key, None, lambda work: work.get(IMPORT_SCHEDULE, schedule_id), read_only=True)
    try:
        said, is_bad = await _import_new(ground, key, schedule)
    except RelataError as error:
        said, is_bad = f"{error.message} {error.hint or ''}".strip(), True

    async def note(work: Workspace) -> None:
        await work.change((IMPORT_SCHEDULE, schedule_id), {"last_at": work.clock.now, "last_result": said[:2000]})
        if is_bad and schedule["owner"] is not None:
            text = _("%(name)s: %(said)s") % {"name": schedule["name"], "said": said}
            await ground.tell(work, schedule["owner"], text[:300], AnyTarget(IMPORT_SCHEDULE, schedule_id))

    await ground.door.run(key, None, note, via="automation")


async def _import_new(ground: Ground, key: str, schedule: Record) -> tuple[str, bool]:
    """What came of it, and whether somebody must look at it. Nobody's schedule would run with every right."""
    if schedule["owner"] is None:
        raise Invalid(_("Nobody owns this schedule any more."), code="no_owner", hint=_("Make it anew."))
    runs: list[Record] = []
    known = 0
    with tempfile.TemporaryDirectory(prefix="relata-schedule-") as folder:
        for path, name in await _files(ground, key, schedule, Path(folder)):
            with tempfile.TemporaryDirectory(prefix="relata-import-") as tables:
                schema = (await ground.door.context(key)).schema
                for prepared in await intake.prepare(ground.store, schema, path, name, Path(tables), ground.also):
                    run = await _import_one(ground, key, schedule, prepared)
                    known += run is None
                    runs += [run] if run is not None else []
    if not runs:
        return (_("Nothing new.") if known else _("There was no file."), False)
    counts = {name: sum(run[name] or 0 for run in runs) for name in running.COUNTS}
    failed = [run for run in runs if run["status"] != "done"]
    said = _("%(new)s new, %(changed)s changed, %(same)s the same, %(bad)s not imported.") % {
        "new": counts["created"], "changed": counts["updated"], "same": counts["unchanged"], "bad": counts["refused"],
    }  # fmt: skip
    if failed:
        said = f"{said} {failed[0]['error'] or ''}".strip()
    return said, bool(failed or counts["refused"])


async def _import_one(ground: Ground, key: str, schedule: Record, prepared: Prepared) -> Record | None:
    """The import of one table; None where this very table came before."""
    who = schedule["owner"]

    async def begin(work: Workspace) -> UUID | None:
        everything = work.as_system()
        await work.lock(f"import schedule {schedule.id}")
        if await _came_before(work, schedule.id, prepared.digest):
            return None
        await work.get(IMPORT_MAPPING, schedule["mapping"])
        mapping = msgspec.convert((await everything.get(IMPORT_MAPPING, schedule["mapping"]))["document"], Mapping)
        _require_columns(mapping, prepared)
        run = await intake.begin(work, work.registry.get(mapping.object), prepared, mapping)
        await everything.change(run, {"schedule": schedule.id, "is_quiet": bool(schedule["is_quiet"])})
        await running.start(work, None, run.id)
        return run.id

    run = await ground.door.run(key, who, begin, via="import")
    if run is None:
        return None
    try:
        await running.write(ground.door, ground.store, key, who, run)
    except RelataError as error:
        await running.fail(ground.door, key, run, f"{error.message} {error.hint or ''}".strip())
    return await ground.door.run(key, None, lambda work: work.get(IMPORT_RUN, run), read_only=True)


async def _came_before(work: Workspace, schedule: UUID, digest: str) -> bool:
    space = quoted(work.context.schema)
    row = await work.unit.connection.fetch_one(
        f"select 1 from {space}.{IMPORT_RUN} r join {space}._import_sheet s on s.run = r.id"
        " where r.schedule = %s and s.digest = %s and r.status <> 'failed' limit 1",
        (schedule, digest),
    )
    return row is not None


def _require_columns(mapping: Mapping, prepared: Prepared) -> None:
    """A file whose columns are others than the mapping's would be read as half of itself."""
    there = {column.name for column in prepared.profile.columns}
    if missing := [entry.column for entry in mapping.columns if entry.column and entry.column not in there]:
        raise Invalid(
            _("%(file)s has no column %(column)s.") % {"file": prepared.name, "column": missing[0]},
            code="other_columns", hint=_("Import it once by hand, and keep its mapping under the same name."),
        )  # fmt: skip


async def _files(ground: Ground, key: str, schedule: Record, into: Path) -> list[tuple[Path, str]]:
    """Copies of the files, with their names."""
    if schedule["source"] == "folder":
        return await asyncio.to_thread(_of_folder, ground.folders, schedule, into)
    if schedule["source"] == "mailbox":
        return await _of_mailbox(ground, key, schedule, into)
    found = await ground.guard.fetch(
        schedule["address"], limit_bytes=intake.MAX_BYTES, seconds=FETCH_SECONDS, redirects=3
    )  # fmt: skip
    if not found.is_ok:
        raise Invalid(
            _("The address answered %(status)s.") % {"status": found.status}, code="no_file",
            hint=_("Check the address."),
        )  # fmt: skip
    path = into / "fetched"
    await asyncio.to_thread(path.write_bytes, found.body)
    return [(path, unquote(Path(urlsplit(schedule["address"]).path).name)[:200] or "file.csv")]


async def _of_mailbox(ground: Ground, key: str, schedule: Record, into: Path) -> list[tuple[Path, str]]:
    """The files of mails that the owner may see, sent by that address since the schedule was made; oldest first."""

    async def find(work: Workspace) -> tuple[str, list[Attachment]]:
        mails = await work.find(
            EMAIL, "has_attachments", mailbox=schedule["mailbox"], from_address=str(schedule["sender"]).strip().lower(),
            order="-sent_at", limit=MOST_FILES,
        )  # fmt: skip
        files = [
            file
            for mail in reversed(mails) if mail["created_at"] >= schedule["created_at"]
            for file in await files_of(work, mail) if fnmatch.fnmatch(file.name, schedule["pattern"] or "*")
        ]  # fmt: skip
        return work.context.schema, files[-MOST_FILES:]

    schema, files = await ground.door.run(key, schedule["owner"], find, read_only=True)
    found = []
    for at, file in enumerate(files):
        path = into / str(at)
        with path.open("wb") as copy:
            async for piece in ground.store.read(schema, file.id):
                await asyncio.to_thread(copy.write, piece)
        found.append((path, file.name))
    return found


def _of_folder(allowed: Sequence[Path], schedule: Any, into: Path) -> list[tuple[Path, str]]:
    """Plain files alone: neither links, which may lead anywhere, nor what hides behind a dot."""
    folder = Path(schedule["folder"]).resolve()
    if not any(folder.is_relative_to(one.resolve()) for one in allowed):
        raise Invalid(
            _("This folder is not among those that the operator allows."), code="denied_folder",
            hint=_("Ask for it to be added to RELATA_IMPORT_FOLDERS."),
        )  # fmt: skip
    if not folder.is_dir():
        raise Invalid(_("There is no such folder."), code="no_folder", hint=_("Check its name."))
    found: list[tuple[Path, str]] = []
    for path in sorted(folder.iterdir()):
        wanted = fnmatch.fnmatch(path.name, schedule["pattern"] or "*") and not path.name.startswith(".")
        if not wanted or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > intake.MAX_BYTES:
            raise Invalid(_("%(file)s is larger than 200 MB.") % {"file": path.name}, code="too_large")
        copy = into / str(len(found))
        shutil.copyfile(path, copy, follow_symlinks=False)
        found.append((copy, path.name))
        if len(found) == MOST_FILES:
            break
    return found
