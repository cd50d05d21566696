"""A lead becomes an account, a contact and an opportunity."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from relata.engine.automation.making.mapping import MappingAdministration, Pair
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.foundation.money import Money
from relata.modules.sales import rules
from relata.modules.sales.actions.matching import suggest
from relata.modules.sales.contracts import LEAD, ConvertedLead, ConvertLead
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


async def test_what_exists_is_offered_and_completed_and_not_overwritten(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "amber labs"})
        contact = await work.create(
            "contact", {"name": "N. Berger", "email": "nadia@amber-labs.example", "account": account.id}
        )
        deal = await work.create("opportunity", {"name": "Mill", "account": account.id})
        made = await lead(work, job_title="Buyer", employees=7, estimated_value=Money(Decimal(9), "EUR"))
        offered = await suggest(work, made)
        command = ConvertLead(made.id, account=account.id, contact=contact.id, opportunity=deal.id)
        result = await work.run(command)
        now = [await work.get(name, key.id) for name, key in (("account", account), ("contact", contact))]
        kept = await work.get("opportunity", deal.id)
        roles = await work.find("opportunity_contact", opportunity=deal.id)
    assert {name: [(one.value, one.is_likely) for one in found] for name, found in offered.items()} == {
        "account": [(str(account.id), True)],
        "contact": [(str(contact.id), True)],
        "opportunity": [(str(deal.id), False)],
    }
    assert (result.account, result.contact, result.opportunity) == (account.id, contact.id, deal.id)
    assert (now[0]["name"], now[0]["employees"]) == ("amber labs", 7)
    assert (now[1]["name"].full, now[1]["job_title"]) == ("N. Berger", "Buyer")
    assert (kept["name"], kept["amount"].amount, kept["contact"]) == ("Mill", 9, contact.id)
    assert [(role["contact"], role["is_primary"]) for role in roles] == [(contact.id, True)]


async def test_fields_of_ones_own_are_taken_along_as_they_are_mapped(house: House) -> None:
    boss = await house.person("Boss")
    office = MappingAdministration(house.door, house.key, boss)
    pairs = [Pair("industry", "account", "industry"), Pair("employees", "opportunity", "next_step")]
    with pytest.raises(Invalid) as refused:
        await office.put(LEAD, "convert_lead", [Pair("need", "opportunity", "amount"), Pair("x", "account", "name")])
    await office.put(LEAD, "convert_lead", [Pair("utm_source", "account", "description"), pairs[1]])
    async with house.as_person(boss) as work:
        made = await lead(work, utm_source="letter", employees=7)
        result = await work.run(ConvertLead(made.id))
        account = await work.get("account", result.account)
        deal = await work.get("opportunity", result.opportunity)
    assert {problem.field for problem in refused.value.problems} == {"0", "1"}
    assert (account["description"], deal["next_step"]) == ("letter", "7")


@pytest.mark.parametrize(("address", "domain"), [("a@Amber.example", "amber.example"), ("a@gmail.com", "")])
def test_a_domain_that_anybody_can_have_says_nothing(address: str, domain: str) -> None:
    assert rules.company_domain(address) == domain


async def test_two_people_at_once_convert_it_once(open_house: House) -> None:
    async with open_house.system() as work:
        made = await lead(work)

    async def convert() -> ConvertedLead:
        async with open_house.system() as work:
            found: ConvertedLead = await work.run(ConvertLead(made.id))
            return found

    first, second = await asyncio.gather(convert(), convert())
    async with open_house.system() as work:
        assert await counts(work) == [1, 1, 1, 1]
    assert first == second
