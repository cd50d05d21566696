"""Alerts as mails to the person concerned: what happened, and what to do if it was not them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from relata.engine.messaging.message import Message
from relata.engine.messaging.outbox import Outbox
from relata.engine.storage.database import Database

#: Kind -> subject and sentence; the sentence may name what the alert's detail holds.
_WORDS: dict[str, tuple[str, str]] = {
    "new_device": (
        "A new device signed in",
        "Somebody signed in as you on a device that was not seen before: {device}.",
    ),
    "new_network": (
        "Signed in from another network",
        "Somebody signed in as you from a network that was not seen before.",
    ),
    "impossible_travel": (
        "Signed in from two distant places",
        "Somebody signed in as you from {here}, {minutes} minutes after you were in {there}.",
    ),
    "many_failures": ("Many wrong passwords", "Somebody tried many wrong passwords on your account."),
    "many_wrong_codes": (
        "Your password is known to somebody",
        "Somebody knows your password, and tried many codes of a second factor.",
    ),
    "recovery_code_used": ("A recovery code was used", "A recovery code opened your account; {left} are left."),
    "factor_added": ("A second factor was added", "A second factor was added to your account: {what}."),
    "factor_removed": ("A second factor was removed", "A second factor was removed from your account: {what}."),
    "factors_reset": ("Your second factors were reset", "An administrator took away your second factors."),
    "session_moved": ("A session was ended", "Your session was shown by another browser, so it was ended."),
    "token_reused": ("An application was cut off", "{application} showed a code or token twice, so it was cut off."),
    "mass_read": ("Unusually many records were read", "In one hour {records} records were read in your name."),
    "mass_export": (
        "Unusually many records were exported",
        "In one hour {records} records were exported in your name.",
    ),
}
_WHAT_TO_DO = (
    "If it was you, there is nothing to do.\n\nIf it was not you: change your password at once at {address}, which ends"
    " all sessions, keys and applications, and tell your administrator.\n"
)
_NEWEST = 100


class _Known(dict[str, Any]):
    """What the detail lacks is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def alert_mail(to: str, kind: str, at: datetime, ip: str, detail: dict[str, Any], address: str) -> Message:
    """The mail. address: of the settings page where a password is changed."""
    subject, sentence = _WORDS[kind]
    plain = {name: str(value)[:100] for name, value in detail.items()}
    where = f", from {ip}" if ip else ""
    text = f"{sentence.format_map(_Known(plain))}\n\nIt was on {at:%Y-%m-%d at %H:%M} UTC{where}.\n\n"
    return Message(to, subject, text + _WHAT_TO_DO.format(address=address))


async def mail_alerts(database: Database, outbox: Outbox, address: str) -> int:
    """Mail what was not mailed yet, each once; how many. address: of the installation."""
    async with database.transaction() as connection:
        rows = await connection.fetch(
            "select x.id, a.email, x.kind, x.at, x.ip, x.detail from relata.security_alert x"
            " join relata.account a on a.id = x.account where x.mailed_at is null order by x.at limit %s"
            " for update of x skip locked",
            (_NEWEST,),
        )
        for key, email, kind, at, ip, detail in rows:
            if kind in _WORDS:
                page = f"{address}/settings/password"
                await outbox.post_within(connection, alert_mail(email, kind, at, ip, detail, page))
            await connection.execute("update relata.security_alert set mailed_at = now() where id = %s", (key,))
    return len(rows)
