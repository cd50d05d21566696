"""Who decides about people: never they themselves, and never somebody who may do less."""

from __future__ import annotations

import pytest

from relata.engine.identity import keys
from relata.engine.workspace import api_keys, people
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.audit import audit_log
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.testing.house import House


async def hire(house: House) -> None:
    """A role that may manage people and change their records, and nothing else."""
    role = {
        "label": "People manager",
        "grants": {"user": {"read": "all", "create": "all", "change": "all"}},
        "permissions": ["manage_users"],
    }
    await Administration(house.door, house.key, None).put("role", "hr", role)


async def test_everybody_changes_their_own_profile(house: House) -> None:
    rita = await house.person("Rita", "reader")
    async with house.as_person(rita) as work:
        await people.change_profile(
            work, {"name": "Rita Levi", "time_zone": "Europe/Rome", "phone": "+39 06 698 83462"}
        )
        assert (await work.get("user", rita))["name"] == "Rita Levi"


@pytest.mark.parametrize(
    "values", [{"roles": ["admin"]}, {"status": "inactive"}, {"email": "x@example.com"}, {"team": None}]
)
async def test_a_profile_holds_nothing_that_decides_about_access(house: House, values: dict) -> None:  # type: ignore[type-arg]
    rita = await house.person("Rita", "reader")
    async with house.as_person(rita) as work:
        with pytest.raises(Denied):
            await people.change_profile(work, values)


async def test_a_time_zone_that_does_not_exist_is_refused(house: House) -> None:
    rita = await house.person("Rita", "reader")
    async with house.as_person(rita) as work:
        with pytest.raises(Invalid):
            await people.change_profile(work, {"time_zone": "Mars/Olympus"})


async def test_nobody_gives_themselves_roles(open_house: House) -> None:
    await hire(open_house)
    ada, hugo = await open_house.person("Ada", "admin"), await open_house.person("Hugo", "hr")
    for person in (ada, hugo):
        async with open_house.as_person(person) as work:
            with pytest.raises(Denied):
                await work.change(("user", person), {"roles": ["admin", "member"]})
            with pytest.raises(Denied):
                await people.set_roles(work, person, ["member"])


async def test_the_right_to_change_people_is_not_the_right_to_give_roles(open_house: House) -> None:
    role = {"label": "Editor", "grants": {"user": {"read": "all", "change": "all", "create": "all"}}}
    await Administration(open_house.door, open_house.key, None).put("role", "editor", role)
    eve, rita = await open_house.person("Eve", "editor"), await open_house.person("Rita", "reader")
    async with open_house.as_person(eve) as work:
        await work.change(("user", rita), {"title": "Head of roasting"})
        with pytest.raises(Denied):
            await work.change(("user", rita), {"roles": ["editor"]})
        with pytest.raises(Denied):
            await work.create("user", {"name": "Mallory", "roles": ["admin"]})


async def test_who_manages_people_does_not_make_or_unmake_administrators(open_house: House) -> None:
    await hire(open_house)
    ada, hugo, rita = (
        await open_house.person("Ada", "admin"),
        await open_house.person("Hugo", "hr"),
        await open_house.person("Rita", "reader"),
    )
    async with open_house.as_person(hugo) as work:
        await people.set_roles(work, rita, ["reader", "hr"])
        with pytest.raises(Denied):
            await people.set_roles(work, rita, ["admin"])
        with pytest.raises(Denied):
            await people.deactivate(work, ada)
        with pytest.raises(Denied):
            await people.invite(work, "mallory@example.com", roles=["admin"])


async def test_who_is_deactivated_is_out_at_once_with_their_keys(house: House) -> None:
    ada, rita = await house.person("Ada", "admin"), await house.person("Rita", "reader")
    async with house.as_person(rita) as work:
        await api_keys.create_key(work, "Export")
    async with house.as_person(ada) as work:
        await people.deactivate(work, rita)
        assert [one.revoked_at is None for one in await keys.list_of(work.unit.connection, work.context.id, rita)] == [
            False
        ]
    with pytest.raises(Denied):
        async with house.as_person(rita):
            pass


async def test_an_invitation_makes_a_person_who_waits(house: House) -> None:
    ada = await house.person("Ada", "admin")
    async with house.as_person(ada) as work:
        found = await people.invite(work, "Grace@Example.com", name="Grace Hopper", roles=["member"])
        person = await work.get("user", found.user)
        assert (person["status"], person["email"], person["roles"]) == ("invited", "grace@example.com", ("member",))
        with pytest.raises(Conflict):
            await people.invite(work, "grace@example.com")
        with pytest.raises(Invalid):
            await people.invite(work, "g2@example.com", roles=["emperor"])


async def test_only_who_may_sees_the_log(house: House) -> None:
    ada, rita = await house.person("Ada", "admin"), await house.person("Rita", "reader")
    async with house.as_person(ada) as work:
        await work.create("account", {"name": "Kaffeehaus Nord"})
        found = await audit_log(work, actor=ada, object_name="account")
        assert [(one.action, one.after["name"]) for one in found] == [("created", "Kaffeehaus Nord")]
        assert await audit_log(work, actor=ada, object_name="account", before=found[-1].id) == []
    async with house.as_person(rita) as work:
        with pytest.raises(Denied):
            await audit_log(work)


async def test_a_role_permits_no_more_than_its_maker_has(open_house: House) -> None:
    role = {"label": "Role keeper", "grants": {}, "permissions": ["manage_roles"]}
    await Administration(open_house.door, open_house.key, None).put("role", "keeper", role)
    kim = await open_house.person("Kim", "keeper")
    admin = Administration(open_house.door, open_house.key, kim)
    await admin.put("role", "helper", {"permissions": ["manage_roles"]})
    with pytest.raises(Denied):
        await admin.put("role", "helper", {"permissions": ["*"]})
    with pytest.raises(Invalid):
        await admin.put("role", "helper", {"grants": {"account": {"read": "everything"}}})


async def test_settings_that_would_break_pages_are_refused(open_house: House) -> None:
    admin = Administration(open_house.door, open_house.key, None)
    for wrong in (
        {"zone": "Mars/Olympus"},
        {"currency": "euro"},
        {"language": "xx-yy-zz"},
        {"region": "Germany"},
        {"name": " "},
    ):
        with pytest.raises(Invalid):
            await admin.change_settings(wrong)
    assert (await admin.change_settings({"name": "Kaffeewerk", "zone": "Europe/Vienna"})).zone == "Europe/Vienna"
