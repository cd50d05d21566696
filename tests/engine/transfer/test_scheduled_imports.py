"""Imports on a schedule: what is new comes in as its owner, nothing twice, and what goes wrong is told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.engine.fetching import test_guard as net
from tests.engine.transfer.test_import_runs import Desk

from relata.engine.fetching.client import Guard
from relata.engine.files.attachments import receive
from relata.engine.metadata.fields import AnyTarget
from relata.engine.transfer.wizard import saved
from relata.engine.transfer.wizard.schedule_object import IMPORT_SCHEDULE
from relata.engine.transfer.wizard.scheduled import Ground, claim_due, run_schedule
from relata.engine.workspace.attached import add_file
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.testing.house import House

#: A server's and a client's side of a certificate for safe.example.
certified = net.certificate


class Clerk(Desk):
    """Somebody who has files imported. told: what they were told."""

    def __init__(self, house: House, who: UUID, folder: Path) -> None:
        super().__init__(house, who, folder)
        self.told: list[str] = []
        self.drop = folder / "drop"
        self.drop.mkdir(parents=True)

    async def schedule(self, **values: Any) -> UUID:
        run = await self.bring("Company,Sector\nNord,retail\n")
        async with self.house.as_person(self.who) as work:
            mapping = (await saved.save(work, run, "Agency")).id
            wanted = {"name": "Agency", "source": "folder", "folder": str(self.drop), "mapping": mapping, **values}
            return (await work.create(IMPORT_SCHEDULE, wanted)).id

    async def look(self, schedule: UUID, guard: Guard | None = None) -> Record:
        async def tell(work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
            self.told.append(text)
            return True

        ground = Ground(self.house.door, self.store, guard or Guard(), tell, (self.drop,))
        await run_schedule(ground, self.house.key, schedule)
        async with self.house.system() as work:
            return await work.get(IMPORT_SCHEDULE, schedule)


@pytest.fixture
async def clerk(house: House, tmp_path: Path) -> Clerk:
    return Clerk(house, await house.person("Ada"), tmp_path)


async def names(house: House) -> list[str]:
    async with house.system() as work:
        return [one["name"] for one in await work.find("account", order="name")]


async def test_new_files_of_the_folder_come_in_once(clerk: Clerk) -> None:
    schedule = await clerk.schedule()
    (clerk.drop / "one.csv").write_text("Company,Sector\nNord,retail\nWest,energy\n")
    (clerk.drop / "notes.txt").write_text("Company,Sector\nText,retail\n")
    first = await clerk.look(schedule)
    again = await clerk.look(schedule)
    assert await names(clerk.house) == ["Nord", "West"]
    assert (first["last_result"][:6], again["last_result"], clerk.told) == ("2 new,", "Nothing new.", [])


async def test_rows_that_fail_and_other_columns_are_told_to_the_owner(clerk: Clerk) -> None:
    schedule = await clerk.schedule()
    (clerk.drop / "one.csv").write_text("Company,Sector\nNord,alchemy\n")
    await clerk.look(schedule)
    (clerk.drop / "one.csv").write_text("Firm,Sector\nNord,retail\n")
    await clerk.look(schedule)
    assert ["1 not imported" in clerk.told[0], "no column Company" in clerk.told[1]] == [True, True]
    assert await names(clerk.house) == []


async def test_a_folder_that_the_operator_does_not_allow_is_refused(clerk: Clerk) -> None:
    (clerk.drop / "way").symlink_to("/etc")
    for folder in ("/etc", str(clerk.drop / ".."), str(clerk.drop / "way")):
        schedule = await clerk.schedule(folder=folder, pattern="*")
        assert "not among those" in (await clerk.look(schedule))["last_result"]


async def test_a_due_schedule_is_claimed_once_and_a_folder_is_for_administrators(clerk: Clerk) -> None:
    schedule = await clerk.schedule()
    async with clerk.house.system() as work:
        assert (await claim_due(work), await claim_due(work)) == ([schedule], [])
    member = Clerk(clerk.house, await clerk.house.person("Bob", "member"), (clerk.folder / "bob").absolute())
    with pytest.raises(Denied):
        await member.schedule()


async def test_files_that_a_sender_mails_come_in_and_those_of_others_do_not(clerk: Clerk) -> None:
    async with clerk.house.system() as work:
        mailbox = (await work.create("mailbox", {"name": "In", "address": "in@example.com", "owner": clerk.who})).id
        schema = work.context.schema
    schedule = await clerk.schedule(source="mailbox", mailbox=mailbox, sender="Agency@example.com", folder=None)
    for sender, company in (("agency@example.com", "Nord"), ("eve@example.com", "Evil")):
        received = await receive(
            clerk.store, schema, "list.csv", _once(f"Company,Sector\n{company},retail\n"), max_bytes=1000
        )
        async with clerk.house.system() as work:
            values = {"mailbox": mailbox, "mailboxes": [mailbox], "from_address": sender, "owner": clerk.who}
            mail = await work.create("email", {**values, "subject": "List", "has_attachments": True})
            await add_file(work, mail, received)
    await clerk.look(schedule)
    assert await names(clerk.house) == ["Nord"]


async def _once(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def test_a_file_behind_an_address_comes_in_and_what_is_not_public_is_never_asked(
    clerk: Clerk, certified: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    body = b"Company,Sector\nNord,retail\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    async with net.serving(answer, tls=certified[0]) as (port, seen):
        address = f"https://safe.example:{port}/list.csv"
        schedule = await clerk.schedule(source="address", address=address, folder=None)
        inside = Guard(resolve=net.Names(["127.0.0.1"]), tls=certified[1])
        refused = await clerk.look(schedule, inside)
        asked = len(seen)
        done = await clerk.look(schedule, Guard(allow=net.LOOPBACK, resolve=net.Names(["127.0.0.1"]), tls=certified[1]))
    assert (asked, len(seen), await names(clerk.house)) == (0, 1, ["Nord"])
    assert (done["last_result"][:6], refused["last_result"]) == ("1 new,", clerk.told[0].partition(": ")[2])
