"""A file comes in: it is read as a table, looked through, kept, and gets a mapping to begin with."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from relata.engine.files.attachments import Received, receive
from relata.engine.files.store import FileStore
from relata.engine.metadata.object import Object
from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import sheets
from relata.engine.transfer.wizard.formats.converting import Format, tables_of
from relata.engine.transfer.wizard.objects import IMPORT_MAPPING, IMPORT_RUN
from relata.engine.transfer.wizard.profile import Profile, profile_of
from relata.engine.transfer.wizard.proposing import propose, refit
from relata.engine.transfer.wizard.relations import Holds, held_by
from relata.engine.transfer.wizard.sheets import Sheet
from relata.engine.transfer.wizard.words import plain
from relata.engine.workspace.attached import add_file
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

#: Bytes of one file. A million rows of ten columns have about half of it.
MAX_BYTES = 200_000_000
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table that was read and stored, and belongs to no import yet."""

    name: str
    received: Received
    encoding: str
    separator: str
    digest: str
    profile: Profile
    held: Holds


def require(work: Workspace) -> None:
    """Denied without the permission to import."""
    if not work.actor.rights.permits("import_records"):
        raise Denied(_("You may not import records."), code="denied_import")


async def prepare(
    store: FileStore, schema: str, path: Path, name: str, folder: Path, also: Sequence[Format] = (), *,
    max_bytes: int = MAX_BYTES,
) -> list[Prepared]:  # fmt: skip
    """Read a file that somebody sent, and store each of its tables. Outside of any transaction; Invalid for a file that
    is no table."""
    found = []
    for table in await asyncio.to_thread(tables_of, path, name, folder, also):
        file = await asyncio.to_thread(CsvFile, table.path)
        profile = await asyncio.to_thread(profile_of, file)
        if not profile.rows:
            raise Invalid(
                _("%(name)s has no rows below its header.") % {"name": table.name}, code="empty_file", field="file"
            )
        digest = await asyncio.to_thread(file.digest)
        received = await receive(store, schema, f"{Path(name).stem}.csv", _pieces(table.path), max_bytes=max_bytes)
        held = await asyncio.to_thread(held_by, file)
        found.append(Prepared(table.name, received, file.form.encoding, file.form.separator, digest, profile, held))
    return found


async def begin(work: Workspace, one: Object | None, prepared: Prepared, mapping: Mapping | None = None) -> Record:
    """A new import of this table, with a mapping to begin with: a given one, that of the last such file, else a
    proposed one. one: None to guess the object, too."""
    require(work)
    everything = work.as_system()
    header = header_of(prepared.profile)
    past = mapping or await _past(work, one, header)
    one = one or (work.registry.objects.get(past.object) if past else None) or guess_object(work, prepared)
    fits = past is not None and past.object == one.name
    plan = refit(work, one, prepared.profile, past) if past and fits else propose(work, one, prepared.profile)
    values = {
        "name": prepared.name[:255], "records_of": one.name, "status": "draft", "total": prepared.profile.rows,
        "header": header, "plan": msgspec.to_builtins(plan, builtin_types=()), "is_quiet": False,
    }  # fmt: skip
    record = await everything.create(IMPORT_RUN, values, record_id=new_id())
    await add_file(everything, record, prepared.received)
    sheet = Sheet(
        prepared.received.id, prepared.encoding, prepared.separator, prepared.digest, prepared.profile
    )  # fmt: skip
    await sheets.keep(work, record.id, sheet)
    return record


def importable(work: Workspace) -> list[Object]:
    """Objects of which this person may make or change records by import."""
    rights = work.actor.rights
    return [
        one for one in work.registry.objects.values()
        if rights.level(one, "read") and (rights.level(one, "create") or rights.level(one, "change"))
        and (one.nav or one.reference or one.custom)
    ]  # fmt: skip


def guess_object(work: Workspace, prepared: Prepared) -> Object:
    """What the rows are: the object with the most of the columns, and the one that the file is named after."""
    objects = importable(work)
    if not objects:
        raise Denied(_("There is nothing that you may import."), code="denied_import")
    stem = plain(Path(prepared.name).stem)

    def score(one: Object) -> tuple[float, int]:
        columns = propose(work, one, prepared.profile).columns
        is_named = any(plain(name) in stem or stem in plain(name) for name in (one.path, one.title_plural, one.title))
        has_title = any(column.name == one.title_field for column in columns)
        return len(columns) + 3 * is_named + has_title, -len(one.fields)

    return max(objects, key=score)


def header_of(profile: Profile) -> str:
    """Equal for files with the same columns, in whatever order."""
    names = sorted(column.name for column in profile.columns)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


async def _past(work: Workspace, one: Object | None, header: str) -> Mapping | None:
    """How this person's last such file was mapped, or how somebody saved it."""
    everything = work.as_system()
    asked: dict[str, Any] = {"header": header, **({"records_of": one.name} if one else {})}
    mine: dict[str, Any] = {"created_by": work.actor.user, "status": "done"} if work.actor.user else {"status": "done"}
    runs = await everything.find(IMPORT_RUN, **asked, **mine, order="-created_at", limit=1)
    if runs:
        return msgspec.convert(runs[0]["plan"], Mapping)
    saved = await everything.find(IMPORT_MAPPING, **asked, order="-created_at", limit=1)
    return msgspec.convert(saved[0]["document"], Mapping) if saved else None


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
