"""Records with everything that belongs to them as one ZIP: an object a file of JSON lines, what points at the records
likewise, the attached files, and what happened to each. Read as the person who asks, in transactions of a page."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from relata.engine.files.attachments import Attachment
from relata.engine.files.store import FileStore
from relata.engine.formula import Binary, Literal, any_of
from relata.engine.formula import Path as FieldPath
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.query.request import MAX_LIMIT, Order, Query
from relata.engine.query.result import Page
from relata.engine.transfer.exporting import Progress, restorable_paths
from relata.engine.transfer.packed_members import Inner, Member
from relata.engine.workspace import attached
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound
from relata.foundation.i18n import gettext as _

#: Records whose children are asked for together.
_PARENTS = 100
_HISTORY = 1000
_PIECE_BYTES = 64 * 1024


@dataclass(slots=True)
class Packed:
    """What a ZIP holds. rows: by object, how many records. files: how many, and how many could not be read."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    lost: int = 0


async def pack(
    door: Door, key: str, who: Who, store: FileStore, query: Query, target: Path, *, history: bool = False,
    inner: Inner = "jsonl", progress: Progress | None = None,
) -> Packed:  # fmt: skip
    """Write the records that the query finds, with their children and files, into `target`. history: what happened to
    the records themselves, too. Denied without the permission to export; the log says who exported what."""
    packer = _Packer(door, key, who, store, history=history, inner=inner, progress=progress)
    query = await door.run(key, who, lambda work: _begin(work, query, history=history), via="export")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        await packer.write(archive, query)
    return packer.packed


async def packed(
    door: Door, key: str, who: Who, store: FileStore, query: Query, *, history: bool = False
) -> AsyncIterator[bytes]:
    """The same as pieces of a file that is gone when they were read. What refuses it does so before the first piece."""
    path = _place()
    try:
        await pack(door, key, who, store, query, path, history=history)
        file = _opened(path)
    finally:
        _remove(path)
    return _pieces(file)


def _place() -> Path:
    with tempfile.NamedTemporaryFile(prefix="relata-", suffix=".zip", delete=False) as place:
        return Path(place.name)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _remove(path: Path) -> None:
    path.unlink()  # what is open can still be read


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


async def _begin(work: Workspace, query: Query, *, history: bool) -> Query:
    if not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    one = work.readable_object(query.object)
    await work.log(one.name, UUID(int=0), "exported", after={"fields": ["*"], "packed": True, "history": history})
    return replace(query, fields=(), limit=MAX_LIMIT, after="", order=query.order or (Order(("id",)),))


class _Packer:
    """One archive on its way. Each object's lines come as one member, so children wait in memory by their ids only."""

    def __init__(
        self, door: Door, key: str, who: Who, store: FileStore, *, history: bool, inner: Inner,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self._door, self._key, self._who, self._store, self._history = door, key, who, store, history
        self._inner, self._progress = inner, progress
        self.packed = Packed()

    async def write(self, archive: zipfile.ZipFile, query: Query) -> None:
        one, relations = await self._read(lambda work: _shape(work, query.object))
        found: list[UUID] = []
        member = Member(archive, one.name, self._inner)
        async for page in self._pages(await self._read(partial(self._wanted, query=query))):
            member.add(page, page.rows)
            at = _id_at(page)
            found.extend(row[at] for row in page.rows)
        member.close()
        self.packed.rows[one.name] = len(found)
        kept: dict[str, list[UUID]] = {one.name: found}
        for name, group in _by_child(relations).items():
            kept.setdefault(name, []).extend(await self._children(archive, one, name, group, found))
        if self._history:
            await self._write_history(archive, one, found)
        for name, ids in kept.items():
            await self._write_files(archive, name, ids)

    async def _children(
        self, archive: zipfile.ZipFile, one: Object, child: str, relations: Sequence[Relation], parents: list[UUID]
    ) -> list[UUID]:
        """The records of one other object that point at these, each once however often it does."""
        seen: dict[UUID, None] = {}
        member = Member(archive, child if child != one.name else f"{child}.related", self._inner)
        for low in range(0, len(parents), _PARENTS):
            part = parents[low : low + _PARENTS]
            for relation in relations:
                where = any_of(_points(relation, one, parent) for parent in part)
                query = Query(child, where, (Order(("id",)),), limit=MAX_LIMIT)
                async for page in self._pages(await self._read(partial(self._wanted, query=query))):
                    at = _id_at(page)
                    fresh = [row for row in page.rows if row[at] not in seen]
                    seen.update(dict.fromkeys(row[at] for row in fresh))
                    if fresh:
                        member.add(page, fresh)
        if seen:
            member.close()
            self.packed.rows[child] = self.packed.rows.get(child, 0) + len(seen)
        return list(seen)

    async def _wanted(self, work: Workspace, query: Query) -> Query:
        """With the fields of its form: those that an import writes in CSV, else all."""
        if self._inner != "csv":
            return query
        return replace(query, fields=restorable_paths(work, work.readable_object(query.object)))

    async def _pages(self, query: Query) -> AsyncIterator[Page]:
        while True:
            page = await self._read(partial(_page, query=query))
            if page.rows:
                yield page
                if self._progress:
                    await self._progress(len(page.rows))
            if not page.next:
                return
            query = replace(query, after=page.next)

    async def _write_history(self, archive: zipfile.ZipFile, one: Object, ids: Iterable[UUID]) -> None:
        with archive.open(f"{one.name}.history.jsonl", "w", force_zip64=True) as member:
            for record in ids:
                for entry in await self._read(partial(_history, name=one.name, record=record)):
                    member.write(msgspec.json.encode(entry) + b"\n")

    async def _write_files(self, archive: zipfile.ZipFile, name: str, ids: Sequence[UUID]) -> None:
        for low in range(0, len(ids), MAX_LIMIT):
            part = ids[low : low + MAX_LIMIT]
            schema, files = await self._read(partial(_files, name=name, ids=part))
            for one in files:
                with archive.open(f"files/{one.record}/{one.id}-{one.name}", "w", force_zip64=True) as member:
                    try:
                        async for piece in self._store.read(schema, one.id):
                            member.write(piece)
                        self.packed.files += 1
                    except NotFound:
                        self.packed.lost += 1

    async def _read(self, attempt: Callable[[Workspace], Awaitable[Any]]) -> Any:
        return await self._door.run(self._key, self._who, attempt, via="export", read_only=True)


async def _page(work: Workspace, query: Query) -> Page:
    return await work.query(query)


async def _shape(work: Workspace, name: str) -> tuple[Object, list[Relation]]:
    """The object and the lists of others that the reader may read."""
    one = work.readable_object(name)
    relations = [
        relation
        for relation in work.registry.relations[name].values()
        if work.actor.rights.level(child := work.registry.get(relation.child), "read")
        and (field := child.field(relation.field)) is not None
        and work.actor.readable(child, field)
        and relation.kind != "links"
    ]
    return one, relations


def _id_at(page: Page) -> int:
    """Where a row's id stands; each is read with its own."""
    assert page.shape.id_at is not None
    return page.shape.id_at


def _by_child(relations: Iterable[Relation]) -> dict[str, list[Relation]]:
    found: dict[str, list[Relation]] = {}
    for relation in relations:
        found.setdefault(relation.child, []).append(relation)
    return found


def _points(relation: Relation, one: Object, parent: UUID) -> Binary:
    return Binary("=", FieldPath((relation.field,)), Literal(str(parent)))


async def _history(work: Workspace, name: str, record: UUID) -> list[dict[str, Any]]:
    entries = await work.history(await work.get(name, record, deleted=None), limit=_HISTORY)
    return [
        {
            "record": record, "at": one.at, "action": one.action, "by": one.actor, "via": one.via, "before": one.before,
            "after": one.after,
        }
        for one in reversed(entries)
    ]  # fmt: skip


async def _files(work: Workspace, name: str, ids: Sequence[UUID]) -> tuple[str, list[Attachment]]:
    """Files that may be given away: what waits for the scanner is none of them."""
    found = [one for record in await work.get_many(name, ids) for one in await attached.files_of(work, record)]
    return work.context.schema, [one for one in found if not one.held]
