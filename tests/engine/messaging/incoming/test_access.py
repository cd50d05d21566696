"""Who sees mail: the mailbox's people; everybody else no more than the filing holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from tests.engine.messaging.incoming.conftest import ANSWER, PLAN, Office

from relata.engine.files.store import DiskStore
from relata.engine.transfer.handing_over.holdings import holdings_of
from relata.engine.workspace.erasing import Erasure, Outside, erase
from relata.foundation.errors import Denied, NotFound
from relata.testing.house import House

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
COPY = b"""From: Zoe <zoe@other.example>
To: ada@example.com, Carla Customer <carla@acme.example>
Subject: Carla Customer and I
Message-ID: <three@other.example>
Date: Fri, 20 Nov 2026 11:00:00 +0100

Carla Customer asked me, too.
"""


async def mailbox(house: House, owner: UUID, **values: object) -> UUID:
    async with house.as_person(owner) as work:
        return (await work.create("mailbox", {"name": "Mine", "address": "ada@example.com", **values})).id


async def email(house: House, box: UUID) -> UUID:
    async with house.system() as work:
        return (await work.create("email", {"subject": "Secret plan", "mailbox": box, "sent_at": AT})).id


async def test_a_personal_mailbox_is_closed_even_to_administrators(house: House) -> None:
    ada, root = await house.person("Ada", "member"), await house.person("Root", "admin")
    found = await email(house, await mailbox(house, ada))
    async with house.as_person(ada) as work:
        assert (await work.get("email", found))["subject"] == "Secret plan"
    async with house.as_person(root) as work:
        assert await work.count("email") == await work.count("mailbox") == 0
        with pytest.raises(NotFound):
            await work.get("email", found)


async def test_a_shared_mailbox_is_its_teams(house: House) -> None:
    async with house.system() as work:
        team = (await work.create("team", {"name": "Support"})).id
    root = await house.person("Root", "admin")
    ben = await house.person("Ben", "member", team=team)
    eve = await house.person("Eve", "member")
    box = await mailbox(house, root, address="support@example.com", is_shared=True, team=team)
    found = await email(house, box)
    async with house.as_person(ben) as work:
        assert (await work.get("email", found))["team"] == team
    async with house.as_person(eve) as work:
        assert await work.count("email") == 0


async def test_a_mailbox_of_a_team_needs_the_right(house: House) -> None:
    ada = await house.person("Ada", "member")
    with pytest.raises(Denied):
        await mailbox(house, ada, is_shared=True)


async def test_who_a_mailbox_is_shared_with_sees_its_mail(house: House) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member")
    box = await mailbox(house, ada)
    found = await email(house, box)
    async with house.as_person(ada) as work:
        await work.sharing.grant(await work.get("mailbox", box), ben)
    async with house.as_person(ben) as work:
        assert (await work.get("email", found))["subject"] == "Secret plan"


async def test_the_password_is_shown_to_nobody(house: House) -> None:
    ada = await house.person("Ada", "member")
    box = await mailbox(house, ada, password="hunter2")
    async with house.as_person(ada) as work:
        assert "password" not in await work.show("mailbox", box)


async def test_mail_of_a_person_is_not_among_what_is_handed_over(house: House) -> None:
    ada, bob = await house.person("Ada", "admin"), await house.person("Bob", "member")
    await email(house, await mailbox(house, bob))
    async with house.as_person(bob) as work:
        await work.create("task", {"subject": "Call"})
    async with house.as_person(ada) as work:
        assert {one.object.name for one in await holdings_of(work, bob)} == {"task"}


async def test_mail_of_a_colleague_who_is_erased_is_the_companys_and_stays(office: Office, tmp_path: Path) -> None:
    async def note(key: str, entry: Erasure) -> None:
        """Nowhere."""

    await office.arrive(PLAN)
    await office.arrive(ANSWER, direction="out")
    root = await office.house.person("Root", "admin")
    async with office.house.as_person(root) as work:
        await erase(work, "user", office.ada, Outside(DiskStore(tmp_path), note))
        left = await work.as_system().find("email", order="sent_at")
    assert [(one["from_address"], one["text"]) for one in left] == [
        ("carla@acme.example", "Please call me."), ("ada@example.com", "I will."),
    ]  # fmt: skip


async def test_whom_mail_names_is_forgotten_with_the_person(office: Office, tmp_path: Path) -> None:
    async def note(key: str, entry: Erasure) -> None:
        """Nowhere."""

    await office.arrive(PLAN, COPY)
    await office.arrive(ANSWER, direction="out")
    root = await office.house.person("Root", "admin")
    async with office.house.as_person(root) as work:
        await erase(work, "contact", office.contact, Outside(DiskStore(tmp_path), note))
        connection, space = work.unit.connection, work.context.schema
        assert await connection.fetch(f'select address from "{space}"._mail_party') == [("zoe@other.example",)]
        tables = await connection.fetch("select tablename from pg_tables where schemaname = %s", (space,))
        for (table,) in tables:
            rows = await connection.fetch(f'select t::text from "{space}"."{table}" t')
            assert not [row for row in rows if re.search("carla@acme|Carla Cust|Please call me", row[0])], table
        left = await work.as_system().find("email", order="sent_at")
        assert [one["from_address"] for one in left] == [None, None, "zoe@other.example"]
        assert left[2]["text"] == "Erased asked me, too."
