"""What other modules may import from parties: names of objects, commands."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from relata.modules.parties.throwaway_domains import THROWAWAY as THROWAWAY

MODULE_NAME = "parties"

ACCOUNT = "account"
CONTACT = "contact"
AFFILIATION = "affiliation"
RELATIONSHIP = "relationship"
ADDRESS = "address"
HOUSEHOLD = "household"
STATIC_LIST = "static_list"
LIST_MEMBER = "list_member"
SEGMENT = "segment"


class AddToList(msgspec.Struct, frozen=True):
    """Put one account or one contact on a list; giving neither or both is refused."""

    static_list: UUID
    account: UUID | None = None
    contact: UUID | None = None
    note: str = ""


class EndAffiliation(msgspec.Struct, frozen=True):
    """A person no longer works with a company. ended_on: the last day; today if left out."""

    affiliation: UUID
    ended_on: date | None = None


class CountSegment(msgspec.Struct, frozen=True):
    """How many records a segment holds now."""

    segment: UUID


class AffiliationEnded(msgspec.Struct, frozen=True):
    """A person left a company."""

    affiliation: UUID
    contact: UUID
    account: UUID
    ended_on: date
