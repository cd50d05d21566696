"""Mails that answer mails that answer mails: what nobody wrote is not answered by something that nobody watches, and no
address gets more than a few automatic mails in an hour (RFC 3834)."""

from __future__ import annotations

import hashlib
from uuid import UUID

from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: To one address in an hour.
MOST_IN_AN_HOUR = 10


async def check_automatic(work: Workspace, to: str, about: tuple[str, UUID] | None) -> None:
    """Note an automatic mail; Invalid where it would answer an automatic one, or where this address got too many."""
    if about is not None and about[0] == EMAIL:
        email = await work.get(EMAIL, about[1])
        if email["is_auto_reply"] or email["is_bounce"]:
            raise Invalid(_("An automatic mail is not answered automatically."), code="mail_loop")
    table = f"{quoted(work.context.schema)}._automatic_mail"
    key = work.context.keys.current("match")[1]
    address = hashlib.blake2b(to.strip().lower().encode(), key=key, digest_size=16).digest()
    connection = work.unit.connection
    await connection.execute(f"delete from {table} where at < now() - interval '1 day'")
    await connection.execute(f"insert into {table} (address) values (%s)", (address,))
    found = await connection.fetch_one(
        f"select count(*) from {table} where address = %s and at > now() - interval '1 hour'", (address,)
    )
    if found is not None and found[0] > MOST_IN_AN_HOUR:
        raise Invalid(
            _("This address got %(most)s automatic mails within an hour.") % {"most": MOST_IN_AN_HOUR},
            code="mail_loop", hint=_("See whether two programs answer each other."),
        )  # fmt: skip
