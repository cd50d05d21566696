"""What a lead becomes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from relata.engine.metadata.fields import AddressValue, PersonNameValue
from relata.modules.sales import errors, rules


def lead(**values: Any) -> dict[str, Any]:
    """A lead with a name and nothing else."""
    empty = dict.fromkeys(
        "company website employees address job_title email phone description estimated_value source need".split()
    )
    return {**empty, "name": PersonNameValue("", "Nadia", "Berger"), **values}


def test_a_person_without_a_company_becomes_no_account() -> None:
    assert rules.account_from(lead()) is None


def test_a_company_becomes_a_prospect() -> None:
    account = rules.account_from(lead(company="Amber Labs"))
    assert account is not None
    assert (account["name"], account["type"]) == ("Amber Labs", "prospect")


def test_the_address_belongs_to_the_company_if_there_is_one() -> None:
    one = lead(company="Amber Labs", address=AddressValue(city="Lyon"))
    assert rules.contact_from(one)["mailing_address"] is None


def test_the_address_belongs_to_the_person_otherwise() -> None:
    assert rules.contact_from(lead(address=AddressValue(city="Lyon")))["mailing_address"] == AddressValue(city="Lyon")


@pytest.mark.parametrize(
    ("company", "given", "name"),
    [("Amber Labs", "Pilot", "Pilot"), ("Amber Labs", "", "Amber Labs"), (None, "", "Nadia Berger")],
)
def test_a_deal_is_called_as_told_or_after_company_or_person(company: str | None, given: str, name: str) -> None:
    assert rules.opportunity_from(lead(company=company), given)["name"] == name


def test_a_lead_is_not_converted_to_nothing() -> None:
    with pytest.raises(errors.ConvertByAction):
        rules.check_conversion(changed=False, became_converted=True, targets=[None, None, None])


def test_what_a_lead_became_is_not_changed_afterwards() -> None:
    with pytest.raises(errors.LeadIsConverted):
        rules.check_conversion(changed=True, became_converted=False, targets=[uuid4()])


def test_a_lead_is_converted_to_something() -> None:
    rules.check_conversion(changed=True, became_converted=True, targets=[uuid4(), None, None])
