"""A workspace taken out and brought into an empty installation is the same: every table, counter and file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from relata.app.migrations import MIGRATIONS
from relata.engine.files.attachments import receive
from relata.engine.files.encrypted import EncryptedStore
from relata.engine.files.store import DiskStore
from relata.engine.metadata.module import Module
from relata.engine.secrets import workspace_keys
from relata.engine.secrets.ring import KeyRing
from relata.engine.storage.database import Database
from relata.engine.storage.migrations import migrate_database
from relata.engine.transfer.whole.bringing_in import bring_in
from relata.engine.transfer.whole.taking_out import columns_of, counters_of, tables_of, take_out
from relata.engine.workspace import attached
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.door import Door
from relata.foundation.errors import Conflict
from relata.testing.house import RING, House, fresh_database

OTHER = KeyRing({"other": bytes(range(1, 33))})


async def _bytes() -> AsyncIterator[bytes]:
    yield b"hello"


def _store(database: Database, ring: KeyRing, folder: Path) -> EncryptedStore:
    async def keys_of(schema: str) -> workspace_keys.WorkspaceKeys:
        async with database.read() as connection:
            return await workspace_keys.load(connection, schema, ring)

    return EncryptedStore(DiskStore(folder), keys_of, True)


async def everything(database: Database, ring: KeyRing) -> dict[str, Any]:
    """All that a workspace holds, table by table."""
    found: dict[str, Any] = {}
    async with database.read() as connection:
        for table in await tables_of(connection, "w_main"):
            names = ", ".join(f'"{name}"' for name in await columns_of(connection, "w_main", table))
            rows = await connection.fetch(f'select row({names})::text from w_main."{table}" order by 1')
            found[table] = [row for (row,) in rows]
        found["counters"] = await counters_of(connection, "w_main")
        found["workspace"] = await connection.fetch("select id, key, name, settings, definitions from relata.workspace")
        found["keys"] = (await workspace_keys.load(connection, "w_main", ring)).secrets
    return found


async def test_everything_is_the_same_elsewhere(
    open_house: House, house_modules: tuple[Module, ...], postgres_url: str, tmp_path: Path
) -> None:
    here, ada = open_house.door.database, await open_house.person("Ada", email="ada@example.com", status="active")
    store = _store(here, RING, tmp_path / "here")
    office = Administration(open_house.door, open_house.key, ada)
    await office.add_object({"name": "site", "plural": "sites", "label": "Site"})
    async with open_house.as_person(ada) as work:
        site = await work.create("site", {"name": "A\tB\nC\\N"})
        account = await work.create("account", {"name": "Nord", "tags": ["a", "b"], "annual_revenue": "5 EUR"})
        values = {"name": {"last": "Holt"}, "account": str(account.id), "phone": "+4930901820"}
        contact = await work.create("contact", values)
        await work.change(contact, {"phone": "+4930901821"})
        await work.delete(site)
        kept = await receive(store, work.context.schema, "offer.txt", _bytes())
        await attached.add_file(work, contact, kept)
    done = await take_out(here, RING, store, "main", tmp_path / "all.zip")
    assert (done.files, done.lost) == (1, 0)
    there = await Database(await fresh_database(postgres_url), pool_size=4).open()
    try:
        await migrate_database(there, MIGRATIONS)
        door, copies = Door(there, house_modules, OTHER), _store(there, OTHER, tmp_path / "there")
        arrived = await bring_in(door, copies, MIGRATIONS, tmp_path / "all.zip")
        first, second = await everything(here, RING), await everything(there, OTHER)
        for name in {*first, *second}:
            assert second.get(name) == first.get(name), name
        assert arrived.people == 1
        assert b"".join([piece async for piece in copies.read("w_main", kept.id)]) == b"hello"
        async with House(door, "main").as_person(ada) as work:  # the history opens with the keys that came along
            told = await work.history(await work.get("contact", contact.id))
            assert [entry.after.get("phone", [{}])[0].get("value") for entry in told if entry.action == "changed"] == [
                "+4930901821"
            ]
            made = await work.create("account", {"name": "Neu"})
            assert made.version == 1
        with pytest.raises(Conflict):
            await bring_in(door, copies, MIGRATIONS, tmp_path / "all.zip")
    finally:
        await there.close()
