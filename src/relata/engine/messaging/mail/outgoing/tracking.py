"""Whether a mail was opened and its links were followed: noted only where the workspace, the mailbox and the mail all
say so. The addresses name nobody, lead only where the mail itself led, and what automatic readers do is not counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, urlsplit
from uuid import UUID

from relata.engine.messaging.mail.outgoing import tokens
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.outgoing.recipient_objects import RECIPIENT
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound

#: Below these lie the addresses in mails.
OPENED_AT, CLICKED_AT, STOP_AT = "/mail/o", "/mail/c", "/mail/stop"
#: Opened so soon after it was sent, a server looked at it and no person.
_TOO_SOON_SECONDS = 5
_LINK = re.compile(r'(<a\s[^>]*?href=")([^"]*)(")', re.I)

Address = Callable[[Workspace, Record, str], str]


def marking(secret: str, address: str) -> Address:
    """What changes a mail's HTML on its way out, for all or for one of its recipients, whose row then stands for the
    mail. address: of the installation."""

    def marked(work: Workspace, mail: Record, html: str) -> str:
        key = work.context.key
        if mail["tracks_clicks"]:

            def through(found: re.Match[str]) -> str:
                target = unescape(found[2])
                if urlsplit(target).scheme not in ("http", "https") or target.startswith(f"{address}{STOP_AT}/"):
                    return found[0]
                token = tokens.make(secret, tokens.CLICKED, key, mail.id, target)
                led = f"{address}{CLICKED_AT}/{quote(token)}?to={quote(target, safe='')}"
                return f"{found[1]}{escape(led, quote=True)}{found[3]}"

            html = _LINK.sub(through, html)
        if mail["tracks_opens"]:
            source = f"{address}{OPENED_AT}/{quote(tokens.make(secret, tokens.OPENED, key, mail.id))}"
            picture = f'<img src="{escape(source, quote=True)}" width="1" height="1" alt="">'
            html = html.replace("</body>", f"{picture}</body>")
        return html

    return marked


def stopping(secret: str, address: str) -> Address:
    """The address at which the recipient of a mailing unsubscribes."""

    def made(work: Workspace, mail: Record, recipient: str) -> str:
        return f"{address}{STOP_AT}/{quote(tokens.make(secret, tokens.STOP, work.context.key, mail.id))}"

    return made


async def note(work: Workspace, key: UUID, what: str) -> None:
    """A mail was opened (`opened_at`), or a link in it was followed (`clicked_at`). key: of the mail, or of the one
    recipient whose copy it was. work: the system's."""
    row = next(iter(await work.get_many(RECIPIENT, [key], lock=True)), None)
    if row is not None and not await _noted(work, row, what):
        return
    try:
        mail = await work.get(WRITTEN, key if row is None else row["mail"], lock=True)
    except NotFound:
        return
    await _noted(work, mail, what)


async def _noted(work: Workspace, mail: Record, what: str) -> bool:
    """mail: or one recipient of it."""
    allowed = mail["tracks_opens"] if what == "opened_at" else mail["tracks_clicks"]
    began = mail["sent_at"] or mail["handed_at"]
    if not allowed or mail[what] is not None or began is None:
        return False
    now = work.clock.now
    if (now - began).total_seconds() < _TOO_SOON_SECONDS:
        return False
    values = {what: now}
    if what == "clicked_at" and mail["tracks_opens"] and mail["opened_at"] is None:
        values["opened_at"] = now
    await work.change(mail, values)
    return True
