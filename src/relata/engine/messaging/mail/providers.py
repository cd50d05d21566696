"""Where providers keep mail: what a person would have to look up otherwise."""

from __future__ import annotations

from typing import NamedTuple


class Provider(NamedTuple):
    """The servers of an address. hint: what its users have to know, "" for nothing."""

    imap_host: str
    smtp_host: str
    smtp_port: int = 465
    smtp_security: str = "tls"
    hint: str = ""


_APP_PASSWORD = "app_password"
_GOOGLE = Provider("imap.gmail.com", "smtp.gmail.com", hint=_APP_PASSWORD)
_MICROSOFT = Provider("outlook.office365.com", "smtp.office365.com", 587, "starttls", _APP_PASSWORD)
_APPLE = Provider("imap.mail.me.com", "smtp.mail.me.com", 587, "starttls", _APP_PASSWORD)
_YAHOO = Provider("imap.mail.yahoo.com", "smtp.mail.yahoo.com", hint=_APP_PASSWORD)
_KNOWN = {
    "gmail.com": _GOOGLE, "googlemail.com": _GOOGLE, "outlook.com": _MICROSOFT, "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT, "icloud.com": _APPLE, "me.com": _APPLE, "mac.com": _APPLE, "yahoo.com": _YAHOO,
    "yahoo.de": _YAHOO, "gmx.de": Provider("imap.gmx.net", "mail.gmx.net"),
    "gmx.net": Provider("imap.gmx.net", "mail.gmx.net"), "web.de": Provider("imap.web.de", "smtp.web.de"),
    "t-online.de": Provider("secureimap.t-online.de", "securesmtp.t-online.de"),
    "fastmail.com": Provider("imap.fastmail.com", "smtp.fastmail.com", hint=_APP_PASSWORD),
    "zoho.com": Provider("imap.zoho.com", "smtp.zoho.com"), "aol.com": Provider("imap.aol.com", "smtp.aol.com"),
    "mailbox.org": Provider("imap.mailbox.org", "smtp.mailbox.org"), "posteo.de": Provider("posteo.de", "posteo.de"),
    "orange.fr": Provider("imap.orange.fr", "smtp.orange.fr"), "free.fr": Provider("imap.free.fr", "smtp.free.fr"),
}  # fmt: skip


def provider_of(address: str) -> Provider:
    """The servers of an address: known ones, else what most call theirs."""
    domain = address.rpartition("@")[2].strip().lower()
    return _KNOWN.get(domain) or Provider(f"imap.{domain}", f"smtp.{domain}")


#: Where the large ones hand out tokens, by what their servers' names end with.
_TOKENS = {
    "gmail.com": "https://oauth2.googleapis.com/token", "googlemail.com": "https://oauth2.googleapis.com/token",
    "office365.com": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    "outlook.com": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
}  # fmt: skip


def token_address_of(address: str, host: str) -> str:
    """Where a mailbox gets its tokens; "" where nobody knows. A company's own domain is told by its server."""
    names = (host or provider_of(address).imap_host).lower()
    return next((found for name, found in _TOKENS.items() if names == name or names.endswith(f".{name}")), "")
