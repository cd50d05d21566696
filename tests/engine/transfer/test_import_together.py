"""Several files at once: their links found, put in order, previewed before anything is there, and taken back as one."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tests.engine.transfer.test_import_runs import Desk

from relata.engine.transfer.wizard import intake, together
from relata.engine.workspace.record import Record
from relata.testing.house import House

CONTACTS = "Name,Email,Company Id\nAnn Lee,ann@example.com,7\nBob Ray,bob@example.com,8\nEve Orr,eve@example.com,99\n"
ACCOUNTS = "Id,Company Name,Industry\n7,Bluth,software\n8,Acme,retail\n9,Condax,energy\n"


@pytest.fixture
async def desk(house: House, tmp_path: Path) -> Desk:
    found = Desk(house, await house.person("Ada"), tmp_path)
    found.queue.task(together.TASK)(_nothing)
    return found


async def _nothing(job: object) -> None:
    """No worker runs here."""


async def brought(desk: Desk, **files: str) -> UUID:
    """The set that these files make. files: by what they are called, without the ending."""
    async with desk.house.system() as work:
        schema = work.context.schema
    prepared = []
    for name, text in files.items():
        path = desk.folder / "sent"
        path.write_text(text, encoding="utf-8")
        prepared += await intake.prepare(desk.store, schema, path, f"{name}.csv", desk.folder)
    async with desk.house.as_person(desk.who) as work:
        made, _runs = await together.begin(work, prepared)
        assert made is not None
    return made.id


async def step(desk: Desk, key: UUID, name: str) -> tuple[str, list[Record]]:
    async with desk.house.as_person(desk.who) as work:
        await together.ask(work, desk.queue, key, name)
    await together.advance(desk.house.door, desk.store, desk.queue, desk.house.key, key)
    async with desk.house.as_person(desk.who) as work:
        return (await together.mine(work, key))["status"], await together.runs_of(work, key)


def counts(runs: list[Record]) -> list[tuple[str, int, int]]:
    return [(run["records_of"], run["created"], run["refused"]) for run in runs]


async def test_files_that_link_are_previewed_imported_and_undone_as_one(desk: Desk) -> None:
    key = await brought(desk, contacts=CONTACTS, accounts=ACCOUNTS)
    expected = [("account", 3, 0), ("contact", 2, 1)]
    checked, runs = await step(desk, key, "check")
    assert (checked, counts(runs)) == ("checked", expected)
    async with desk.house.system() as work:
        assert await work.count("account") == await work.count("contact") == 0
    done, runs = await step(desk, key, "write")
    assert (done, counts(runs)) == ("done", expected)
    async with desk.house.system() as work:
        names = {one.id: one["name"] for one in await work.find("account")}
        people = {one["name"].full: names.get(one["account"]) for one in await work.find("contact")}
    assert people == {"Ann Lee": "Bluth", "Bob Ray": "Acme"}
    undone, _runs = await step(desk, key, "undo")
    async with desk.house.system() as work:
        assert (undone, await work.count("account"), await work.count("contact")) == ("undone", 0, 0)
