"""What an import knows of its file: where it is kept, how it was written, what its columns hold, and what became of
each row when it was tried."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.storage.planner import quoted
from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.wizard.profile import Profile
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: One letter a row, in the order of the file: what became of it.
CODES = {"created": "c", "updated": "u", "unchanged": "s", "skipped": "k", "refused": "r"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """file: in the store. digest: of its content."""

    file: UUID
    encoding: str
    separator: str
    digest: str
    profile: Profile


async def keep(work: Workspace, run: UUID, sheet: Sheet) -> None:
    """Remember it for this import. The caller may steer the import."""
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._import_sheet (run, file, encoding, separator, digest, profile)"
        " values (%s, %s, %s, %s, %s, %s::jsonb)",
        (
            run, sheet.file, sheet.encoding, sheet.separator, sheet.digest,
            msgspec.json.encode(sheet.profile).decode().replace("\\u0000", ""),
        ),
    )  # fmt: skip


async def sheet_of(work: Workspace, run: UUID) -> Sheet:
    """Of an import that the caller has read through the door; NotFound where the file is gone."""
    row = await work.unit.connection.fetch_one(
        "select file, encoding, separator, digest, profile"
        f" from {quoted(work.context.schema)}._import_sheet where run = %s",
        (run,),
    )
    if row is None:
        raise NotFound(_("The file of this import is gone."), code="no_file", hint=_("Send it again."))
    file, encoding, separator, digest, profile = row
    return Sheet(file, encoding, separator, digest, msgspec.convert(profile, Profile))


async def set_outcomes(work: Workspace, run: UUID, codes: str, *, is_first: bool) -> None:
    """What became of the next rows. is_first: of the first rows; what was known is forgotten."""
    held = "%s" if is_first else "outcomes || %s"
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._import_sheet set outcomes = {held} where run = %s",
        (codes.encode(), run),
    )


async def rows_with(work: Workspace, run: UUID, codes: str, after: int, limit: int) -> list[tuple[int, str]]:
    """The next rows whose code is one of these, with it. after: the last row of the page before; 1 for the first."""
    row = await work.unit.connection.fetch_one(
        f"select outcomes from {quoted(work.context.schema)}._import_sheet where run = %s", (run,)
    )
    text = bytes(row[0]).decode() if row else ""
    found = []
    for number in range(max(after, 1) + 1, len(text) + 2):
        if (code := text[number - 2]) in codes:
            found.append((number, code))
            if len(found) == limit:
                break
    return found


async def forget(work: Workspace, run: UUID) -> None:
    """The values of the file that were kept beside it."""
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._import_sheet set profile = jsonb_build_object('rows',"
        " profile -> 'rows') where run = %s",
        (run,),
    )


@contextlib.asynccontextmanager
async def opened(store: FileStore, schema: str, sheet: Sheet) -> AsyncIterator[CsvFile]:
    """The file on this machine's disk, as long as it is used."""
    with tempfile.TemporaryDirectory(prefix="relata-import-") as folder:
        path = Path(folder) / "table.csv"
        with path.open("wb") as file:
            async for piece in store.read(schema, sheet.file):
                await asyncio.to_thread(file.write, piece)
        yield CsvFile(path, encoding=sheet.encoding, separator=sheet.separator)
