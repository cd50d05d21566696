"""What a lead becomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from relata.modules.sales import errors

#: Which fields of what a lead becomes take which of its own; `account_from` and the others do it. Administrators add to
#: these, and do not change them.
TAKEN = {
    "account": {"company": "name", "website": "website", "employees": "employees", "address": "billing_address"},
    "contact": {
        "name": "name", "job_title": "job_title", "email": "email", "phone": "phone", "address": "mailing_address",
        "description": "description",
    },
    "opportunity": {"estimated_value": "amount", "source": "source", "need": "description"},
}  # fmt: skip


class Values(Protocol):
    """Anything that answers to a field's name: a record, a dictionary."""

    def __getitem__(self, name: str, /) -> Any: ...


def check_conversion(changed: bool, became_converted: bool, targets: Iterable[Any]) -> None:
    """What a lead became is written once, when it is converted. changed: one of the links to it was written.
    targets: account, contact and opportunity, of which one must be there."""
    if became_converted and not any(targets):
        raise errors.ConvertByAction
    if changed and not became_converted:
        raise errors.LeadIsConverted


def account_from(lead: Values) -> dict[str, Any] | None:
    """The values of the account that a lead becomes; None for a person without a company."""
    if not lead["company"]:
        return None
    return {
        "name": lead["company"],
        "type": "prospect",
        "website": lead["website"],
        "employees": lead["employees"],
        "billing_address": lead["address"],
    }


def contact_from(lead: Values) -> dict[str, Any]:
    """The values of the contact that a lead becomes. The address is the person's only where there is no company."""
    return {
        "name": lead["name"],
        "job_title": lead["job_title"],
        "email": lead["email"],
        "phone": lead["phone"],
        "mailing_address": None if lead["company"] else lead["address"],
        "description": lead["description"],
        "lifecycle_stage": "prospect",
    }


def opportunity_from(lead: Values, name: str) -> dict[str, Any]:
    """The values of the opportunity that a lead becomes. name: if empty, the company's or the person's."""
    return {
        "name": name or lead["company"] or lead["name"].full,
        "amount": lead["estimated_value"],
        "source": lead["source"],
        "description": lead["need"],
    }


#: Whose addresses say nothing about where somebody works.
_EVERYBODY = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com gmx.de gmx.net"
    " web.de t-online.de proton.me protonmail.com mail.com yandex.ru mail.ru qq.com 163.com".split()
)


def company_domain(address: str) -> str:
    """The domain of an address; "" for one of those that anybody can have."""
    domain = address.rpartition("@")[2].lower()
    return "" if domain in _EVERYBODY else domain
