"""Files as the workspace knows them. Who sees a record sees its files: the workspace asks before it calls here."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.files.media_types import sniff
from relata.engine.files.names import clean_name
from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import Queue
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

MAX_BYTES = 100_000_000
#: The task that drops the bytes of a removed file; see `cleaning.register`.
FORGET = "files.forget"

_COLUMNS = "id, name, size, media_type, sha256, object, record, owner, created_at, held"


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that have arrived and belong to nothing yet; forgotten after a day unless `keep` takes them."""

    id: UUID
    name: str
    size: int
    media_type: str
    sha256: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. sha256: hexadecimal. object, record: what it belongs to; None while it is loose: then it is its owner's
    alone. held: it waits for the virus scanner, and is given to nobody."""

    id: UUID
    name: str
    size: int
    media_type: str
    sha256: str
    object: str | None
    record: UUID | None
    owner: UUID | None
    created_at: datetime
    held: bool = False


async def receive(
    store: FileStore, schema: str, name: str, chunks: AsyncIterable[bytes], *, max_bytes: int = MAX_BYTES
) -> Received:
    """Take the bytes in; outside of any transaction, since they may come slowly."""
    file, cleaned = new_id(), clean_name(name)
    stored = await store.put(schema, file, chunks, max_bytes=max_bytes)
    return Received(file, cleaned, stored.size, sniff(stored.head, cleaned), stored.sha256, stored.held)


async def keep(
    connection: Connection,
    schema: str,
    received: Received,
    *,
    owner: UUID | None,
    object_name: str | None = None,
    record: UUID | None = None,
) -> Attachment:
    """Make it a file of a record, or a loose one that `attach` will link."""
    rows = await connection.fetch(
        f"insert into {quoted(schema)}._file (id, name, size, media_type, sha256, object, record, owner, held)"
        f" values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning {_COLUMNS}",
        (
            received.id,
            received.name,
            received.size,
            received.media_type,
            received.sha256,
            object_name,
            record,
            owner,
            received.held,
        ),
    )
    return Attachment(*rows[0])


async def attach(
    connection: Connection, schema: str, files: list[UUID], object_name: str, record: UUID, *, owner: UUID | None
) -> None:
    """Link loose files of this owner to a record, or files that are its already; NotFound for any other."""
    touched = await connection.execute(
        f"update {quoted(schema)}._file set object = %(object)s, record = %(record)s where id = any(%(files)s)"
        " and ((record is null and owner is not distinct from %(owner)s)"
        " or (record = %(record)s and object = %(object)s))",
        {"object": object_name, "record": record, "files": files, "owner": owner},
    )
    if touched != len(set(files)):
        raise NotFound(_("There is no such file, or it belongs to something else."), hint=_("Upload it again."))


async def get_file(connection: Connection, schema: str, file: UUID) -> Attachment:
    """NotFound unless it exists."""
    row = await connection.fetch_one(f"select {_COLUMNS} from {quoted(schema)}._file where id = %s", (file,))
    if row is None:
        raise NotFound(_("There is no such file."), code="file_not_found")
    return Attachment(*row)


async def files_of(connection: Connection, schema: str, record: UUID, *, limit: int = 100) -> list[Attachment]:
    """The files of a record, the newest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from {quoted(schema)}._file where record = %s order by created_at desc, id desc limit %s",
        (record, limit),
    )
    return [Attachment(*row) for row in rows]


async def remove(connection: Connection, queue: Queue, schema: str, files: list[UUID]) -> None:
    """Delete files; their bytes go after this transaction committed, so a rollback brings back everything."""
    rows = await connection.fetch(f"delete from {quoted(schema)}._file where id = any(%s) returning id", (files,))
    for (file,) in rows:
        await queue.enqueue(connection, FORGET, {"schema": schema, "file": file})


async def drop(connection: Connection, schema: str, files: list[UUID]) -> None:
    """The same for who drops the bytes themselves after the commit; where that does not happen, cleaning does."""
    await connection.execute(f"delete from {quoted(schema)}._file where id = any(%s)", (files,))


async def remove_all_of(connection: Connection, queue: Queue, schema: str, records: list[UUID]) -> None:
    """Delete the files of records that are deleted for good."""
    rows = await connection.fetch(f"select id from {quoted(schema)}._file where record = any(%s)", (records,))
    await remove(connection, queue, schema, [row[0] for row in rows])
