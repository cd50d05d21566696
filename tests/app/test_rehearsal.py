"""A rehearsal holds the same records and nobody's name, and what was tried there comes back as a package."""

from __future__ import annotations

import re
from datetime import date

import pytest

from relata.app.migrations import MIGRATIONS
from relata.engine.search.find import search
from relata.engine.storage.database import Database
from relata.engine.transfer.configuration.applying import apply_package, preview
from relata.engine.transfer.configuration.gathering import gather
from relata.engine.transfer.rehearsal.making import make_rehearsal
from relata.engine.transfer.whole.taking_out import columns_of, tables_of
from relata.engine.workspace import configure
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.context import Settings
from relata.foundation.errors import Conflict, Invalid
from relata.testing.house import House

#: What is looked for in every cell of the rehearsal.
PERSONAL = (
    "Augusta", "Byronesque", "augusta.byronesque@nordwind-energie.com", "nordwind-energie", "171 5550199", "1715550199",
    "Teichwiesenweg", "1971-03-09", "Zoltan", "Quetzalmann", "zoltan@kaffeewerk.test", "Kaltenbrunner",
    "wants a quieter office",
)  # fmt: skip


async def dump(database: Database, schema: str) -> str:
    """Every cell of a workspace."""
    texts = []
    async with database.read() as connection:
        for table in await tables_of(connection, schema):
            names = ", ".join(f'"{name}"' for name in await columns_of(connection, schema, table))
            rows = await connection.fetch(f'select row({names})::text from "{schema}"."{table}"')
            texts += [row for (row,) in rows]
    return "\n".join(texts)


async def test_nobody_is_known_in_a_rehearsal_and_its_configuration_comes_back(open_house: House) -> None:
    house, door = open_house, open_house.door
    who = await house.person("Zoltan Quetzalmann", email="zoltan@kaffeewerk.test", status="active")
    await Administration(door, house.key, who).add_field(
        "contact", {"type": "text", "name": "nick", "sensitivity": "personal", "unique": True}
    )
    async with house.as_person(who) as work:
        account = await work.create("account", {"name": "Kaltenbrunner Energie GmbH", "employees": 5})
        contact = await work.create("contact", {
            "name": {"first": "Augusta", "last": "Byronesque"}, "nick": "Augusta", "account": str(account.id),
            "email": ["augusta.byronesque@nordwind-energie.com", "ab@example.com"], "phone": "+49 171 5550199",
            "mailing_address": {"street": "Teichwiesenweg 12", "city": "Hof", "country": "DE"},
            "birthday": "1971-03-09", "description": "Augusta wants a quieter office.",
        })  # fmt: skip
        await work.create("contact", {"name": {"last": "Byronesque"}, "nick": "Byronesque"})
        await work.create("task", {"subject": "Call Augusta Byronesque", "about": _any("contact", contact.id)})
        await work.create("note", {"body": "Byronesque wants a quieter office.", "about": _any("contact", contact.id)})
    assert "Kaltenbrunner" in await dump(door.database, "w_main")
    done = await make_rehearsal(door, MIGRATIONS, house.key, who)
    told = await dump(door.database, f"w_{done.key}")
    assert [one for one in PERSONAL if one.lower() in told.lower()] == []

    rehearsal = House(door, done.key)
    async with rehearsal.as_person(who) as work:
        masked = await work.get("contact", contact.id)
        assert [len(masked["name"].first), len(masked["name"].last)] == [7, 10]
        others = await work.find("contact")
        assert {one["name"].last for one in others} == {masked["name"].last}  # the same name for the same name
        assert masked["email"][0].value.startswith(masked["name"].first.lower() + "." + masked["name"].last.lower())
        assert masked["email"][0].value.endswith(".example")
        assert re.fullmatch(r"\+49[0-9]{10}", masked["phone"][0].value)
        assert isinstance(masked["birthday"], date)
        assert masked["birthday"].year == 1971
        assert (masked["account"], (await work.get("account", account.id))["employees"]) == (account.id, 5)
        assert await search(work.unit.connection, work.context.ground, work.actor, masked["name"].last)
    await Administration(door, done.key, who).add_field("contact", {"type": "integer", "name": "shoe_size"})
    async with rehearsal.as_person(who) as work:
        package = await gather(work)
    assert [one.name for one in await preview(door, house.key, who, package)] == ["contact.shoe_size"]
    await apply_package(door, house.key, who, package, name="tried")
    async with house.as_person(who) as work:
        await work.change(("contact", contact.id), {"shoe_size": 38})

    again = await make_rehearsal(door, MIGRATIONS, house.key, None)  # in place of the last one
    assert again.rows >= done.rows
    with pytest.raises(Invalid):
        await make_rehearsal(door, MIGRATIONS, done.key, who)


async def test_another_workspace_is_never_replaced(open_house: House) -> None:
    await configure.create_workspace(open_house.door, MIGRATIONS, "main_rehearsal", Settings(name="Mine"))
    with pytest.raises(Conflict):
        await make_rehearsal(open_house.door, MIGRATIONS, open_house.key, None)


def _any(name: str, key: object) -> dict[str, str]:
    return {"object": name, "id": str(key)}
