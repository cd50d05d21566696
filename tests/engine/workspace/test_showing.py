"""What a write answers from memory is what the database would have told."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure
from relata.engine.workspace.showing import shown_from_memory
from relata.testing.house import House

VALUES: dict[str, Any] = {
    "name": "Kaffeehaus Nord",
    "website": ["https://example.com"],
    "phone": "+49 30 901820",
    "billing_address": {"city": "Kiel"},
    "employees": 12,
    "annual_revenue": "12.50 EUR",
}


def plain(shown: dict[str, Any] | None) -> Any:
    """As a program gets it."""
    return msgspec.json.decode(msgspec.json.Encoder(decimal_format="number").encode(shown))


async def test_a_new_record_is_shown_as_the_database_has_it(house: House) -> None:
    async with house.as_person(await house.person("Ada")) as work:
        made = await work.create("account", VALUES)
        shown = shown_from_memory(work.unit, made, is_new=True)
        assert shown is not None
        assert plain(shown) == plain(await work.show("account", made.id))


async def test_a_changed_record_is_shown_as_the_database_has_it(house: House) -> None:
    async with house.as_person(await house.person("Ada")) as work:
        account = await work.create("account", VALUES)
        made = await work.create("address", {"name": "Warehouse", "account": account.id, "address": {"city": "Kiel"}})
        changed = await work.change(made, {"address": {"city": "Lübeck"}, "is_primary": True})
        shown = shown_from_memory(work.unit, changed)
        assert shown is not None
        assert plain(shown) == plain(await work.show("address", made.id))


async def test_what_is_masked_or_hidden_stays_so(house: House) -> None:
    role = Role("half", grants={"*": Grant("all", "all", "all", "all", {"name": "masked", "note": "none"})})
    async with house.system() as work:
        body = configure.body_of(role)
        await configure.store(work.unit.connection, work.context.schema, Definition("role", "half", body), None)
    house.door.forget(house.key)
    values = {"name": "Warehouse", "note": "gate 3", "address": {"city": "Kiel"}}
    async with house.system() as work:
        account = await work.create("account", {"name": "A"})
        made = await work.create("address", {**values, "account": account.id})
    async with house.as_person(await house.person("Half", "half")) as work:
        shown = shown_from_memory(work.unit, made)
        assert shown is not None
        assert plain(shown) == plain(await work.show("address", made.id))
        assert (shown["name"], "note" in shown) == ("•••", False)


async def test_a_record_that_may_have_been_given_away_is_asked_of_the_database(house: House) -> None:
    other = await house.person("Other", "sales_rep")
    async with house.as_person(await house.person("Rep", "sales_rep")) as work:
        account = await work.create("account", {"name": "A"})
        given = await work.change(account, {"owner": other})
        assert shown_from_memory(work.unit, given) is None
