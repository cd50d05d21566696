"""Decisions about people and companies: pure functions of values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from relata.modules.parties import errors

#: The field that forbids each channel.
REFUSALS = {"email": "do_not_email", "phone": "do_not_call", "sms": "do_not_text", "post": "do_not_post"}


def check_period(starts_on: date | None, ends_on: date | None) -> None:
    """Raise EndsBeforeStart where both days are known and the wrong way round; one day is a period."""
    if starts_on and ends_on and ends_on < starts_on:
        raise errors.EndsBeforeStart


def check_hierarchy(account: UUID | None, ancestors: Iterable[UUID]) -> None:
    """Raise if the account is among its own ancestors. account: None while it is new. ancestors: the parent first."""
    for depth, ancestor in enumerate(ancestors):
        if account is not None and ancestor == account:
            raise errors.HierarchyHasCircle if depth else errors.RelatedToItself("parent")


def check_two_people(person: UUID | None, other: UUID | None) -> None:
    """Raise RelatedToItself for a relationship of a person with themselves."""
    if person is not None and person == other:
        raise errors.RelatedToItself("other")


def check_holder(account: UUID | None, contact: UUID | None) -> None:
    """Raise AddressNeedsOneHolder unless exactly one of the two is given."""
    if (account is None) == (contact is None):
        raise errors.AddressNeedsOneHolder


def check_fits_list(holds: str, member: str) -> None:
    """Raise NotForThisList unless the member's object is what the list holds."""
    if holds != member:
        raise errors.NotForThisList(holds)


def open_channels(contact: Any) -> tuple[str, ...]:
    """The channels by which a person may be approached. contact: anything that answers to a field's name."""
    return tuple(channel for channel, refusal in REFUSALS.items() if not contact[refusal])
