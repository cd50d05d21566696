"""Records with what belongs to them, as far as whoever asks may see it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relata.engine.files.attachments import receive
from relata.engine.files.store import DiskStore
from relata.engine.formula import parse
from relata.engine.metadata.module import Grant, Role
from relata.engine.query.request import Query
from relata.engine.transfer.packing import pack
from relata.engine.workspace import attached
from relata.foundation.errors import Denied
from relata.testing.house import House


async def _bytes() -> AsyncIterator[bytes]:
    yield b"hello"


def _lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


async def test_one_persons_data_come_with_what_points_at_them_and_nothing_that_is_closed(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ada, blind = DiskStore(tmp_path / "files"), await house.person("Ada"), await house.person("Bo", "half_blind")
    async with house.system() as work:
        mine = await work.create("contact", {"name": {"first": "Eve", "last": "Holt"}, "phone": "+4930901820"})
        other = await work.create("contact", {"name": {"first": "Max", "last": "Frei"}})
        note = await work.create("note", {"about": {"object": "contact", "id": str(mine.id)}, "body": "called"})
        await work.create("note", {"about": {"object": "contact", "id": str(other.id)}, "body": "not hers"})
        kept = await receive(store, work.context.schema, "offer.txt", _bytes())
        await attached.add_file(work, note, kept)
    context = await house.door.context(house.key)
    grants = {"contact": Grant("all", fields={"phone": "none"})}
    role = Role("half_blind", grants=grants, permissions=("export_records",), alone=True)
    monkeypatch.setitem(context.registry.roles, "half_blind", role)
    query = Query("contact", parse(f'id = "{mine.id}"'))
    done = await pack(house.door, house.key, ada, store, query, tmp_path / "a.zip", history=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert [row["id"] for row in _lines(archive, "contact.jsonl")] == [str(mine.id)]
        assert [row["id"] for row in _lines(archive, "note.jsonl")] == [str(note.id)]
        assert archive.read(f"files/{note.id}/{kept.id}-offer.txt") == b"hello"
        assert [row["action"] for row in _lines(archive, "contact.history.jsonl")] == ["created"]
    assert (done.rows["contact"], done.files, done.lost) == (1, 1, 0)
    await pack(house.door, house.key, blind, store, query, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.namelist() == ["contact.jsonl"]
        assert "phone" not in _lines(archive, "contact.jsonl")[0]


async def test_who_may_not_export_gets_nothing(house: House, tmp_path: Path) -> None:
    reader = await house.person("Bo", "reader")
    with pytest.raises(Denied):
        await pack(house.door, house.key, reader, DiskStore(tmp_path), Query("contact"), tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()
