"""Text records of a name, as this machine's resolver tells them."""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver

from relata.foundation.errors import Unavailable

TIMEOUT_SECONDS = 4.0


async def text_records(name: str) -> list[str]:
    """The texts at a name; none where there is no such name. Unavailable where nobody answers."""
    try:
        resolver = dns.asyncresolver.Resolver()
        answer = await resolver.resolve(name, "TXT", lifetime=TIMEOUT_SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise Unavailable("The domain name system does not answer.", code="no_dns", hint="Try again later.") from error
    return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
