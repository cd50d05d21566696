"""Files of records: seen by who sees the record, taken over by who uploaded them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relata.engine.files.attachments import keep, receive
from relata.engine.files.store import DiskStore
from relata.engine.workspace import attached
from relata.engine.workspace.administration import Administration
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.ids import new_id
from relata.testing.house import House


async def letters() -> AsyncIterator[bytes]:
    yield b"An offer"


async def test_a_file_is_seen_by_who_sees_its_record(open_house: House, tmp_path: Path) -> None:
    admin = Administration(open_house.door, open_house.key, None)
    await admin.put("role", "narrow", {"label": "Narrow", "grants": {"account": {"read": "own", "change": "own"}}})
    rita = await open_house.person("Rita", "narrow")
    store = DiskStore(tmp_path)
    async with open_house.system() as work:
        account = await work.create("account", {"name": "Kaffeehaus Nord"})
        file = await attached.add_file(work, account, await receive(store, work.context.schema, "offer.txt", letters()))
    async with open_house.as_person(rita) as work:
        with pytest.raises(NotFound):
            await attached.find_file(work, file.id)
    async with open_house.system() as work:
        await work.change(("account", account.id), {"owner": rita})
    async with open_house.as_person(rita) as work:
        assert (await attached.find_file(work, file.id)).name == "offer.txt"


async def test_a_reader_adds_no_file(house: House, tmp_path: Path) -> None:
    rita = await house.person("Rita", "reader")
    async with house.system() as work:
        account = await work.create("account", {"name": "Kaffeehaus Nord"})
        received = await receive(DiskStore(tmp_path), work.context.schema, "offer.txt", letters())
    with pytest.raises(Denied):
        async with house.as_person(rita) as work:
            await attached.add_file(work, account, received)


async def test_a_file_field_takes_only_files_of_ones_own(house: House, tmp_path: Path) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    async with house.as_person(ada) as work:
        received = await receive(DiskStore(tmp_path), work.context.schema, "ada.png", letters())
        file = await keep(work.unit.connection, work.context.schema, received, owner=ada)
    for found in (file.id, new_id()):
        with pytest.raises(Invalid) as refused:
            async with house.as_person(bob) as work:
                await work.change(("user", bob), {"photo": found})
        assert refused.value.code == "invalid_file"
    async with house.as_person(ada) as work:
        assert (await work.change(("user", ada), {"photo": file.id}))["photo"] == file.id
