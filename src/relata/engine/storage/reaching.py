"""The way to a database: how long a silent network is believed in, and why a server lets nobody in."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from relata.foundation.errors import Unavailable
from relata.foundation.i18n import gettext as _

#: A network that swallows everything says nothing at all: without these, a request would wait for a quarter of an hour.
_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
ASK_SECONDS = 2
_FULL = ("too many clients", "remaining connection slots", "too many connections", "no more connections allowed")
_COMING = ("starting up", "not yet accepting", "recovery mode", "shutting down")
_REFUSED = ("authentication failed", "no pg_hba.conf entry", "role ", "no such user")


def patient(url: str) -> str:
    """The same address as libpq's words, with limits for a network that is silent; what it says itself stays."""
    given = conninfo_to_dict(url)
    return make_conninfo("", **(_PATIENCE | {name: value for name, value in given.items() if value is not None}))


async def why_away(url: str) -> Unavailable | None:
    """Why nobody can connect at the moment; None when one can. Within two seconds."""
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=ASK_SECONDS):
            return None
    except psycopg.OperationalError as error:
        return unreachable(str(error))


def unreachable(said: str) -> Unavailable:
    """What the words of libpq mean for the person in charge; an address, a name or a password is never among ours."""
    if any(words in said for words in _FULL):
        return Unavailable(
            _("The database takes no more connections."),
            code="connections_exhausted",
            hint=_("Raise its max_connections, or lower RELATA_POOL_SIZE or RELATA_WORKERS."),
        )
    if any(words in said for words in _COMING):
        return Unavailable(_("The database is starting or stopping."), code="database_unavailable")
    if "does not exist" in said and "database " in said:
        message = _("The database server does not have this database.")
        return Unavailable(message, code="database_unavailable", hint=_("Check RELATA_DATABASE_URL."))
    if any(words in said for words in _REFUSED):
        message = _("The database does not let Relata in.")
        return Unavailable(message, code="database_unavailable", hint=_("Check RELATA_DATABASE_URL."))
    return Unavailable(_("The database does not answer at the moment."), code="database_unavailable")
