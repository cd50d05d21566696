"""Mail addresses that are thrown away: a rule for whatever has one, which refuses nobody and counts."""

from __future__ import annotations

from relata.engine.metadata.validation import ValidationRule

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
