"""The export of another system, brought in whole: numbers kept, a second run, later exports, conflicts, figures."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relata.engine.files.attachments import FORGET, receive
from relata.engine.files.store import DiskStore
from relata.engine.jobs.queue import Queue
from relata.engine.metadata.icons import OBJECT_ICONS
from relata.engine.transfer.migration import conflicts, jobs
from relata.engine.transfer.migration.export import recognised, unpacked
from relata.engine.transfer.migration.leaving import leave
from relata.engine.transfer.migration.objects import CONFLICT
from relata.engine.transfer.migration.planning import Options, plan
from relata.engine.transfer.migration.running import Moved, move_in
from relata.engine.transfer.sources import SOURCES
from relata.engine.transfer.sources.salesforce import SALESFORCE, number
from relata.engine.transfer.trials import changes
from relata.engine.transfer.wizard.cleaning import clean
from relata.engine.workspace.attached import files_of
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House

ADA, BOB = "005000000000001AAA", "005000000000002AAA"
ACCOUNTS = f"""Id,IsDeleted,Name,ParentId,AnnualRevenue,OwnerId,CreatedDate,CreatedById,Industry
001000000000001AAA,,Analytical Engines,,1000.50,{ADA},2020-01-02T03:04:05.000+0000,{ADA},Technology
001000000000002AAA,,Looms,001000000000001AAA,20,{BOB},2021-01-02T03:04:05.000+0000,{BOB},Weaving
001000000000003AAA,1,Gone,,7,{BOB},2021-01-02T03:04:05.000+0000,{BOB},
"""
CONTACTS = f"""Id,AccountId,LastName,FirstName,Email,MobilePhone,OwnerId,Hat__c
003000000000001AAA,001000000000001AAA,Lovelace,Ada,ada@example.com,+493090182000,{ADA},bonnet
003000000000002AAA,001000000000009AAA,Babbage,Charles,not an address,,{ADA},top hat
"""
DEALS = f"""Id,AccountId,Name,StageName,Amount,Probability,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate
006000000000001AAA,001000000000001,First engine,Closed Won,300,100,2024-05-06,1,1,{ADA},2024-01-02T00:00:00.000+0000
006000000000002AAA,001000000000002AAA,Second engine,Talking,400.25,20,2034-05-06,,,{ADA},2024-01-02T00:00:00.000+0000
"""
LEADS = f"""Id,LastName,Company,Status,IsConverted,ConvertedAccountId,ConvertedContactId,OwnerId
00Q000000000001AAA,Lovelace,001000000000001AAA,Closed - Converted,1,001000000000001AAA,003000000000001AAA,{ADA}
00Q000000000002AAA,Jacquard,Looms,Working - Contacted,,,,{BOB}
"""
TASKS = f"""Id,Subject,Status,Priority,ActivityDate,WhoId,WhatId,OwnerId
00T000000000001AAA,Call back,Completed,High,2024-02-03,,006000000000002AAA,{ADA}
"""
WHOLE = {"Account": ACCOUNTS, "Contact": CONTACTS, "Opportunity": DEALS, "Lead": LEADS, "Task": TASKS}


def written(folder: Path, tables: Mapping[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return folder


async def moved(
    house: House, folder: Path, tables: Mapping[str, str], who: Any = None, *, fields: bool = False
) -> Moved:
    export = recognised(written(folder, tables), SOURCES)
    return await move_in(house.door, house.key, who, export, Options(fields=fields))


async def test_everything_comes_with_its_owners_dates_and_links(house: House, tmp_path: Path) -> None:
    told = await moved(house, tmp_path / "export", WHOLE, fields=True)
    async with house.system() as work:
        loom = (await work.find("account", reference="001000000000002AAA"))[0]
        parent = await work.get("account", loom["parent"])
        owner = await work.get("user", loom["owner"])
        deal = await work.first("opportunity", name="First engine")
        assert deal is not None
        stage = await work.get("stage", deal["stage"])
        contact = (await work.find("contact", reference="003000000000001AAA"))[0]
        task = await work.first("task", subject="Call back")
        lead = (await work.find("lead", reference="00Q000000000001AAA"))[0]
        other = (await work.find("lead", reference="00Q000000000002AAA"))[0]
        entry = (await work.history(loom))[-1]
    assert (parent["name"], owner["name"], owner["status"]) == (
        "Analytical Engines",
        "Salesforce user 002AAA",
        "inactive",
    )
    assert loom["created_at"] == datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert loom["created_by"] == owner.id
    assert (deal["account"], stage["name"], deal["status"]) == (parent.id, "Closed Won", "won")
    assert (contact["account"], contact["hat"]) == (parent.id, "bonnet")
    assert task is not None
    assert (task["about"].object, task["status"], task["priority"]) == ("opportunity", "done", "high")
    assert (lead["status"], lead["company"]) == ("converted", "Analytical Engines")
    assert (lead["converted_account"], lead["converted_contact"]) == (parent.id, contact.id)
    assert other["status"] == "working"
    assert entry.source["made"] == "2021-01-02T03:04:05.000+0000"
    assert told.is_explained


async def test_counts_and_sums_are_told_with_their_differences(house: House, tmp_path: Path) -> None:
    reports = {one.table: one for one in (await moved(house, tmp_path / "export", WHOLE)).tables}
    accounts, contacts, deals = reports["Account"], reports["Contact"], reports["Opportunity"]
    assert (accounts.rows, accounts.here, accounts.skipped) == (3, 2, 1)
    assert [(line.there, line.here, line.explained) for line in accounts.sums] == [
        (Decimal("1027.50"), Decimal("1020.50"), {"not_brought": Decimal(7)})
    ]
    assert [(line.there, line.here) for line in deals.sums] == [(Decimal("700.25"), Decimal("700.25"))]
    assert contacts.here == 2
    assert contacts.blank == {"AccountId": 1}
    assert any("address" in words for _column, words, _rows in contacts.reasons)


async def test_a_second_run_writes_nothing_and_a_later_export_what_is_new(house: House, tmp_path: Path) -> None:
    await moved(house, tmp_path / "export", WHOLE)
    async with house.system() as work:
        before = await changes(work)
    await moved(house, tmp_path / "export", WHOLE)
    async with house.system() as work:
        assert await changes(work) == before
    later = {**WHOLE, "Account": ACCOUNTS.replace("Looms", "Jacquard looms") + "001000000000004AAA,,New,,,,,,\n"}
    told = await moved(house, tmp_path / "export", later)
    async with house.system() as work:
        names = {one["name"] for one in await work.find("account")}
    report = next(one for one in told.tables if one.table == "Account")
    assert (report.created, report.updated) == (1, 1)
    assert names == {"Analytical Engines", "Jacquard looms", "New"}


async def test_what_was_changed_here_stays_and_what_both_changed_is_asked(house: House, tmp_path: Path) -> None:
    await moved(house, tmp_path / "export", WHOLE)
    async with house.system() as work:
        loom = (await work.find("account", reference="001000000000002AAA"))[0]
        await work.change(loom, {"name": "Our looms", "employees": 5})
    again = await moved(house, tmp_path / "export", WHOLE)
    edited = next(one for one in again.tables if one.table == "Account").edited
    told = await moved(house, tmp_path / "export", {**WHOLE, "Account": ACCOUNTS.replace("Looms", "Their looms")})
    async with house.system() as work:
        name = (await work.get("account", loom.id))["name"]
        asked = await work.find(CONFLICT, decision="open")
        assert conflicts.theirs_of(asked[0]) == "Their looms"
        await conflicts.decide(work, asked[0].id, take_theirs=True)
        after = (await work.get("account", loom.id))["name"]
    assert (edited, name, len(asked), after) == (1, "Our looms", 1, "Their looms")
    assert next(one for one in told.tables if one.table == "Account").conflicts == 1


async def test_a_merged_record_goes_on_answering_to_both_numbers(house: House, tmp_path: Path) -> None:
    await moved(house, tmp_path / "export", WHOLE)
    async with house.system() as work:
        first = await work.create("account", {"name": "Mills"})
        loom = (await work.find("account", reference="001000000000002AAA"))[0]
        await work.merge(first, [loom.id])
    later = {**WHOLE, "Contact": CONTACTS.replace("001000000000001AAA", "001000000000002AAA")}
    await moved(house, tmp_path / "export", later)
    async with house.system() as work:
        contact = (await work.find("contact", reference="003000000000001AAA"))[0]
    assert contact["account"] == first.id


async def test_unknown_tables_become_objects_with_their_links(house: House, tmp_path: Path) -> None:
    branches = "Id,Name,Parent_Account__c,Opened__c,Empty__c\na00000000000001AAA,North,001000000000001AAA,2001-02-03,\n"
    export = recognised(written(tmp_path / "export", {"Account": ACCOUNTS, "Branch__c": branches}), SOURCES)
    made = plan((await house.door.context(house.key)).registry, export)
    branch = next(one for one in made.tables if one.table.name == "Branch__c")
    assert branch.made_object is not None
    assert (branch.made_object["name"], branch.made_object["label"]) == ("branch", "Branch")
    assert {field["name"]: field["type"] for field in branch.made_fields} == {
        "opened": "date",
        "parent_account": "link",
    }
    assert [(one.field, one.tables) for one in branch.late] == [("parent_account", frozenset({"Account"}))]
    assert branch.left == {"Empty__c": "empty"}


HUBSPOT = {
    "hubspot-crm-exports-all-companies-2024-05-01": (
        "Record ID,Company name,Company owner,Create Date\n11,Looms,Mia May,2020-01-02 03:04\n"
    ),
    "hubspot-crm-exports-all-contacts-2024-05-01": (
        "Record ID,First Name,Last Name,Email,Associated Company IDs,Contact owner\n"
        "21,Ada,Lovelace,ada@example.com,11;12,Mia May\n"
    ),
    "hubspot-crm-exports-all-deals-2024-05-01": (
        "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Associated Company IDs,Associated Contact IDs\n"
        "31,Engine,Closed Won,Sales,12.50,2024-03-04 05:06,11,21\n"
    ),
}
PIPEDRIVE = {
    "organizations-77-1": "Organization - ID,Organization - Name,Organization - Owner\n1,Looms,Mia May\n",
    "people-77-2": (
        "Person - ID,Person - Name,Person - Email - Work,Person - Organization\n2,Ada Lovelace,ada@example.com,Looms\n"
    ),
    "deals-77-3": (
        "Deal - ID,Deal - Title,Deal - Status,Deal - Stage,Deal - Value,Deal - Currency of Value,Deal - Organization,"
        "Deal - Contact person,Deal - Won time\n"
        "3,Engine,Won,Talking,12.50,USD,Looms,Ada Lovelace,2024-03-04 05:06:07\n"
    ),
}


@pytest.mark.parametrize("tables", [HUBSPOT, PIPEDRIVE], ids=["hubspot", "pipedrive"])
async def test_published_layouts_of_others_come_in_linked(house: House, tmp_path: Path, tables: dict[str, str]) -> None:
    told = await moved(house, tmp_path / "export", tables)
    async with house.system() as work:
        deal = await work.first("opportunity", name="Engine")
        assert deal is not None
        account = await work.get("account", deal["account"])
        contact = await work.get("contact", deal["contact"])
        owner = await work.get("user", account["owner"])
    assert (account["name"], contact["account"], owner["name"]) == ("Looms", account.id, "Mia May")
    assert (deal["status"], deal["amount"].amount, str(deal["closed_on"])) == ("won", Decimal("12.50"), "2024-03-04")
    assert told.is_explained


async def test_the_way_of_a_deal_through_its_stages_comes_along(house: House, tmp_path: Path) -> None:
    history = (
        "Id,OpportunityId,StageName,CreatedDate\n008A,006000000000001AAA,Talking,2024-01-02T00:00:00.000+0000\n"
        "008B,006000000000001AAA,Closed Won,2024-02-03T00:00:00.000+0000\n"
    )
    await moved(house, tmp_path / "export", {**WHOLE, "OpportunityHistory": history})
    async with house.system() as work:
        deal = await work.first("opportunity", name="First engine")
        assert deal is not None
        stays = await work.find("stage_stay", opportunity=deal.id, order="entered_at")
    assert [(one["name"], one["left_at"] is None) for one in stays] == [("Talking", False), ("Closed Won", True)]


async def test_the_way_back_is_read_again_as_what_came(house: House, tmp_path: Path) -> None:
    await moved(house, tmp_path / "export", WHOLE)
    async with house.system() as work:
        await work.create("account", {"name": "Made here", "annual_revenue": "5 EUR"})
    (tmp_path / "out").mkdir()
    left = await leave(house.door, house.key, None, SALESFORCE, tmp_path / "out")
    rows = {one.file: one.rows for one in left}
    assert (rows["Account.csv"], rows["Contact.csv"], rows["Opportunity.csv"], rows["Task.csv"]) == (3, 2, 2, 1)
    export = recognised(tmp_path / "out", SOURCES)
    accounts = {cells["Name"]: cells for cells in export.cells("Account")}
    deals = {cells["Name"]: cells for cells in export.cells("Opportunity")}
    parent = accounts["Analytical Engines"]
    assert (parent["Id"], Decimal(parent["AnnualRevenue"])) == ("001000000000001AAA", Decimal("1000.50"))
    assert (accounts["Looms"]["ParentId"], accounts["Looms"]["OwnerId"]) == ("001000000000001AAA", BOB)
    assert (accounts["Made here"]["Id"], bool(accounts["Made here"]["Relata_Id__c"])) == ("", True)
    assert (deals["First engine"]["StageName"], deals["First engine"]["AccountId"]) == ("Closed Won", parent["Id"])
    reader = await house.person("Rita", "reader")
    with pytest.raises(Denied):
        await leave(house.door, house.key, reader, SALESFORCE, tmp_path / "none")


async def test_an_export_that_was_sent_is_looked_at_and_brought_with_its_files(house: House, tmp_path: Path) -> None:
    ada = await house.person("Ada", "admin")
    store, queue = DiskStore(tmp_path / "files"), Queue(house.door.database.url)
    queue.task(jobs.TASK)(_nothing)
    async with house.as_person(ada) as work:
        received = await receive(store, work.context.schema, "export.zip", _archive(tmp_path))
        run = (await jobs.begin(work, queue, "export.zip", received, Options(fields=False), "")).id
    await jobs.work_on(house.door, store, house.key, run, SOURCES)
    async with house.as_person(ada) as work:
        looked = await jobs.found(work, run)
        assert (looked["status"], looked["system"], looked["total"]) == ("ready", "Salesforce", 5)
        assert not await work.find("account")
        await jobs.start(work, queue, run)
    await jobs.work_on(house.door, store, house.key, run, SOURCES)
    async with house.as_person(ada) as work:
        done = await jobs.found(work, run)
        first = (await work.find("account", reference="001000000000001AAA"))[0]
        names = [file.name for file in await files_of(work, first)]
    assert (done["status"], done["error"], done["created"]) == ("done", None, 4)
    assert done["report"]["is_explained"]
    assert done["report"]["files"]["brought"] == 1
    assert names == ["plan.txt"]
    queue.task(FORGET)(_nothing)
    async with house.system() as work:
        kept = await clean(work, queue)
        dropped = await clean(work, queue, older_than=timedelta(seconds=-60))
        assert (kept, dropped, await files_of(work, done)) == (0, 1, [])
        assert len(await files_of(work, first)) == 1


async def _nothing(job: Any) -> None:
    """The test runs the jobs itself."""


async def _archive(folder: Path) -> AsyncIterator[bytes]:
    path = folder / "sent.zip"
    attachment = "Id,ParentId,Name\n00P000000000001AAA,001000000000001AAA,plan.txt\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Account.csv", ACCOUNTS)
        archive.writestr("Attachment.csv", attachment)
        archive.writestr("Attachments/00P000000000001AAA", "drawings")
    yield path.read_bytes()


async def test_who_may_not_change_objects_moves_nothing_in(house: House, tmp_path: Path) -> None:
    member = await house.person("Mia", "member")
    with pytest.raises(Denied):
        await moved(house, tmp_path / "export", {"Account": ACCOUNTS}, who=member)


def test_archives_that_are_none_or_too_much_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Account.csv", "Id,Name\n" + "0" * 30_000_000)
    outside = tmp_path / "outside.zip"
    with zipfile.ZipFile(outside, "w") as archive:
        archive.writestr("../../Account.csv", ACCOUNTS)
    text = tmp_path / "text.zip"
    text.write_text("Id,Name\n")
    for path in (bomb, text):
        with pytest.raises(Invalid):
            unpacked(path, tmp_path / "to")
    unpacked(outside, tmp_path / "to")
    assert (tmp_path / "to" / "Account.csv").is_file()
    with pytest.raises(Invalid, match="not the export"):
        recognised(written(tmp_path / "other", {"weather": "day,rain\n1,2\n"}), SOURCES)


def test_ids_of_fifteen_letters_are_those_of_eighteen() -> None:
    assert number("001Ec00000GGw3h") == "001Ec00000GGw3hIAD"


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)
async def test_sources_name_what_is_there(house: House, source: Any) -> None:
    """Each field of a declared table exists, where its object does; each pointer leads to a table."""
    registry = (await house.door.context(house.key)).registry
    names = {name for table in source.tables for name in (table.name, *(alias for alias, _column in table.aliases))}
    for table in source.tables:
        one = registry.objects.get(table.of)
        assert table.icon in OBJECT_ICONS
        unknown = {column.name for column in table.columns if one and one.field(column.name) is None}
        assert not unknown, (table.name, unknown)
        for pointer in (*table.pointers, *(table.closing.pointers if table.closing else ())):
            assert pointer.tables <= names | {"Case"}, (table.name, pointer.field)
