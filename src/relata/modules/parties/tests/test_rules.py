"""Decisions about people and companies."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from relata.modules.parties import errors, rules

TODAY = date(2026, 11, 21)


def test_a_period_of_one_day_is_a_period() -> None:
    rules.check_period(TODAY, TODAY)


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(errors.EndsBeforeStart):
        rules.check_period(TODAY, date(2026, 11, 20))


def test_a_period_with_an_open_end_is_in_order() -> None:
    rules.check_period(TODAY, None)


def test_an_account_is_not_its_own_parent() -> None:
    account = uuid4()
    with pytest.raises(errors.RelatedToItself):
        rules.check_hierarchy(account, [account])


def test_an_account_does_not_go_below_its_own_subsidiary() -> None:
    account = uuid4()
    with pytest.raises(errors.HierarchyHasCircle):
        rules.check_hierarchy(account, [uuid4(), account])


def test_an_account_goes_below_a_stranger() -> None:
    rules.check_hierarchy(uuid4(), [uuid4(), uuid4()])


def test_a_person_is_not_related_to_themselves() -> None:
    person = uuid4()
    with pytest.raises(errors.RelatedToItself):
        rules.check_two_people(person, person)


def test_an_address_has_one_holder() -> None:
    rules.check_holder(uuid4(), None)
    rules.check_holder(None, uuid4())


def test_an_address_without_a_holder_is_refused() -> None:
    with pytest.raises(errors.AddressNeedsOneHolder):
        rules.check_holder(None, None)


def test_an_address_with_two_holders_is_refused() -> None:
    with pytest.raises(errors.AddressNeedsOneHolder):
        rules.check_holder(uuid4(), uuid4())


def test_a_contact_does_not_fit_a_list_of_accounts() -> None:
    with pytest.raises(errors.NotForThisList, match="accounts only"):
        rules.check_fits_list("account", "contact")


def test_a_contact_is_approached_only_by_open_channels() -> None:
    contact = {"do_not_email": True, "do_not_call": False, "do_not_text": None, "do_not_post": True}
    assert rules.open_channels(contact) == ("phone", "sms")
