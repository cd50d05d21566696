"""Whether others can trust mail from a domain: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from relata.foundation.i18n import gettext as _

#: Port: the text records of a name; Unavailable where nobody answers.
Texts = Callable[[str], Awaitable[list[str]]]
#: Names under which keys usually lie; nobody can ask for all of them.
SELECTORS = (
    "default", "dkim", "mail", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "fm1", "fm2", "fm3",
    "mandrill", "smtp", "key1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. name: SPF, DKIM or DMARC. meaning: good, warning or bad. record: as it stands there."""

    name: str
    meaning: str
    text: str
    advice: str = ""
    record: str = ""


async def check_domain(domain: str, texts: Texts) -> list[Finding]:
    """All three. Raises what `texts` raises."""
    own, policy, *keys = await asyncio.gather(
        texts(domain), texts(f"_dmarc.{domain}"), *(texts(f"{one}._domainkey.{domain}") for one in SELECTORS)
    )
    found = [(one, _key(each)) for one, each in zip(SELECTORS, keys, strict=True) if _key(each)]
    return [spf(own), dkim(found), dmarc(policy)]


def spf(records: Sequence[str]) -> Finding:
    """Which servers may send."""
    found = [one for one in records if one.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return Finding(
            "SPF", "bad", _("The domain does not say which servers may send its mail."),
            _("Ask your mail provider for its SPF record, and add it as a TXT record of the domain."),
        )  # fmt: skip
    if len(found) > 1:
        return Finding(
            "SPF", "bad", _("There are several SPF records, so that none counts."), _("Make one of them."), found[0]
        )
    words = found[0].lower().split()
    if words[-1] in ("+all", "all"):
        return Finding(
            "SPF", "bad", _("Everybody may send in the name of the domain."),
            _("Replace the last word by “~all” or “-all”."), found[0],
        )  # fmt: skip
    looks = sum(word.lstrip("+-~?").split(":")[0].split("=")[0].split("/")[0] in _ASKING for word in words)
    if looks > 10:
        return Finding(
            "SPF", "bad", _("The record asks more than ten other names, so that it does not count."),
            _("Take out what you no longer use."), found[0],
        )  # fmt: skip
    if not any(word.endswith("all") or word.startswith("redirect=") for word in words):
        return Finding(
            "SPF", "warning", _("The record does not say what holds for other servers."), _("End it with “~all”."),
            found[0],
        )  # fmt: skip
    return Finding("SPF", "good", _("The domain says which servers may send its mail."), "", found[0])


_ASKING = ("include", "a", "mx", "ptr", "exists", "redirect")


def dkim(found: Sequence[tuple[str, str]]) -> Finding:
    """Whether mails are signed, as far as one can see without one of them."""
    if not found:
        return Finding(
            "DKIM", "warning", _("No key was found under the usual names."),
            _("Switch DKIM on at your mail provider. If it is on, send a mail to yourself and look for “dkim=pass”."),
        )  # fmt: skip
    selector, record = found[0]
    return Finding("DKIM", "good", _("There is a key for signatures: %(name)s.") % {"name": selector}, "", record)


def _key(records: Sequence[str]) -> str:
    """A record with a key that was not taken back."""
    for one in records:
        tags = dict(part.strip().split("=", 1) for part in one.split(";") if "=" in part)
        if tags.get("p", "").strip():
            return one
    return ""


def dmarc(records: Sequence[str]) -> Finding:
    """What becomes of mail that neither of the two vouches for."""
    found = [one for one in records if one.lower().replace(" ", "").startswith("v=dmarc1")]
    if not found:
        return Finding(
            "DMARC", "bad", _("The domain does not say what becomes of mail that others send in its name."),
            _("Add a TXT record at _dmarc: “v=DMARC1; p=none; rua=mailto:you@your-domain” is a beginning."),
        )  # fmt: skip
    if len(found) > 1:
        return Finding("DMARC", "bad", _("There are several DMARC records, so that none counts."), "", found[0])
    tags = dict(part.strip().lower().split("=", 1) for part in found[0].split(";") if "=" in part)
    policy = tags.get("p", "").strip()
    if policy in ("quarantine", "reject"):
        return Finding("DMARC", "good", _("Mail that others send in its name is put aside or refused."), "", found[0])
    if policy == "none":
        return Finding(
            "DMARC", "warning", _("Mail that others send in its name is only counted."),
            _("Once the reports show that your own mail passes, change p=none to p=quarantine."), found[0],
        )  # fmt: skip
    return Finding("DMARC", "bad", _("The record does not say what to do."), _("It needs p=none or more."), found[0])
