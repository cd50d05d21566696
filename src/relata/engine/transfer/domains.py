"""Links by domain: a mail address, a web address or a bare domain leads to the record with that web site."""

from __future__ import annotations

import re

#: Behind the name of a field with web addresses, where a mapping says what a cell is matched by.
SUFFIX = ".domain"
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(?:www\.)?([^/:?#@\s]+\.[^/:?#@\s]+?)\.?(?:[/:?#]\S*)?")


def domain_of(text: str) -> str:
    """In small letters, without `www.`; "" for a text that holds none."""
    found = _HOST.fullmatch(text.strip().lower())
    return found[1] if found else ""


def addresses_of(domain: str) -> tuple[str, ...]:
    """How a site's first page is written."""
    hosts = (domain, f"www.{domain}")
    return tuple(f"{scheme}://{host}{end}" for scheme in ("https", "http") for host in hosts for end in ("", "/"))
