"""How often something may be tried: sliding windows in the database, which survive restarts and hold for all processes.

Callers give a connection outside a transaction (`Database.read`): an attempt must count even when what follows is
rolled back, and other processes must see it at once.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from relata.engine.identity.secret_text import digest
from relata.engine.storage.database import Connection
from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Limit:
    """times: attempts that are allowed within any `seconds`."""

    name: str
    times: int
    seconds: int


SIGN_IN_OF_ACCOUNT = Limit("sign_in_account", 10, 15 * 60)
SIGN_IN_FROM_ADDRESS = Limit("sign_in_address", 40, 15 * 60)
RESET_OF_ACCOUNT = Limit("reset_account", 3, 60 * 60)
RESET_FROM_ADDRESS = Limit("reset_address", 20, 60 * 60)
FACTOR_OF_ACCOUNT = Limit("factor_account", 6, 15 * 60)
FACTOR_A_DAY = Limit("factor_day", 30, 23 * 60 * 60)
FACTOR_FROM_ADDRESS = Limit("factor_address", 60, 15 * 60)
PASSKEY_FROM_ADDRESS = Limit("passkey_address", 120, 15 * 60)
APPLICATION_FROM_ADDRESS = Limit("application_address", 120, 15 * 60)
SIGN_ON_FROM_ADDRESS = Limit("sign_on_address", 60, 15 * 60)
TOKEN_FROM_ADDRESS = Limit("token_address", 60, 15 * 60)
#: Requests that start flows: those whose signature is wrong, and all of one flow.
HOOK_FROM_ADDRESS = Limit("hook_address", 60, 5 * 60)
HOOK_OF_FLOW = Limit("hook_flow", 600, 60)
FORM_FROM_ADDRESS = Limit("form_address", 20, 10 * 60)
#: Without a script that computes, one has only answered a small sum.
FORM_BY_HAND = Limit("form_by_hand", 5, 60 * 60)
FORM_ONCE = Limit("form_once", 1, 13 * 60 * 60)
FORM_MAIL = Limit("form_mail", 3, 60 * 60)

_WAIT = """
    select ceil(extract(epoch from at + make_interval(secs => %(seconds)s) - clock_timestamp()))::int
    from relata.attempt
    where subject = %(subject)s and at > clock_timestamp() - make_interval(secs => %(seconds)s) and id <> all(%(own)s)
    and at < clock_timestamp() + interval '5 seconds' -- else a clock that was put back locks people out
    order by at desc offset %(times)s - 1 limit 1
"""


async def attempt(connection: Connection, of: Sequence[tuple[Limit, str]]) -> list[int]:
    """Count one attempt against each limit; what to hand to `take_back`. LimitReached when one of them is used up.

    of: pairs of a limit and whom it concerns, such as an address; an empty one is not counted. The attempt is written
    before the others are counted, so that many at once can't all slip through; a refused one does not count.
    """
    subjects = [(limit, subject(limit, who)) for limit, who in of if who]
    rows = await connection.fetch(
        "insert into relata.attempt (subject) select unnest(%s::bytea[]) returning id",
        ([one[1] for one in subjects],),
    )
    own = [row[0] for row in rows]
    for limit, hashed in subjects:
        used_up = await connection.fetch_one(
            _WAIT, {"subject": hashed, "seconds": limit.seconds, "times": limit.times, "own": own}
        )
        if used_up:
            await take_back(connection, own)
            raise LimitReached(
                _("Too many attempts."),
                code="too_many_attempts",
                hint=_("Wait a while, then try again."),
                retry_after_seconds=max(1, used_up[0]),
            )
    return own


async def take_back(connection: Connection, attempts: Sequence[int]) -> None:
    """Uncount what turned out right."""
    await connection.execute("delete from relata.attempt where id = any(%s)", (list(attempts),))


async def clear(connection: Connection, limit: Limit, who: str) -> None:
    """Forget all attempts against a limit, because the person has shown who they are."""
    await connection.execute("delete from relata.attempt where subject = %s", (subject(limit, who),))


def subject(limit: Limit, who: str) -> bytes:
    """What is stored: a hash, for an address that somebody typed is nobody else's business."""
    return digest(f"{limit.name}:{_network(who)}")


def _network(who: str) -> str:
    """An IPv6 address stands for its /64, which is what one household gets; anything else for itself."""
    try:
        address = ipaddress.ip_address(who)
    except ValueError:
        return who
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
