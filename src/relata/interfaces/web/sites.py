"""Under which name and origin the visitor reaches us: what passkeys are bound to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from relata.engine.identity.factors.passkeys import Site
from relata.interfaces.web.ground import Visit, exchange


def site_of(request: Visit) -> Site:
    """As the browser sees it; the host was checked when the request came in."""
    here = exchange(request)
    public = here.settings.public_origin
    is_public = urlsplit(public).netloc == here.peer.host != ""
    origin = public if is_public else f"{'https' if here.peer.is_https else 'http'}://{here.peer.host}"
    return Site(urlsplit(origin).hostname or "", origin)


def can_have_passkeys(site: Site) -> bool:
    """Browsers offer them for names, not for bare addresses, and only where nobody can listen."""
    try:
        ipaddress.ip_address(site.host)
    except ValueError:
        return site.origin.startswith("https://") or site.host == "localhost"
    return False
