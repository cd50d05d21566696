"""A lead becomes an account, a contact and an opportunity."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.foundation.money import Money
from relata.modules.sales.contracts import LEAD, ConvertLead
from relata.testing.house import House

COUNTED = ("account", "contact", "opportunity", "opportunity_contact")


async def lead(work: Workspace, **values: Any) -> Record:
    """A lead at a company."""
    known = {"name": "Nadia Berger", "company": "Amber Labs", "email": "nadia@amber-labs.example"}
    return await work.create(LEAD, known | values)


async def counts(work: Workspace) -> list[int]:
    """How many records there are of what a conversion makes."""
    return [await work.count(name) for name in COUNTED]


async def test_a_lead_becomes_account_contact_and_opportunity(house: House) -> None:
    async with house.system() as work:
        made = await lead(work, estimated_value=Money(Decimal(5000), "EUR"), source="event")
        result = await work.run(ConvertLead(made.id))
        converted = await work.get(LEAD, made.id)
        contact = await work.get("contact", result.contact)
        opportunity = await work.get("opportunity", result.opportunity)
    assert converted["status"] == "converted"
    assert converted["converted_at"] is not None
    assert (contact["name"].full, contact["account"]) == ("Nadia Berger", result.account)
    assert (opportunity["name"], opportunity["amount"].amount, opportunity["source"]) == ("Amber Labs", 5000, "event")
    assert (opportunity["account"], opportunity["contact"]) == (result.account, result.contact)


async def test_converting_twice_answers_the_first_result_and_makes_nothing(house: House) -> None:
    async with house.system() as work:
        made = await lead(work)
        first = await work.run(ConvertLead(made.id))
        before = await counts(work)
        again = await work.run(ConvertLead(made.id, with_opportunity=False, opportunity_name="Other"))
        assert await counts(work) == before
    assert again == first


async def test_existing_records_are_used_when_they_are_named(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Amber Laboratories"})
        contact = await work.create("contact", {"name": "Nadia B.", "account": account.id})
        made = await lead(work)
        before = await counts(work)
        result = await work.run(ConvertLead(made.id, account=account.id, contact=contact.id, with_opportunity=False))
        assert await counts(work) == before
    assert (result.account, result.contact, result.opportunity) == (account.id, contact.id, None)


async def test_a_person_without_a_company_becomes_a_contact_without_an_account(house: House) -> None:
    async with house.system() as work:
        made = await lead(work, company=None)
        result = await work.run(ConvertLead(made.id))
    assert result.account is None
    assert result.contact is not None


async def test_a_lead_is_not_converted_by_setting_its_status(house: House) -> None:
    async with house.system() as work:
        made = await lead(work)
        with pytest.raises(Invalid, match="account, a contact or an opportunity"):
            await work.change(made, {"status": "converted"})


async def test_an_unqualified_lead_is_picked_up_again_before_it_is_converted(house: House) -> None:
    async with house.system() as work:
        made = await lead(work, status="unqualified")
        with pytest.raises(Invalid) as refused:
            await work.run(ConvertLead(made.id))
    assert refused.value.code == "not_allowed_move"


async def test_what_a_lead_became_stays(house: House) -> None:
    async with house.system() as work:
        made = await lead(work)
        await work.run(ConvertLead(made.id))
        other = await work.create("account", {"name": "Other"})
        with pytest.raises(Conflict):
            await work.change((LEAD, made.id), {"converted_account": other.id})


async def test_a_reader_does_not_convert(house: House) -> None:
    async with house.system() as work:
        made = await lead(work)
    rita = await house.person("Rita", "reader")
    with pytest.raises(Denied):
        async with house.as_person(rita) as work:
            await work.run(ConvertLead(made.id))


async def test_a_representative_converts_their_own_lead(house: House) -> None:
    async with house.system() as work:
        team = await work.create("team", {"name": "West"})
    sam = await house.person("Sam", "sales_rep", team=team.id)
    async with house.as_person(sam) as work:
        made = await lead(work)
        result = await work.run(ConvertLead(made.id))
        account = await work.get("account", result.account)
    assert account["owner"] == sam
