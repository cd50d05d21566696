"""Why somebody sees a record: every way in is told, and what is told agrees with what they really see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure
from relata.engine.workspace.explain import Explanation, explain_access
from relata.engine.workspace.record import Record
from relata.foundation.errors import Denied, NotFound
from relata.testing.house import House


async def explain(house: House, user: UUID, object_name: str, record: UUID) -> Explanation:
    """The system's explanation."""
    async with house.system() as work:
        return await explain_access(work, user, await work.get(object_name, record, deleted=None))


async def make(house: House, object_name: str, **values: Any) -> Record:
    """A record of nobody's."""
    async with house.system() as work:
        return await work.create(object_name, {"owner": None, "team": None, **values})


async def test_an_owner_sees_what_they_own(house: House) -> None:
    rep = await house.person("Rep", "sales_rep")
    account = await make(house, "account", name="Kaffeehaus Nord", owner=rep)
    found = await explain(house, rep, "account", account.id)
    assert (found.sees, found.changes) == (True, True)
    assert found.sentences == (
        "Rep owns this account, and the role Sales representative lets them see their own.",
        "Rep owns this account, and the role Sales representative lets them change their own.",
    )


async def test_a_stranger_is_told_what_is_missing(house: House) -> None:
    rep = await house.person("Rep", "sales_rep")
    account = await make(house, "account", name="Kaffeehaus Nord")
    found = await explain(house, rep, "account", account.id)
    assert (found.sees, found.reasons) == (False, ())
    assert "neither owns this account" in found.sentences[0]


async def test_who_has_no_role_for_the_object_is_told_so(house: House) -> None:
    nobody = await house.person("Nobody", "no_such_role")
    account = await make(house, "account", name="Kaffeehaus Nord")
    assert (await explain(house, nobody, "account", account.id)).sentences == (
        "No role of Nobody shows them any accounts.",
    )


async def test_teams_above_see_what_teams_below_hold(house: House) -> None:
    async with house.system() as work:
        north = await work.create("team", {"name": "North"})
        coast = await work.create("team", {"name": "Coast", "parent": north.id})
    boss = await house.person("Boss", "sales_manager", team=north.id)
    account = await make(house, "account", name="Kaffeehaus Nord", team=coast.id)
    found = await explain(house, boss, "account", account.id)
    assert [(reason.way, reason.name) for reason in found.reasons] == [("below", "Coast"), ("below", "Coast")]


async def test_a_share_tells_by_whom_and_until_when(house: House) -> None:
    ada, rep = await house.person("Ada"), await house.person("Rep", "sales_rep")
    account = await make(house, "account", name="Kaffeehaus Nord", owner=ada)
    until = datetime.now(UTC) + timedelta(days=3)
    async with house.as_person(ada) as work:
        await work.sharing.grant(await work.get("account", account.id), rep, until=until)
    (reason,) = (await explain(house, rep, "account", account.id)).reasons
    assert (reason.way, reason.by, reason.until) == ("share", "Ada", until)
    assert reason.sentence.startswith("Ada shared this account with Rep, to read it, until ")


async def test_a_sharing_rule_is_named(house: House) -> None:
    rep = await house.person("Rep", "sales_rep")
    body = {"object": "account", "where": 'name = "Kaffeehaus Nord"', "principal": str(rep)}
    async with house.system() as work:
        await configure.store(
            work.unit.connection, work.context.schema, Definition("sharing_rule", "coffee", body), None
        )
    house.door.forget(house.key)
    account = await make(house, "account", name="Kaffeehaus Nord")
    (reason,) = (await explain(house, rep, "account", account.id)).reasons
    assert (reason.way, reason.name) == ("rule", "coffee")


async def test_access_through_a_parent_says_why_the_parent_is_open(house: House) -> None:
    rep = await house.person("Rep", "sales_rep")
    account = await make(house, "account", name="Kaffeehaus Nord", owner=rep)
    contact = await make(house, "contact", name="Grace Hopper", account=account.id)
    (reason,) = (await explain(house, rep, "contact", contact.id)).reasons
    assert (reason.way, reason.name) == ("inherited", "Kaffeehaus Nord")
    assert [why.way for why in reason.because] == ["owner"]


async def test_one_who_is_inactive_sees_nothing(house: House) -> None:
    gone = await house.person("Gone", "admin", status="inactive")
    account = await make(house, "account", name="Kaffeehaus Nord")
    found = await explain(house, gone, "account", account.id)
    assert (found.sees, found.sentences) == (False, ("Gone is not active here, and sees nothing.",))


async def test_an_unknown_person_is_not_found(house: House) -> None:
    account = await make(house, "account", name="Kaffeehaus Nord")
    with pytest.raises(NotFound):
        await explain(house, account.id, "account", account.id)


LEVELS = ("none", "own", "team", "below", "all")


async def really(house: House, user: UUID, record: Record, right: str) -> bool:
    """Whether the door lets this person do it."""
    try:
        async with house.as_person(user) as work:
            found = await work.get(record.object.name, record.id)
            if right == "change":
                await work.change(found, {"name": f"{found.title}!"})
            return True
    except (NotFound, Denied):
        return False


async def test_what_is_told_agrees_with_what_they_really_see_and_change(house: House) -> None:
    """For every level of reading and changing an account, with and without a share, and for the account's contact."""
    async with house.system() as work:
        space = work.context.schema
        for read, change in product(LEVELS, LEVELS):
            grants = {"account": Grant(read, "none", change), "contact": Grant("own", "none", "none")}
            role = Role(f"{read}_{change}", grants=grants)
            await configure.store(
                work.unit.connection, space, Definition("role", role.name, configure.body_of(role)), None
            )
    house.door.forget(house.key)
    async with house.system() as work:
        north = await work.create("team", {"name": "North"})
        coast = await work.create("team", {"name": "Coast", "parent": north.id})
    checked = 0
    for read, change in product(LEVELS, LEVELS):
        person = await house.person("Someone", f"{read}_{change}", team=north.id)
        for values in (
            {},
            {"owner": person},
            {"team": north.id},
            {"team": coast.id},
            {"share": "read"},
            {"share": "change"},
        ):
            checked += await agrees(house, person, dict(values))
    assert checked == 25 * 6


async def agrees(house: House, person: UUID, values: dict[str, Any]) -> int:
    """1 if the explanation of a new account and of its contact are true."""
    share = values.pop("share", None)
    account = await make(house, "account", name="Kaffeehaus", **values)
    contact = await make(house, "contact", name="Grace Hopper", account=account.id)
    if share:
        async with house.system() as work:
            await work.sharing.grant(await work.get("account", account.id), person, level=share)
    for record in (account, contact):
        found = await explain(house, person, record.object.name, record.id)
        rights = {reason.right for reason in found.reasons}
        assert found.sees == await really(house, person, record, "read") == ("read" in rights)
        if found.sees:
            assert found.changes == await really(house, person, record, "change") == ("change" in rights)
    return 1
