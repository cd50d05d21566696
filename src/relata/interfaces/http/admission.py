"""Whether somebody who is known may go on from where they are: their address, and a second factor that they still lack.

What a session or key is bound to comes with its credentials, so that this asks nobody.
"""

from __future__ import annotations

from relata.engine.identity.admission.policy import admits
from relata.engine.identity.arriving import not_from_here
from relata.engine.identity.credentials import Credentials
from relata.interfaces.http.refusal import Refusal

#: Where a person sets up the factor that is asked of them.
FACTORS_PATH = "/settings/second-factors"
_ALWAYS = ("/static/", "/sign-in", "/sign-out", "/.well-known/")


def check(credentials: Credentials, ip: str, path: str) -> None:
    """Denied for an address that the workspace does not let in; Refusal that leads to FACTORS_PATH for who must set one
    up first."""
    if not credentials.is_known or path.startswith(_ALWAYS):
        return
    if credentials.networks and not admits(credentials.networks, ip):
        raise not_from_here()
    if credentials.lacks_factor and not path.startswith(FACTORS_PATH):
        raise Refusal(
            403,
            "second_factor_needed",
            "Your role needs a second factor.",
            hint="Set one up on the screen first.",
        )
