"""What ties Larkfield's customers together: affiliations, relationships, addresses, lists, a segment."""

from __future__ import annotations

from datetime import timedelta

from relata.engine.metadata.fields import AddressValue, AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties import contracts


async def make(work: Workspace, accounts: list[Record], contacts: list[Record]) -> None:
    """A few of each, enough to see how they look."""
    by_name = {account["name"]: account for account in accounts}
    await _ties(work, by_name, contacts)
    await _addresses(work, by_name)
    await _lists(work, accounts, contacts)


async def _ties(work: Workspace, accounts: dict[str, Record], contacts: list[Record]) -> None:
    today = work.clock.today
    boards = (
        ("Member of the supervisory board", contacts[0], "Havelbank", timedelta(days=900), None),
        ("Adviser", contacts[4], "Bluequay Ventures", timedelta(days=400), None),
        ("Managing director", contacts[9], "Studio Fünfuhr", timedelta(days=2400), timedelta(days=700)),
        ("Lecturer", contacts[15], "Universität Rheintal", timedelta(days=1200), None),
    )
    for role, contact, company, since, until in boards:
        values = {
            "role": role,
            "contact": contact.id,
            "account": accounts[company].id,
            "starts_on": today - since,
            "ends_on": today - until if until else None,
        }
        await work.create(contracts.AFFILIATION, values)
    pairs = ((0, 4, "knows", "mutual"), (2, 3, "manager", "one_way"), (10, 30, "referred", "one_way"))
    for person, other, kind, direction in pairs:
        values = {"kind": kind, "person": contacts[person].id, "other": contacts[other].id, "direction": direction}
        await work.create(contracts.RELATIONSHIP, values)


async def _addresses(work: Workspace, accounts: dict[str, Record]) -> None:
    further = (
        ("Warehouse south", "shipping", "Alster Logistik", AddressValue("Torgasse 4", "80331", "München", "", "DE")),
        ("Children's hospital", "branch", "Klinikum Seeblick", AddressValue("Uferallee 9", "88045", "Friedrichshafen")),
        ("Court office", "visiting", "Harrowgate Legal", AddressValue("2 Temple Mews", "EC4Y 7BB", "London", "", "GB")),
    )  # fmt: skip
    for name, kind, company, address in further:
        values = {"name": name, "type": kind, "account": accounts[company].id, "address": address}
        await work.create(contracts.ADDRESS, values)


async def _lists(work: Workspace, accounts: list[Record], contacts: list[Record]) -> None:
    guests = {"name": "Tasting evening, guests", "holds": contracts.CONTACT, "description": "Invited in person."}
    partners = {"name": "Framework agreements", "holds": contracts.ACCOUNT}
    for values, members in ((guests, contacts[::7]), (partners, accounts[:12:3])):
        static_list = await work.create(contracts.STATIC_LIST, values)
        for member in members:
            target = AnyTarget(values["holds"], member.id)
            await work.create(contracts.LIST_MEMBER, {"static_list": static_list.id, "member": target})
    segment = {
        "name": "Customers in finance who take e-mail",
        "holds": contracts.CONTACT,
        "expression": 'account.industry = "finance" and account.type = "customer" and not do_not_email',
    }
    await work.create(contracts.SEGMENT, segment)
