"""Who comes in, who decides about whom, and that what was taken away is gone at once and everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.access.conftest import Connect

from relata.app.tasks import take_back_shares
from relata.engine.metadata.module import Grant, Role
from relata.engine.query.request import Aggregate
from relata.engine.workspace import actors, configure
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.door import Door
from relata.engine.workspace.merging import merge
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.testing.house import House


async def role(house: House, name: str, grants: dict[str, Grant], *permissions: str) -> str:
    """A role of the workspace's own."""
    body = configure.body_of(Role(name, grants=grants, permissions=permissions))
    await Administration(house.door, house.key, None, "test").put("role", name, body)
    return name


async def account(house: House, **values: Any) -> UUID:
    """An account of nobody's."""
    async with house.system() as work:
        return (await work.create("account", {"name": "Kaffeehaus Nord", "owner": None, "team": None, **values})).id


async def sees(house: House, person: UUID, record: UUID) -> bool:
    """Whether the person finds the account by its id."""
    async with house.as_person(person) as work:
        return bool(await work.get_many("account", [record]))


@pytest.mark.parametrize("status", ["invited", "inactive"])
async def test_only_who_is_active_comes_in(house: House, status: str) -> None:
    person = await house.person("Not yet", "admin", status=status)
    with pytest.raises(Denied):
        async with house.as_person(person):
            pass


@pytest.mark.parametrize(
    "values", [{"roles": ["admin"]}, {"status": "active"}, {"is_external": True}, {"email": "x@example.com"}]
)
async def test_nobody_without_the_right_decides_about_themselves(house: House, values: dict[str, Any]) -> None:
    name = await role(house, "keen", {"*": Grant("all", "all", "all", "all")})
    person = await house.person("Keen", name, status="active", is_external=False)
    async with house.as_person(person) as work:
        changed = {key: value for key, value in values.items() if key != "status"} or {"status": "inactive"}
        with pytest.raises(Denied):
            await work.change(("user", person), changed)


@pytest.mark.parametrize(("name", "values"), [("manager", None), ("parent", None)])
async def test_nobody_without_the_right_rises_through_teams(house: House, name: str, values: None) -> None:
    keen = await house.person("Keen", await role(house, "keen", {"*": Grant("all", "all", "all", "all")}))
    async with house.system() as work:
        top = (await work.create("team", {"name": "Top"})).id
        other = (await work.create("team", {"name": "Other"})).id
    async with house.as_person(keen) as work:
        with pytest.raises(Denied):
            await work.change(("team", top), {name: keen if name == "manager" else other})


async def test_nor_by_deleting_who_stands_above(house: House) -> None:
    keen = await house.person("Keen", await role(house, "keen", {"*": Grant("all", "all", "all", "all")}))
    boss = await house.person("Boss", "admin")
    async with house.as_person(keen) as work:
        with pytest.raises(Denied):
            await work.delete(("user", boss))


async def test_who_is_deleted_is_out_at_once(house: House, connect: Connect) -> None:
    person, boss = await house.person("Gone", "admin"), await house.person("Boss", "admin")
    program, browser = await connect(person), await connect(person, browser=True)
    assert (await program.get("/api/v1/me")).status_code == (await browser.get("/api/v1/me")).status_code == 200
    async with house.as_person(boss) as work:
        await work.delete(("user", person))
    assert (await program.get("/api/v1/accounts")).status_code == 401
    assert (await browser.get("/api/v1/accounts")).status_code in (401, 403)


async def test_who_becomes_inactive_is_out_at_once(house: House, connect: Connect) -> None:
    person, boss = await house.person("Gone", "admin"), await house.person("Boss", "admin")
    program, browser = await connect(person), await connect(person, browser=True)
    async with house.as_person(boss) as work:
        await work.change(("user", person), {"status": "inactive"})
    assert (await program.get("/api/v1/accounts")).status_code == 401
    assert (await browser.get("/api/v1/accounts")).status_code in (401, 403)


async def test_other_processes_notice_a_new_team(open_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "KEEP_SECONDS", 0.0)  # two seconds in earnest
    other = House(Door(open_house.door.database, open_house.door.modules, open_house.door.ring), open_house.key)
    async with open_house.system() as work:
        north, south = [(await work.create("team", {"name": name})).id for name in ("North", "South")]
    rep = await open_house.person("Rep", "sales_rep", team=north)
    record = await account(open_house, team=north)
    assert await sees(other, rep, record)
    async with open_house.system() as work:
        await work.change(("user", rep), {"team": south})
    assert not await sees(other, rep, record)


async def test_a_share_that_is_over_is_taken_back(house: House) -> None:
    rep, record = await house.person("Rep", "sales_rep"), await account(house)
    async with house.system() as work:
        contact = (await work.create("contact", {"name": "Grace Hopper", "account": record, "owner": None})).id
        until = datetime.now(UTC) + timedelta(hours=1)
        await work.sharing.grant(await work.get("account", record), rep, until=until)
    assert await sees(house, rep, record)
    async with house.system() as work:
        await work.unit.connection.execute(
            f"update {work.context.schema}._share set until = now() - interval '1 second'"
        )
        await take_back_shares(work)
    assert not await sees(house, rep, record)
    async with house.as_person(rep) as work:
        assert await work.get_many("contact", [contact]) == []


async def test_a_sharing_rule_for_somebody_else_is_none_for_the_first(house: House) -> None:
    first, second = await house.person("First", "sales_rep"), await house.person("Second", "sales_rep")
    record = await account(house, industry="retail")
    body = {"object": "account", "where": 'industry = "retail"'}
    for person in (first, second):
        await Administration(house.door, house.key, None, "test").put(
            "sharing_rule", "retail", body | {"principal": str(person)}
        )
    assert (await sees(house, first, record), await sees(house, second, record)) == (False, True)


async def test_the_bin_is_closed_to_who_may_not_look_there(house: House, connect: Connect) -> None:
    record = await account(house)
    person = await house.person("Rep", await role(house, "looker", {"account": Grant("all")}))
    async with house.system() as work:
        await work.delete(("account", record))
    async with house.as_person(person) as work:
        for deleted in (None, True):
            with pytest.raises(NotFound):
                await work.get("account", record, deleted=deleted)
            with pytest.raises(NotFound):
                await work.show("account", record, deleted=deleted)
        with pytest.raises(Denied):
            await work.aggregate(Aggregate("account", deleted=True))
    browser = await connect(person, browser=True)
    for tail in ("", "/peek", "/timeline", "/edit"):
        assert (await browser.get(f"/accounts/{record}{tail}")).status_code == 404
    assert (await browser.get("/accounts/total?deleted=true")).status_code == 403
    assert (await browser.post("/api/v1/accounts/aggregate", json={"deleted": True})).status_code == 403


async def test_what_merging_takes_over_by_hand_obeys_field_rules(house: House) -> None:
    name = await role(house, "merger", {"account": Grant("all", "all", "all", "all", {"legal_name": "read"})})
    person = await house.person("Merger", name)
    kept, other = await account(house), await account(house)
    async with house.as_person(person) as work:
        records = [await work.get("account", one) for one in (kept, other)]
        with pytest.raises(Invalid):
            await merge(work, records[0], records[1:], {"legal_name": "Smuggled"})


async def test_how_many_hidden_records_hold_another_is_not_told(house: House) -> None:
    name = await role(house, "deleter", {"account": Grant("all", "all", "all", "all"), "opportunity": Grant("own")})
    person, record = await house.person("Deleter", name), await account(house)
    async with house.system() as work:
        for at in range(3):
            await work.create("opportunity", {"name": f"Deal {at}", "account": record, "owner": None, "team": None})
    async with house.as_person(person) as work:
        with pytest.raises(Conflict) as caught:
            await work.delete(("account", record))
    assert "3" not in caught.value.message


async def test_values_of_a_field_that_is_gone_are_gone_from_the_history(open_house: House) -> None:
    administration = Administration(open_house.door, open_house.key, None, "test")
    await administration.add_field("account", {"type": "text", "name": "whispered", "label": "Whispered"})
    record = await account(open_house, whispered="psst")
    await administration.delete_field("account", "whispered")
    person = await open_house.person("Reader", "reader")
    async with open_house.as_person(person) as work:
        told = await work.history(await work.get("account", record))
    assert not any("whispered" in entry.after for entry in told)
