"""What other modules may import from parties: names of objects, commands, a rule for mail addresses."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from relata.engine.metadata.validation import ValidationRule

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


#: Well-known providers of addresses that live for minutes, put together by us; an administrator adds others by
#: changing the rule.
DOMAINS = (
    "0-mail.com", "10minutemail.com", "10minutemail.net", "20minutemail.com", "33mail.com", "anonbox.net",
    "burnermail.io", "byom.de", "deadaddress.com", "discard.email", "discardmail.com", "discardmail.de",
    "dispostable.com", "dropmail.me", "emailondeck.com", "emltmp.com", "fakeinbox.com", "fakemail.net",
    "getairmail.com", "getnada.com", "grr.la", "guerrillamail.biz", "guerrillamail.com", "guerrillamail.de",
    "guerrillamail.info", "guerrillamail.net", "guerrillamail.org", "guerrillamailblock.com", "harakirimail.com",
    "inboxbear.com", "inboxkitten.com", "incognitomail.org", "jetable.org", "mail-temp.com", "mailcatch.com",
    "maildrop.cc", "mailexpire.com", "mailinator.com", "mailinator.net", "mailinator2.com", "mailnesia.com",
    "mailnull.com", "mailsac.com", "mailtemp.info", "meltmail.com", "minutemail.com", "mintemail.com", "moakt.com",
    "mohmal.com", "mytemp.email", "mytrashmail.com", "nada.email", "nospam.ze.tc", "owlymail.com", "pokemail.net",
    "sharklasers.com", "spam4.me", "spambog.com", "spambox.us", "spamex.com", "spamgourmet.com", "spamhole.com",
    "tempail.com", "tempinbox.com", "tempmail.com", "tempmail.net", "tempmail.plus", "tempmailo.com", "tempr.email",
    "temp-mail.io", "temp-mail.org", "throwam.com", "throwawaymail.com", "trash-mail.com", "trash-mail.de",
    "trashmail.com", "trashmail.de", "trashmail.net", "trbvm.com", "wegwerfemail.de", "wegwerfmail.de",
    "wegwerfmail.net", "yopmail.com", "yopmail.fr", "yopmail.net", "zetmail.com",
)  # fmt: skip

THROWAWAY = ValidationRule(
    "throwaway_mail",
    "domain(email) in (" + ", ".join(f'"{domain}"' for domain in DOMAINS) + ")",
    "The mail address is one that people throw away.",
    label="Mail addresses to throw away",
    forbids=True,
    field="email",
    severity="hint",
)
