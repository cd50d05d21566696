"""Secret fields lie encrypted, open for their record alone, and are found by their whole value where declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from relata.engine.files.store import DiskStore
from relata.engine.metadata.fields import Json, Text
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object
from relata.engine.workspace.erasing import Erasure, Outside, erase
from relata.engine.workspace.secret_fields import PREFIX, encrypt_plain, matching, reveal
from relata.engine.workspace.secret_rotation import renew_secret_keys
from relata.foundation.errors import Bug, Invalid
from relata.testing.house import House

SAFE = Object(
    "safe",
    label="Safe",
    help="Keeps a secret.",
    fields=(
        Text("name", help="What it is called."),
        Text("code", sensitivity="secret", matched=True, help="Opens it."),
        Text("pin", sensitivity="secret", help="Opens it, too."),
        Json("plan", sensitivity="secret", help="How it is built."),
    ),
)


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    from relata.app.modules import discover

    return (*discover(), Module("safes", "Safes", "Secrets.", objects=(SAFE,)))


async def cells(house: House, column: str) -> list[str]:
    async with house.system() as work:
        rows = await work.unit.connection.fetch(f"select {column} from w_main.safe order by id")
    return [row[0] for row in rows]


async def test_secrets_lie_encrypted_however_they_come(house: House) -> None:
    async with house.system() as work:
        made = await work.create("safe", {"name": "A", "code": "xyzzy"})
        await work.create_many("safe", [{"name": "B", "code": "xyzzy"}])
        await work.change(made, {"pin": "0000"})
        await work.change_many("safe", [(made.id, {"pin": "1234"})])
        loaded = await work.get("safe", made.id)
        assert (reveal(loaded, "code"), reveal(loaded, "pin")) == ("xyzzy", "1234")
    assert all(cell.startswith(PREFIX) and "xyzzy" not in cell for cell in await cells(house, "code"))
    assert "1234" not in str(await cells(house, "pin"))


async def test_a_cell_opens_for_its_own_record_alone(house: House) -> None:
    async with house.system() as work:
        first = await work.create("safe", {"name": "A", "code": "plugh"})
        second = await work.create("safe", {"name": "B", "code": "xyzzy"})
        await work.unit.connection.execute(
            "update w_main.safe set code = (select code from w_main.safe where id = %s) where id = %s",
            (first.id, second.id),
        )
        with pytest.raises(Bug):
            reveal(await work.get("safe", second.id), "code")


async def test_a_secret_is_found_by_its_whole_value_where_declared(house: House) -> None:
    async with house.system() as work:
        made = await work.create("safe", {"name": "A", "code": "xyzzy", "pin": "1"})
        await work.create("safe", {"name": "B", "code": "plugh"})
        assert await matching(work, "safe", "code", "xyzzy") == [made.id]
        assert await matching(work, "safe", "code", "xyzz") == []
        with pytest.raises(Invalid):
            await matching(work, "safe", "pin", "1")


async def test_asking_for_a_secret_reads_an_index(house: House) -> None:
    async with house.system() as work:
        await work.unit.connection.execute("set local enable_seqscan = off")
        plan = await work.unit.connection.fetch(
            "explain select id from w_main.safe where deleted_at is null and split_part(code, ':', 4) = any('{a}')"
        )
        assert "ix__safe__code" in str(plan)


async def test_plain_values_of_before_are_encrypted(house: House) -> None:
    async with house.system() as work:
        made = await work.create("safe", {"name": "A"})
        await work.unit.connection.execute("update w_main.safe set code = 'old' where id = %s", (made.id,))
        assert await encrypt_plain(work) == 1
        assert await encrypt_plain(work) == 0
        assert reveal(await work.get("safe", made.id), "code") == "old"


async def test_json_lies_encrypted_and_opens_as_it_was(house: House) -> None:
    plan = {"walls": [1, 2.5, None], "door": "kept from \u00e9veryone"}
    async with house.system() as work:
        made = await work.create("safe", {"name": "A", "plan": plan})
        await work.create_many("safe", [{"name": "B", "plan": [plan]}])
        assert reveal(await work.get("safe", made.id), "plan") == plan
        await work.change(made, {"plan": ["another"]})
        assert reveal(await work.get("safe", made.id), "plan") == ["another"]
        await work.unit.connection.execute(
            "update w_main.safe set plan = %s::jsonb where id = %s", ('{"a": 1}', made.id)
        )
        assert await encrypt_plain(work) == 1
        assert reveal(await work.get("safe", made.id), "plan") == {"a": 1}
        told = await work.history(made)
    assert all("walls" not in cell and cell.startswith(PREFIX) for cell in await cells(house, "plan"))
    assert "door" not in str([(entry.before, entry.after) for entry in told])


async def test_erasing_leaves_no_secret(house: House, tmp_path: Path) -> None:
    async def note(key: str, entry: Erasure) -> None:
        """Nobody restores here."""

    async with house.system() as work:
        made = await work.create("safe", {"name": "A", "code": "xyzzy", "pin": "1", "plan": {"a": 1}})
        await erase(work, "safe", made.id, Outside(DiskStore(tmp_path), note))
        rows = await work.unit.connection.fetch("select code, pin, plan from w_main.safe where id = %s", (made.id,))
    assert rows == [(None, None, None)]


async def test_new_keys_open_what_old_ones_closed(house: House) -> None:
    async with house.system() as work:
        made = await work.create("safe", {"name": "A", "code": "xyzzy", "plan": {"a": 1}})
    before = await cells(house, "code")
    assert await renew_secret_keys(house.door, "main", settle_seconds=0) == 2
    after = await cells(house, "code")
    assert (before[0].split(":")[2], after[0].split(":")[2]) == ("1", "2")
    async with house.system() as work:
        loaded = await work.get("safe", made.id)
        assert (reveal(loaded, "code"), reveal(loaded, "plan"), loaded.version) == ("xyzzy", {"a": 1}, 1)
        assert await matching(work, "safe", "code", "xyzzy") == [made.id]
        known = await work.unit.connection.fetch("select number from w_main._key where purpose in ('field', 'match')")
    assert known == [(2,), (2,)]


async def test_nobody_changes_what_workspaces_share(house: House) -> None:
    registry = (await house.door.context("main")).registry
    for shared in (registry.objects, registry.modules, registry.layouts, registry.get("safe").all_fields):
        with pytest.raises(TypeError):
            shared["safe"] = SAFE  # type: ignore[index]
